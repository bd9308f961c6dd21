"""Whether scenarios may run on a cluster that somebody named: never on one that looks like production. Source: our choice."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments.deployments.production import production_word
from environments.errors import SubstrateError

LOCAL = re.compile(r"https?://(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?/?$")


@dataclass(frozen=True)
class Context:
    """A context of a kubeconfig."""

    name: str
    server: str
    cluster: str
    also: Mapping[str, str] = field(default_factory=dict)
    """What else leads there, by what it is: the user, the namespace, the program that signs in, a proxy, the name in the certificate."""


def find(name: str, kubeconfig: Path | None) -> Context:
    """The context of that name; raises SubstrateError when there is none."""
    from kubernetes import config
    from yaml import YAMLError

    where = kubeconfig or "the kubeconfig (KUBECONFIG, or ~/.kube/config)"
    try:
        merged = config.kube_config.KubeConfigMerger(str(kubeconfig or config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION)).config
        if merged is None:
            raise SubstrateError(f"there is no kubeconfig to look up the context '{name}' in: {where}")
        contexts, clusters, users = (_by_name(merged, kind) for kind in ("context", "cluster", "user"))
        if name not in contexts:
            raise SubstrateError(f"there is no context '{name}' in {where}; there are: {', '.join(sorted(contexts)) or 'none'}")
        context, cluster = contexts[name], str(contexts[name]["cluster"])
        reached, user = clusters.get(cluster, {}), str(context.get("user") or "")
        also = {"namespace": context.get("namespace"), "user": user, "proxy": reached.get("proxy-url")}
        also |= {"name in the certificate": reached.get("tls-server-name"), **_signs_in(users.get(user, {}).get("exec") or {})}
    except (config.ConfigException, YAMLError, OSError, TypeError, KeyError, AttributeError) as error:
        raise SubstrateError(f"the context '{name}' cannot be looked up in {where}: {' '.join(str(error).split())}") from None
    return Context(name, str(reached.get("server") or ""), cluster, {what: str(value) for what, value in also.items() if value})


def _by_name(merged: Any, kind: str) -> dict[str, Any]:  # noqa: ANN401 - a class of the client's
    return {entry.value["name"]: entry.value.get(kind) or {} for entry in merged.value.get(f"{kind}s") or []}


def _signs_in(program: Mapping[str, Any]) -> dict[str, str]:
    """The words and variables of a program that signs in, each by what it is."""
    words = [program.get("command"), *(program.get("args") or [])]
    variables = [f"{each['name']}={each['value']}" for each in program.get("env") or []]
    return {f"word of the program that signs in ({number})": str(word) for number, word in enumerate([*words, *variables], 1) if word}


def refuse_production(context: Context) -> None:
    """Return if scenarios may run there; raises SubstrateError for a cluster of another machine, and for what looks like production."""
    refuse_production_name(context)
    if not LOCAL.match(context.server):
        raise SubstrateError(
            f"the context '{context.name}' leads to {context.server}, which is not this machine: the kind substrate uses clusters of this "
            "machine only, whose nodes see its folders"
        )


def refuse_production_name(context: Context) -> None:
    """Return unless it looks like production; raises SubstrateError."""
    for what, value in {"context": context.name, "cluster": context.cluster, "server": context.server, **context.also}.items():
        if production_word(value) is not None:
            raise SubstrateError(f"the {what} '{value}' looks like production, where no scenario ever runs: name another context")
