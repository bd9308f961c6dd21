"""The SDK's client of a Service Bus, wherever that is: without TLS, as Azure's is, or over TLS with authorities and a port of its own.

Source: azure-servicebus 7.15 (over TLS it drops the port of the connection string, and takes one by `custom_endpoint_address`).
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from environments.network.reaching import trusted

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient


def bus_client(connection_string: str, **options: Any) -> "ServiceBusClient":
    """A client that trusts whom this run trusts; `options` are the SDK's."""
    # imported here: most scenarios do without
    from azure.servicebus import ServiceBusClient

    if (port := _port_over_tls(connection_string)) is not None:
        options["custom_endpoint_address"] = port
    return ServiceBusClient.from_connection_string(connection_string, connection_verify=trusted(), **options)


def _port_over_tls(connection_string: str) -> str | None:
    """Where it listens for TLS, if not at the standard port."""
    parts = dict(part.split("=", 1) for part in connection_string.split(";") if part)
    endpoint = parts.get("Endpoint", "")
    plain = parts.get("UseDevelopmentEmulator") == "true"
    return None if plain or urlsplit(endpoint).port is None else endpoint.rstrip("/")
