"""Keeps scenarios away from production: what looks like it is refused, and what is not on this machine has to be allowed by name.

Source: our choice.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable

from environments.errors import DeploymentRefused
from environments.reaching import is_this_machine
from environments.remote.deployments import ExistingDeployment

PRODUCTION_WORDS = frozenset({"prod", "production", "prd", "live", "customer", "customers"})
NOT_PRODUCTION = frozenset({"non", "nonprod", "pre", "preprod", "not"})
"""Before such a word they say the opposite: pre-prod, non-production."""


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


def _elsewhere(hosts: Iterable[str]) -> list[str]:
    return [host for host in hosts if not is_this_machine(host)]


def production_word(text: str) -> str | None:
    """The word of a name that says production; None when there is none."""
    # letters that only look different name the same host
    words = re.split(r"[^a-z0-9]+", unicodedata.normalize("NFKC", text).lower())
    for before, word in zip(["", *words], words, strict=False):
        # prod2, eu1prod: digits around it change nothing
        if word.strip("0123456789") in PRODUCTION_WORDS and before not in NOT_PRODUCTION:
            return word
    return None
