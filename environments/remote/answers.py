"""Whether a deployment answers: each of its addresses is tried once."""

import socket

from environments.errors import SubstrateError
from environments.remote.deployments import ExistingDeployment
from environments.services import Address

ANSWER_SECONDS = 10.0


def refuse_half_up(deployment: ExistingDeployment, within_seconds: float) -> None:
    """Return if every address accepts connections; raises SubstrateError that says which does not, and why."""
    silent = silent_addresses(deployment, within_seconds)
    if silent:
        there = deployment.addresses
        lines = "".join(f"\n  {':'.join(place)} at {there[place].host}:{there[place].port}: {why}" for place, why in silent.items())
        raise SubstrateError(f"the deployment '{deployment.name}' does not answer everywhere:{lines}")


def silent_addresses(deployment: ExistingDeployment, within_seconds: float = ANSWER_SECONDS) -> dict[tuple[str, str], str]:
    """The services and ports that accept no connection, and why; where a proxy is on the way, that is what does not."""
    tried = {place: why_silent(deployment.asked_at(*place), within_seconds) for place in deployment.addresses}
    return {place: f"{_way_to(deployment, place)}{why}" for place, why in tried.items() if why}


def _way_to(deployment: ExistingDeployment, place: tuple[str, str]) -> str:
    asked = deployment.asked_at(*place)
    return "" if asked == deployment.addresses[place] else f"the proxy {asked.host}:{asked.port} does not answer: "


def why_silent(address: Address, within_seconds: float) -> str | None:
    """Why nothing accepts connections there; None when something does."""
    try:
        with socket.create_connection((address.host, address.port), timeout=within_seconds):
            return None
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__
