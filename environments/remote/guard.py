"""Keeps scenarios away from production: what looks like it is refused, and what is not on this machine has to be allowed by name.

Source: our choice.
"""

import unicodedata
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from environments.cluster.context import find, refuse_production_name
from environments.deployments.production import production_word
from environments.errors import DeploymentRefused, SubstrateError
from environments.network.reaching import is_this_machine
from environments.remote.deployments import ExistingDeployment


def refuse_production(deployment: ExistingDeployment, allowed: Collection[str], production_hosts: Collection[str]) -> None:
    """Return if scenarios may run on it; raises DeploymentRefused before anything was asked of it.

    Args:
        deployment: where the scenarios would run.
        allowed: the names of deployments that the settings allow.
        production_hosts: hosts that the platform knows to be its production; what is below them may be anything.
    """
    hosts = sorted({address.host for address in deployment.addresses.values()})
    for text in (deployment.name, *hosts):
        if (word := production_word(text)) is not None:
            raise DeploymentRefused(
                f"the deployment '{deployment.name}' looks like production ('{word}' in '{text}'): scenarios create and delete things"
            )
    for host in hosts:
        for known in production_hosts:
            if unicodedata.normalize("NFKC", host).lower().rstrip(".") == known:
                raise DeploymentRefused(f"the deployment '{deployment.name}' is at {host}, which is production: scenarios never run there")
    if deployment.name not in allowed and not all(map(is_this_machine, hosts)):
        raise DeploymentRefused(
            f"the deployment '{deployment.name}' ({', '.join(_elsewhere(hosts))}) is not on this machine, and no setting allows it: "
            f'add allowed_deployments = ["{deployment.name}"] to ringmaster.toml if scenarios may create and delete things there'
        )


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


def _elsewhere(hosts: Iterable[str]) -> list[str]:
    return [host for host in hosts if not is_this_machine(host)]
