"""The platform's services: what each needs to run, and how it shows that it is ready. Only facts, no doing.

Variables are those of the project's own services, so that these can take the place of the reference ones.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from environments.platforms.observatory.servers import postgresql, rabbitmq
from environments.platforms.observatory.web_terminal_service import IN_INTEGRATION, web_terminal
from environments.services import HTTP, Address, PythonModule, ServiceSpec, Site, Volume

PACKAGE = "environments.platforms.observatory"
AMQP, EPMD, DISTRIBUTION, SQL, REDIS, MONGO = "amqp", "epmd", "distribution", "sql", "redis", "mongo"
RABBITMQ_PASSWORD, POSTGRES_PASSWORD = "rabbitmq-password", "postgres-password"
WORK_SECONDS = 0.1
"""What a job takes of the reference processor, unless it says that it takes longer."""
SERVERS = ("rabbitmq", "postgresql", "redis", "event_store")
PRELOADED = (
    "environments.reference_services.settings",
    "fastapi",
    "uvicorn.protocols.http.auto",
    "uvloop",
    "jsonschema",
    "pika",
    "prometheus_client",
    "psycopg",
    "psycopg.types.json",
    "pydantic_settings",
    "pymongo",
    "redis",
    f"{PACKAGE}.web",
    f"{PACKAGE}.broker",
    f"{PACKAGE}.contracts",
)
# folders of their own, so that killed servers find their data again
FILES = {name: Volume(name) for name in SERVERS}


class Reaching(Protocol):
    """Whoever reaches the servers: a service at its site, or a scenario by the substrate."""

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where a service is reached."""
        ...

    def secret(self, name: str) -> str:
        """A secret of the platform."""
        ...


def services(mongod: str = "") -> Sequence[ServiceSpec]:
    """All of them, in the order in which they are best started.

    Args:
        mongod: the program of a MongoDB to keep events in; empty for nx-27017.
    """
    return (
        RABBITMQ,
        POSTGRESQL,
        REDIS_SERVER,
        _event_store(mongod),
        GATEWAY,
        PROCESSOR,
        METRICS_ENGINE,
        READ_MODEL,
        web_terminal(IN_INTEGRATION),
    )


def rabbitmq_url(site: Reaching) -> str:
    """Of the broker, with its password, which may stand in a URL as it is: what renders files for people names it by a variable."""
    address = site.address("rabbitmq", AMQP)
    return f"amqp://{rabbitmq.USER}:{site.secret(RABBITMQ_PASSWORD)}@{address.host}:{address.port}"


def postgres_url(site: Reaching) -> str:
    """Of the store, with its password."""
    address = site.address("postgresql", SQL)
    user, password = postgresql.USER, site.secret(POSTGRES_PASSWORD)
    return f"postgresql://{user}:{password}@{address.host}:{address.port}/{postgresql.DATABASE}?sslmode=disable"


def redis_address(site: Reaching) -> str:
    """Of the cache."""
    address = site.address("redis", REDIS)
    return f"{address.host}:{address.port}"


def mongo_url(site: Reaching) -> str:
    """Of the event store."""
    address = site.address("event_store", MONGO)
    return f"mongodb://{address.host}:{address.port}"


def _rabbitmq(site: Site) -> Mapping[str, str]:
    return {
        "RABBITMQ_HOST": site.host(),
        "RABBITMQ_PORT": str(site.port(AMQP)),
        "EPMD_PORT": str(site.port(EPMD)),
        "DISTRIBUTION_PORT": str(site.port(DISTRIBUTION)),
        "RABBITMQ_FOLDER": str(site.volume("rabbitmq")),
        "RABBITMQ_PASSWORD": site.secret(RABBITMQ_PASSWORD),
    }


def _postgresql(site: Site) -> Mapping[str, str]:
    return {
        "POSTGRES_HOST": site.host(),
        "POSTGRES_PORT": str(site.port(SQL)),
        "POSTGRES_FOLDER": str(site.volume("postgresql")),
        "POSTGRES_PASSWORD": site.secret(POSTGRES_PASSWORD),
    }


def _redis(site: Site) -> Mapping[str, str]:
    return {"REDIS_HOST": site.host(), "REDIS_PORT": str(site.port(REDIS)), "REDIS_FOLDER": str(site.volume("redis"))}


