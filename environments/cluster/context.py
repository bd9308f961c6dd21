"""Whether scenarios may run on a cluster that somebody named: never on one that looks like production. Source: our choice."""

import re
from dataclasses import dataclass
from pathlib import Path

from environments.deployments.production import production_word
from environments.errors import SubstrateError

LOCAL = re.compile(r"https?://(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?/?$")


@dataclass(frozen=True)
class Context:
    """A context of a kubeconfig."""

    name: str
    server: str
    cluster: str


def find(name: str, kubeconfig: Path | None) -> Context:
    """The context of that name; raises SubstrateError when there is none."""
    from kubernetes import config

    where = kubeconfig or "the kubeconfig (KUBECONFIG, or ~/.kube/config)"
    try:
        merged = config.kube_config.KubeConfigMerger(str(kubeconfig or config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION)).config
        contexts = {entry["name"]: entry["context"]["cluster"] for entry in merged["contexts"]}
        servers = {entry["name"]: entry["cluster"]["server"] for entry in merged["clusters"]}
    except (config.ConfigException, TypeError) as error:
        raise SubstrateError(f"the context '{name}' cannot be looked up in {where}: {error}") from None
    if name not in contexts:
        raise SubstrateError(f"there is no context '{name}' in {where}; there are: {', '.join(sorted(contexts)) or 'none'}")
    return Context(name, str(servers.get(contexts[name], "")), str(contexts[name]))


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
    for what, value in {"context": context.name, "cluster": context.cluster, "server": context.server}.items():
        if production_word(value) is not None:
            raise SubstrateError(f"the {what} '{value}' looks like production, where no scenario ever runs: name another context")
