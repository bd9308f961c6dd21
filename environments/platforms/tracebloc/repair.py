"""Ends the faults of the Service Bus that a killed scenario left on. Source: our choice
(`environments/service_bus/administration/control.py`)."""

import socket

from environments.errors import SubstrateError
from environments.platforms.tracebloc.services import AMQP, BUS_KEY, CONTROL
from environments.services import Address
from environments.substrate import Substrate


def end_bus_faults(substrate: Substrate, deadline_seconds: float) -> str:
    """End every fault and an outage; what was ended, or empty. Raises SubstrateError."""
    # imported here, since hardly any run comes to need it
    import httpx
    from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

    bus, control_url = substrate.address("service_bus", AMQP), substrate.address("service_bus", CONTROL).url

    def is_shut() -> bool:
        return not _accepts(bus)

    key = {"Authorization": f"Bearer {substrate.secret(BUS_KEY)}"}
    outage = is_shut()
    try:
        with httpx.Client(base_url=control_url, headers=key, timeout=deadline_seconds, trust_env=False) as control:
            faults = control.get("/state").raise_for_status().json()["faults"]
            control.delete("/faults").raise_for_status()
        Retrying(retry=retry_if_result(bool), stop=stop_after_delay(deadline_seconds), wait=wait_fixed(0.01))(is_shut)
    except (httpx.HTTPError, RetryError) as error:
        raise SubstrateError(f"the faults of the Service Bus could not be ended: {type(error).__name__}: {error}") from error
    on = [name for name, value in faults.items() if value] + (["outage"] if outage else [])
    return f"faults of the Service Bus were ended: {', '.join(on)}" if on else ""


def _accepts(address: Address) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((address.host, address.port)) == 0
