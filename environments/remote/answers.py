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
        named = {place: deployment.addresses[place] for place in silent}
        lines = "".join(
            f"\n  {service}:{port} at {address.host}:{address.port}: {silent[service, port]}" for (service, port), address in named.items()
        )
        raise SubstrateError(f"the deployment '{deployment.name}' does not answer everywhere:{lines}")


def silent_addresses(deployment: ExistingDeployment, within_seconds: float = ANSWER_SECONDS) -> dict[tuple[str, str], str]:
    """The services and ports that accept no connection, and why."""
    tried = {place: why_silent(deployment.asked_at(*place), within_seconds) for place in deployment.addresses}
    return {place: why for place, why in tried.items() if why}


def why_silent(address: Address, within_seconds: float) -> str | None:
    """Why nothing accepts connections there; None when something does."""
    try:
        with socket.create_connection((address.host, address.port), timeout=within_seconds):
            return None
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__
