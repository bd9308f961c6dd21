"""The central services of tracebloc: what each needs to run, and how it shows that it is ready. Only facts, no doing."""

import json
from collections.abc import Mapping, Sequence

from environments.platforms.tracebloc.stores import mariadb, seaweedfs
from environments.services import HTTP, Address, PythonModule, ServiceSpec, Site, Volume

PACKAGE = "environments.platforms.tracebloc"
BUCKET = "tracebloc"
ACCESS_KEY = "ringmaster"
PASSWORD_COST = 2**10
"""A sixteenth of the usual work: passwords of scenarios are random, and gone with the platform."""
# older SDKs are told to upgrade; Source: our choice
MINIMUM_SDK_VERSION = "1.2.0"
KEY_NAME = "RootManageSharedAccessKey"
ENCRYPTED = ("amqps", "https", "sb")
"""Schemes of a Service Bus that is reached over TLS, as Azure's is."""
STANDARD_PORTS = (443, 5671)
"""Of AMQP over TLS, and of Azure's administration; at any other port a bus answers both, as ours does."""
AMQP, CONTROL = "amqp", "control"
"""Ports of the Service Bus: the protocol's own, and where it is made to fail."""
BUS_KEY, STORE_KEY, DATABASE_PASSWORD = "service-bus-key", "object-store-secret-key", "database-administrator-password"
CLOCK_KEY = "clock-key"
"""For scenarios that ask the backend to serve them at another time."""
BACKEND_PASSWORD = "backend-database-password"  # noqa: S105 - its name
MAIL, OBJECTS = Volume("mail"), Volume("objects")
DATABASE_FILES, BACKEND_FILES = Volume("mariadb"), Volume("backend")
AWS = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}

# loaded once, shared by all processes that are forked; the averaging service needs least and takes longest to be ready
PRELOADED_FOR_AVERAGING = (
    "environments.reference_services.settings",
    "pydantic_settings",
    "azure.servicebus",
    "boto3.session",
    f"{PACKAGE}.averaging_service.rounds",
    f"{PACKAGE}.averaging_service.settings",
    f"{PACKAGE}.averaging_service.store",
    "tenacity",
)
PRELOADED_FOR_BACKEND = (
    "environments.reference_services.settings",
    "fastapi",
    "anyio._backends._asyncio",
    "uvicorn.protocols.http.auto",
    "uvloop",
    "sqlalchemy.orm",
    "sqlalchemy.dialects.sqlite",
    "httpx",
    f"{PACKAGE}.common.http_server",
    f"{PACKAGE}.backend.application",
    f"{PACKAGE}.backend.housekeeping",
    f"{PACKAGE}.backend.experiments.results",
)


def central_services(*, with_mariadb: bool) -> Sequence[ServiceSpec]:
    """What all secure environments share, in the order in which it is best started."""
    services = [SERVICE_BUS, OBJECT_STORE, AVERAGING_SERVICE, BACKEND]
    return [*services, MARIADB] if with_mariadb else services


def services_with_servers() -> Sequence[ServiceSpec]:
    """The same, with the backend's tables in MariaDB."""
    after, secrets = (*BACKEND.after, MARIADB.name), (*BACKEND.secrets, BACKEND_PASSWORD)
    backend = BACKEND._replace(variables=_backend_on_mariadb, after=after, secrets=secrets, volumes=(MAIL,))
    return [MARIADB._replace(awaited=True), SERVICE_BUS, OBJECT_STORE, AVERAGING_SERVICE, backend]


def with_seaweedfs(services: Sequence[ServiceSpec]) -> Sequence[ServiceSpec]:
    """The same, with a real S3 server as the object store."""
    return [SEAWEEDFS if spec.name == OBJECT_STORE.name else spec for spec in services]


def connection_string(address: Address, key: str) -> str:
    """Of the whole Service Bus namespace. Source: azure-servicebus (`UseDevelopmentEmulator`: plain TCP; else TLS)."""
    if address.scheme in ENCRYPTED:
        port = "" if address.port in STANDARD_PORTS else f":{address.port}"
        return f"Endpoint=sb://{address.host}{port}/;SharedAccessKeyName={KEY_NAME};SharedAccessKey={key}"
    endpoint = f"Endpoint=sb://{address.host}:{address.port}"
    return f"{endpoint};SharedAccessKeyName={KEY_NAME};SharedAccessKey={key};UseDevelopmentEmulator=true"


def listening(site: Site) -> Mapping[str, str]:
    """The variables of a service that listens for HTTP."""
    return {"HTTP_HOST": site.host(), "HTTP_PORT": str(site.port())}