def _event_store(mongod: str) -> ServiceSpec:
    def variables(site: Site) -> Mapping[str, str]:
        return {
            "EVENT_STORE_HOST": site.host(),
            "EVENT_STORE_PORT": str(site.port(MONGO)),
            "EVENT_STORE_FOLDER": str(site.volume("event_store")),
            "MONGOD_PROGRAM": mongod,
        }

    module = PythonModule(f"{PACKAGE}.servers.event_store")
    return ServiceSpec("event_store", module, variables, (MONGO,), ready_port=MONGO, volumes=(FILES["event_store"],))


def _gateway(site: Site) -> Mapping[str, str]:
    # nobody is there: the observability stack is no part of the platform under test
    nowhere = "http://127.0.0.1:9"
    listens = {"HOST": site.host(), "PORT": str(site.port())}
    return {**listens, "RABBITMQ_URL": rabbitmq_url(site), "ALERTMANAGER_URL": nowhere, "PROMETHEUS_URL": nowhere}


def _processor(site: Site) -> Mapping[str, str]:
    listens = {"HOST": site.host(), "PORT": str(site.port()), "WORK_SECONDS": str(WORK_SECONDS)}
    return {**listens, "RABBITMQ_URL": rabbitmq_url(site), "POSTGRES_URL": postgres_url(site)}


def _metrics_engine(site: Site) -> Mapping[str, str]:
    return {"RABBITMQ_URL": rabbitmq_url(site), "REDIS_URL": redis_address(site), "MONGO_URL": mongo_url(site)}


def _read_model(site: Site) -> Mapping[str, str]:
    reads = {"REDIS_URL": redis_address(site), "POSTGRES_URL": postgres_url(site), "MONGO_URL": mongo_url(site)}
    return {"HOST": site.host(), "PORT": str(site.port()), **reads}


RABBITMQ = ServiceSpec(
    "rabbitmq",
    PythonModule(f"{PACKAGE}.servers.rabbitmq"),
    _rabbitmq,
    ports=(AMQP, EPMD, DISTRIBUTION),
    ready_port=AMQP,
    ready_seconds=60.0,
    volumes=(FILES["rabbitmq"],),
    secrets=(RABBITMQ_PASSWORD,),
    packages=("rabbitmq-server",),
)
POSTGRESQL = ServiceSpec(
    "postgresql",
    PythonModule(f"{PACKAGE}.servers.postgresql"),
    _postgresql,
    ports=(SQL,),
    ready_port=SQL,
    volumes=(FILES["postgresql"],),
    secrets=(POSTGRES_PASSWORD,),
    packages=("postgresql",),
)
REDIS_SERVER = ServiceSpec(
    "redis",
    PythonModule(f"{PACKAGE}.servers.redis"),
    _redis,
    ports=(REDIS,),
    ready_port=REDIS,
    volumes=(FILES["redis"],),
    packages=("redis-server",),
)
GATEWAY = ServiceSpec(
    "gateway",
    PythonModule(f"{PACKAGE}.gateway"),
    _gateway,
    ready_port=HTTP,
    after=("rabbitmq",),
    secrets=(RABBITMQ_PASSWORD,),
    preload=PRELOADED,
)
PROCESSOR = ServiceSpec(
    "processor",
    PythonModule(f"{PACKAGE}.processor"),
    _processor,
    ready_port=HTTP,
    ready_seconds=60.0,
    after=("rabbitmq", "postgresql"),
    secrets=(RABBITMQ_PASSWORD, POSTGRES_PASSWORD),
    preload=PRELOADED,
)
METRICS_ENGINE = ServiceSpec(
    "metrics_engine",
    PythonModule(f"{PACKAGE}.metrics_engine"),
    _metrics_engine,
    ports=(),
    ready_seconds=60.0,
    after=("rabbitmq", "redis", "event_store"),
    secrets=(RABBITMQ_PASSWORD,),
    preload=PRELOADED,
)
READ_MODEL = ServiceSpec(
    "read_model",
    PythonModule(f"{PACKAGE}.read_model"),
    _read_model,
    ready_port=HTTP,
    after=("postgresql", "redis", "event_store"),
    secrets=(POSTGRES_PASSWORD,),
    preload=PRELOADED,
)
