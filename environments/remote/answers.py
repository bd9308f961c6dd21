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
        lines = "".join(f"\n  {service}:{port} at {_way_to(deployment, service, port)}: {why}" for (service, port), why in silent.items())
        raise SubstrateError(f"the deployment '{deployment.name}' does not answer everywhere:{lines}")


def _way_to(deployment: ExistingDeployment, service: str, port: str) -> str:
    there, asked = deployment.addresses[service, port], deployment.asked_at(service, port)
    way = "" if asked == there else f", by the proxy {asked.host}:{asked.port}, which is what does not answer"
    return f"{there.host}:{there.port}{way}"


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
