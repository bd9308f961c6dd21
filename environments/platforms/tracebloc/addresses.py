"""Where a running tracebloc platform is reached, and what it takes to get in."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from environments.platforms.tracebloc.services import (
    ACCESS_KEY,
    AMQP,
    BUCKET,
    BUS_KEY,
    CLOCK_KEY,
    CONTROL,
    MAIL,
    STORE_KEY,
    connection_string,
)
from environments.substrate import Substrate


@dataclass(frozen=True)
class PlatformAddresses:
    """The central services, as scenarios reach them."""

    backend_url: str
    service_bus_connection_string: SecretStr
    object_store_url: str | None
    """None: the deployment keeps its object store to itself."""
    object_store_bucket: str
    object_store_access_key: str
    object_store_secret_key: SecretStr | None
    service_bus_control_url: str | None
    """Where the Service Bus is made to fail (see `environments/service_bus/administration/control.py`); None: it cannot be."""
    mail_folder: Path | None
    """A maildir with every e-mail the platform sent; None: they cannot be read there."""
    clock_key: SecretStr | None = None
    """With which the backend can be asked to serve a scenario at another time; None: it cannot be."""


def addresses_of(substrate: Substrate) -> PlatformAddresses:
    """The addresses of the platform that runs on a substrate."""
    return PlatformAddresses(
        backend_url=substrate.address("backend").url,
        service_bus_connection_string=SecretStr(connection_string(substrate.address("service_bus", AMQP), substrate.secret(BUS_KEY))),
        object_store_url=substrate.address("object_store").url if substrate.access.to_port("object_store") else None,
        object_store_bucket=BUCKET,
        object_store_access_key=ACCESS_KEY,
        object_store_secret_key=SecretStr(substrate.secret(STORE_KEY)) if substrate.access.to_secret(STORE_KEY) else None,
        service_bus_control_url=substrate.address("service_bus", CONTROL).url if substrate.access.to_port("service_bus", CONTROL) else None,
        mail_folder=substrate.volume(MAIL.name) if substrate.access.to_volume(MAIL.name) else None,
        clock_key=SecretStr(substrate.secret(CLOCK_KEY)) if substrate.access.to_secret(CLOCK_KEY) else None,
    )
