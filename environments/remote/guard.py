"""Keeps scenarios away from production: what looks like it is refused, and what is not on this machine has to be allowed by name.

Source: our choice.
"""

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from environments.choose import platform_class
from environments.cluster.context import find, refuse_production_name
from environments.deployments.production import production_word
from environments.errors import DeploymentRefused, SubstrateError, UnknownPlatform
from environments.network.reaching import is_private, is_this_machine
from environments.remote.deployments import ExistingDeployment, read_deployment
from environments.remote.named import named_by

ORDINARY_WORDS = frozenset({"live", "customer", "customers"})
"""Of accounts and inboxes these say nothing: live.com has inboxes."""


def read_allowed(name: str | None, deployments: Collection[str], contexts: Collection[str]) -> ExistingDeployment:
    """The deployment of that name, which may be asked; raises DeploymentRefused.

    Args:
        name: its name, or the path of its file.
        deployments: the names of those that the settings allow.
        contexts: the names of contexts that the settings allow.
    """
    found = read_deployment(name)
    try:
        hosts = platform_class(found.platform).production_hosts
    except UnknownPlatform as error:
        raise DeploymentRefused(f"{found.file}: {error}") from None
    refuse_production(found, deployments, hosts)
    refuse_context(found, contexts)
    return found


def refuse_production(deployment: ExistingDeployment, allowed: Collection[str], production_hosts: Collection[str]) -> None:
    """Return if scenarios may run on it; raises DeploymentRefused before anything was asked of it.

    Args:
        deployment: where the scenarios would run.
        allowed: the names of deployments that the settings allow.
        production_hosts: hosts that the platform knows to be its production; what is below them may be anything.
    """
    hosts = sorted({address.host for address in deployment.addresses.values()})
    also_named = named_by(deployment)
    for what, text in [("", deployment.name), *(("", host) for host in hosts), *also_named]:
        word = production_word(text)
        if word is not None and not (what and word in ORDINARY_WORDS):
            where = f"'{text}', {what}" if what else f"'{text}'"
            raise DeploymentRefused(
                f"the deployment '{deployment.name}' looks like production ('{word}' in {where}): scenarios create and delete things"
            )
    for host in [*hosts, *(text for _, text in also_named)]:
        if host.lower().rstrip(".") in production_hosts:
            raise DeploymentRefused(f"the deployment '{deployment.name}' is at {host}, which is production: scenarios never run there")
    if deployment.name not in allowed and not all(map(is_this_machine, hosts)) and not _is_kept_here(deployment, hosts):
        raise DeploymentRefused(
            f"the deployment '{deployment.name}' ({', '.join(_elsewhere(hosts))}) is not on this machine, and no setting allows it: "
            f'add allowed_deployments = ["{deployment.name}"] to ringmaster.toml if scenarios may create and delete things there'
        )


def refuse_nameless(deployment: ExistingDeployment, needed: Iterable[tuple[str, str]]) -> None:
    """Return if its file says where these services and ports are; raises DeploymentRefused."""
    missing = [f'"{service}:{port}"' for service, port in needed if (service, port) not in deployment.addresses]
    if missing:
        named = ", ".join(f'"{service}:{port}"' for service, port in deployment.addresses)
        raise DeploymentRefused(f"{deployment.file}: [addresses] has to name {' and '.join(missing)}; it names {named}")


def refuse_context(deployment: ExistingDeployment, allowed: Collection[str]) -> None:
    """Return if the deployment's cluster may be looked at; raises DeploymentRefused before anything was asked of it.

    Args:
        deployment: whose file names the context.
        allowed: the names of contexts that the settings allow.
    """
    if deployment.cluster is None:
        return
    whose = f"the cluster of the deployment '{deployment.name}'"
    try:
        context = find(deployment.cluster.context, deployment.cluster.kubeconfig)
        refuse_production_name(context)
    except SubstrateError as error:
        raise DeploymentRefused(f"{whose}: {error}") from None
    if (word := production_word(deployment.cluster.namespace)) is not None:
        raise DeploymentRefused(f"{whose}: the namespace '{deployment.cluster.namespace}' looks like production ('{word}')")
    if context.name not in allowed and not is_this_machine(urlsplit(context.server).hostname or ""):
        raise DeploymentRefused(
            f"{whose}: the context '{context.name}' leads to {context.server}, which is not this machine, and no setting allows it: "
            f'add allowed_contexts = ["{context.name}"] to ringmaster.toml if scenarios may look at it'
        )


def _is_kept_here(deployment: ExistingDeployment, hosts: Iterable[str]) -> bool:
    """Whether `ringmaster up` keeps it on this machine, where nodes of a cluster have private addresses."""
    kept = deployment.kept_by is not None and deployment.kept_by.alive
    return kept and all(is_this_machine(host) or is_private(host) for host in hosts)


def _elsewhere(hosts: Iterable[str]) -> list[str]:
    return [host for host in hosts if not is_this_machine(host)]