def object_store_access(site: Site) -> Mapping[str, str]:
    """The variables of whoever uses the object store; boto3 reads the AWS_ ones itself."""
    return {
        "OBJECT_STORE_URL": site.address("object_store").url,
        "OBJECT_STORE_BUCKET": BUCKET,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": site.secret(STORE_KEY),
    }


def _service_bus(site: Site) -> Mapping[str, str]:
    return {
        "HTTP_HOST": site.host(),
        "SERVICE_BUS_CONTROL_HOST": site.host(),
        "SERVICE_BUS_PORT": str(site.port(AMQP)),
        "SERVICE_BUS_CONTROL_PORT": str(site.port(CONTROL)),
        "SERVICE_BUS_KEY": site.secret(BUS_KEY),
    }


def _object_store(site: Site) -> Mapping[str, str]:
    return {**listening(site), "OBJECTS_FOLDER": str(site.volume(OBJECTS.name)), **object_store_access(site)}


def _seaweedfs(site: Site) -> Mapping[str, str]:
    parts = {name: site.port(name) for name in seaweedfs.PORTS}
    return {**_object_store(site), "PARTS_PORTS": json.dumps(parts)}


def _central(site: Site) -> Mapping[str, str]:
    bus = connection_string(site.address("service_bus", AMQP), site.secret(BUS_KEY))
    return {"SERVICE_BUS_CONNECTION_STRING": bus, **object_store_access(site)}


def _backend_on_sqlite(site: Site) -> Mapping[str, str]:
    return {**_backend(site), "DATABASE_URL": f"sqlite:///{site.volume(BACKEND_FILES.name)}/backend.sqlite3"}


def _backend(site: Site) -> Mapping[str, str]:
    return {
        **_central(site),
        **listening(site),
        "PUBLIC_URL": site.address("backend").url,
        "MAIL_FOLDER": str(site.volume(MAIL.name)),
        "PASSWORD_COST": str(PASSWORD_COST),
        "CLOCK_KEY": site.secret(CLOCK_KEY),
        "MINIMUM_SDK_VERSION": MINIMUM_SDK_VERSION,
    }


def _backend_on_mariadb(site: Site) -> Mapping[str, str]:
    server = site.address("mariadb", mariadb.PORT)
    account = f"{mariadb.BACKEND}:{site.secret(BACKEND_PASSWORD)}"
    return {**_backend(site), "DATABASE_URL": f"mysql+mysqlconnector://{account}@{server.host}:{server.port}/{mariadb.BACKEND}"}


def _mariadb(site: Site) -> Mapping[str, str]:
    return {
        "BACKEND_PASSWORD": site.secret(BACKEND_PASSWORD),
        "DATABASE_HOST": site.host(),
        "DATABASE_PORT": str(site.port(mariadb.PORT)),
        "DATABASE_FOLDER": str(site.volume(DATABASE_FILES.name)),
        "ADMINISTRATOR_PASSWORD": site.secret(DATABASE_PASSWORD),
    }


SERVICE_BUS = ServiceSpec("service_bus", PythonModule("environments.service_bus"), _service_bus, ports=(AMQP, CONTROL), secrets=(BUS_KEY,))
OBJECT_STORE = ServiceSpec(
    "object_store", PythonModule(f"{PACKAGE}.stores.object_store"), _object_store, volumes=(OBJECTS,), secrets=(STORE_KEY,)
)
SEAWEEDFS = OBJECT_STORE._replace(
    runs=PythonModule(f"{PACKAGE}.stores.seaweedfs"),
    variables=_seaweedfs,
    ports=(HTTP, *seaweedfs.PORTS),
    ready_seconds=seaweedfs.READY_SECONDS,
)
AVERAGING_SERVICE = ServiceSpec(
    "averaging_service",
    PythonModule(f"{PACKAGE}.averaging_service"),
    _central,
    ports=(),
    after=("service_bus", "object_store"),
    secrets=(BUS_KEY, STORE_KEY),
    preload=PRELOADED_FOR_AVERAGING,
)
BACKEND = ServiceSpec(
    "backend",
    PythonModule(f"{PACKAGE}.backend"),
    _backend_on_sqlite,
    after=("service_bus", "object_store"),
    volumes=(MAIL, BACKEND_FILES),
    secrets=(BUS_KEY, STORE_KEY, CLOCK_KEY),
    preload=PRELOADED_FOR_BACKEND,
)
MARIADB = ServiceSpec(
    "mariadb",
    PythonModule(f"{PACKAGE}.stores.mariadb"),
    _mariadb,
    ports=(mariadb.PORT,),
    ready_port=mariadb.PORT,
    ready_seconds=mariadb.READY_SECONDS,
    volumes=(DATABASE_FILES,),
    secrets=(DATABASE_PASSWORD, BACKEND_PASSWORD),
    awaited=False,
    packages=("mariadb-server-core", "mariadb-client-core"),
)
