"""What each service of the platform needs to run: its module, its variables, and how it shows that it is ready. Only facts, no doing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from environments import jitter
from environments.platforms.tracebloc.training import MODULES_TO_PRELOAD
from environments.processes import mounts
from environments.processes.variables import basic_environment
from environments.substrate import CLIENT_SERVICES, DATABASE_SERVICE

REFERENCE_PLATFORM = "environments.platforms.tracebloc"
BUCKET = "tracebloc"
ACCESS_KEY = "ringmaster"
NAMESPACE = "tracebloc"
HEARTBEAT_SECONDS = 2
PASSWORD_COST = 2**10
"""A sixteenth of the usual work: passwords of scenarios are random, and gone with the platform."""
# older SDKs are told to upgrade; Source: our choice
MINIMUM_SDK_VERSION = "1.2.0"
KEY_NAME = "RootManageSharedAccessKey"
SHARED_MOUNT = Path("/data/shared")
"""Source: tracebloc client chart 1.9.62; tracebloc-ingestor 0.8.94 (a constant of its class)."""

# loaded once, shared by all processes that are forked; the averaging service needs least and takes longest to be ready
PRELOADED_FOR_AVERAGING = (
    "pydantic_settings",
    "azure.servicebus",
    "boto3.session",
    f"{REFERENCE_PLATFORM}.averaging_service.rounds",
    f"{REFERENCE_PLATFORM}.averaging_service.settings",
    f"{REFERENCE_PLATFORM}.averaging_service.store",
    "tenacity",
)
PRELOADED_FOR_BACKEND = (
    "fastapi",
    "anyio._backends._asyncio",
    "uvicorn.protocols.http.auto",
    "uvloop",
    "sqlalchemy.orm",
    "sqlalchemy.dialects.sqlite",
    "httpx",
    f"{REFERENCE_PLATFORM}.http_server",
    f"{REFERENCE_PLATFORM}.backend.application",
    f"{REFERENCE_PLATFORM}.backend.housekeeping",
    f"{REFERENCE_PLATFORM}.backend.results",
)
PRELOADED_FOR_EDGES = (
    "environments.platforms.tracebloc.preloaded_s3",
    "environments.platforms.tracebloc.preloaded_mysql",
    # what httpx imports for its first client
    "httpcore",
    "jsonschema",
    "python_multipart",
    "trustme",
    "psutil",
    "yaml",
    f"{REFERENCE_PLATFORM}.edge_login",
    f"{REFERENCE_PLATFORM}.launchers.process",
    f"{REFERENCE_PLATFORM}.egress_proxy.proxy",
    f"{REFERENCE_PLATFORM}.egress_proxy.settings",
    f"{REFERENCE_PLATFORM}.jobs_manager.api",
    f"{REFERENCE_PLATFORM}.jobs_manager.experiments",
    f"{REFERENCE_PLATFORM}.jobs_manager.work",
    f"{REFERENCE_PLATFORM}.pods_monitor.reports",
    f"{REFERENCE_PLATFORM}.pods_monitor.settings",
    f"{REFERENCE_PLATFORM}.requests_proxy.api",
    f"{REFERENCE_PLATFORM}.resource_monitor.heartbeat",
    f"{REFERENCE_PLATFORM}.resource_monitor.settings",
)
PRELOADED_FOR_PODS = (
    "httpx",
    "httpcore",
    "environments.platforms.tracebloc.preloaded_mysql",
    "pandas",
    *MODULES_TO_PRELOAD,
    # all that `tracebloc-ingest` imports; not its own module, which has to run as the main one
    "tracebloc_ingestor",
    "tracebloc_ingestor.backend.failure_report",
    "tracebloc_ingestor.cli.conventions",
    "tracebloc_ingestor.utils.logging",
    "tracebloc_telemetry",
    "jsonschema",
    "yaml",
    # data scientists' SDKs are forked from the node too; this is what they import once they check a model
    "tracebloc",
    "tracebloc.training.loss",
    "tracebloc.training.memory_estimate",
    "tracebloc.validation.checker",
)


@dataclass(frozen=True)
class Service:
    """One service: exactly one of `module` and `program`; ready once it touched its ready file or, if given, `port` accepts."""

    name: str
    environment: Mapping[str, str]
    module: str | None = None
    program: tuple[str, ...] = ()
    ready_port: int | None = None


@dataclass(frozen=True)
class CentralAddresses:
    """Where the central services are, and the secrets they share."""

    state: Path
    backend_port: int
    service_bus_port: int
    service_bus_control_port: int
    object_store_port: int
    service_bus_key: SecretStr
    object_store_secret_key: SecretStr
    sabotage: str | None = None

    @property
    def backend_url(self) -> str:
        """The backend, without a slash at the end."""
        return f"http://127.0.0.1:{self.backend_port}"

    @property
    def object_store_url(self) -> str:
        """The S3 endpoint."""
        return f"http://127.0.0.1:{self.object_store_port}"

    @property
    def service_bus_control_url(self) -> str:
        """Where the service bus is made to fail."""
        return f"http://127.0.0.1:{self.service_bus_control_port}"

    @property
    def service_bus_connection_string(self) -> SecretStr:
        """For the whole namespace. Source: azure-servicebus (`UseDevelopmentEmulator` means plain TCP)."""
        key = self.service_bus_key.get_secret_value()
        endpoint = f"Endpoint=sb://127.0.0.1:{self.service_bus_port}"
        return SecretStr(f"{endpoint};SharedAccessKeyName={KEY_NAME};SharedAccessKey={key};UseDevelopmentEmulator=true")

    @property
    def mail_folder(self) -> Path:
        """The maildir."""
        return self.state / "mail"


@dataclass(frozen=True)
class EdgeAddresses:
    """One secure environment: where its services are, and their secrets."""

    folder: Path
    client_env: str
    client_id: str
    client_password: SecretStr
    ingestor: str
    database_url: SecretStr
    node_socket: Path
    jobs_manager_port: int
    requests_proxy_port: int
    egress_proxy_port: int
    mysql_client_port: int
    pod_token_signing_secret: SecretStr
    ingestion_token: SecretStr
    training_resources: str | None = None
    ingestion_read_seconds: float | None = None

    @property
    def shared_folder(self) -> Path:
        """What the chart mounts at /data/shared."""
        return self.folder / "shared"

    @property
    def shared_mount(self) -> Path:
        """Where pods see the shared folder: as in the chart, or, where no process can have mounts of its own, where it is."""
        return SHARED_MOUNT if mounts.why_not() is None else self.shared_folder

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that ingestions trust."""
        return self.folder / "ca.pem"

    @property
    def egress_faults_file(self) -> Path:
        """Says which registrations go wrong on their way to the platform."""
        return self.folder / "egress-faults.jsonl"

    @property
    def pods_folder(self) -> Path:
        """The pods' logs and scratch folders."""
        return self.folder / "pods"


def surroundings(central: CentralAddresses) -> dict[str, str]:
    """The variables of every service that are not about the service; nothing of the user's own settings gets in."""
    folders = {"HOME": str(central.state), "TMPDIR": str(central.state / "tmp")}
    sabotage = {"RINGMASTER_SABOTAGE": str(central.sabotage)} if central.sabotage else {}
    aws = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    return basic_environment() | folders | aws | sabotage | jitter.handed_on()


def object_store_access(central: CentralAddresses) -> dict[str, str]:
    """The variables of whoever uses the object store; boto3 reads the AWS_ ones itself."""
    return {
        "OBJECT_STORE_URL": central.object_store_url,
        "OBJECT_STORE_BUCKET": BUCKET,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": central.object_store_secret_key.get_secret_value(),
    }


def base_services(central: CentralAddresses) -> list[Service]:
    """What stands on nothing else: the service bus and the object store."""
    service_bus = {
        "SERVICE_BUS_PORT": str(central.service_bus_port),
        "SERVICE_BUS_CONTROL_PORT": str(central.service_bus_control_port),
        "SERVICE_BUS_KEY": central.service_bus_key.get_secret_value(),
    }
    object_store = {
        "HTTP_PORT": str(central.object_store_port),
        "OBJECT_STORE_BUCKET": BUCKET,
        "OBJECTS_FOLDER": str(central.state / "objects"),
    }
    return [
        Service("service_bus", surroundings(central) | service_bus, "environments.service_bus"),
        Service("object_store", surroundings(central) | object_store, "environments.platforms.tracebloc.object_store"),
    ]


def averaging_service(central: CentralAddresses) -> Service:
    """The averaging service."""
    return Service("averaging_service", _central_surroundings(central), f"{REFERENCE_PLATFORM}.averaging_service")


def backend(central: CentralAddresses) -> Service:
    """The backend."""
    own = {
        "HTTP_PORT": str(central.backend_port),
        "PUBLIC_URL": central.backend_url,
        "DATABASE_URL": f"sqlite:///{central.state}/backend.sqlite3",
        "MAIL_FOLDER": str(central.mail_folder),
        "PASSWORD_COST": str(PASSWORD_COST),
        "MINIMUM_SDK_VERSION": MINIMUM_SDK_VERSION,
    }
    return Service("backend", _central_surroundings(central) | own, f"{REFERENCE_PLATFORM}.backend")


def _central_surroundings(central: CentralAddresses) -> dict[str, str]:
    bus = {"SERVICE_BUS_CONNECTION_STRING": central.service_bus_connection_string.get_secret_value()}
    return surroundings(central) | bus | object_store_access(central)


def edge_services(central: CentralAddresses, edge: EdgeAddresses, chosen: frozenset[str] = CLIENT_SERVICES) -> list[Service]:
    """Services of one secure environment, by default all that the chart's Deployments and DaemonSet start."""
    login = {
        "CLIENT_ID": edge.client_id,
        "CLIENT_PASSWORD": edge.client_password.get_secret_value(),
        "BACKEND_URL": central.backend_url,
        "CLIENT_ENV": edge.client_env,
        "NAMESPACE": NAMESPACE,
    }
    common = surroundings(central) | login
    launcher = {"LAUNCHER": "process", "NODE_SOCKET": str(edge.node_socket), "PODS_FOLDER": str(edge.pods_folder)}
    signing = {"POD_TOKEN_SIGNING_SECRET": edge.pod_token_signing_secret.get_secret_value()}
    variables = {
        "egress_proxy": {
            "HTTP_PORT": str(edge.egress_proxy_port),
            "CA_FILE": str(edge.ca_file),
            "FAULTS_FILE": str(edge.egress_faults_file),
        },
        "requests_proxy": {"HTTP_PORT": str(edge.requests_proxy_port)} | signing | object_store_access(central),
        "jobs_manager": launcher | signing | _jobs_manager(edge, _database_url(edge, own_address=DATABASE_SERVICE in chosen)),
        "pods_monitor": launcher,
        "resource_monitor": {"MONITOR_INTERVAL_SECONDS": str(HEARTBEAT_SECONDS)},
    }
    running = {name: common | own for name, own in variables.items() if name in chosen}
    services = [Service(f"{name}-{edge.client_id}", environment, f"{REFERENCE_PLATFORM}.{name}") for name, environment in running.items()]
    return [*services, _mysql_client(edge, surroundings(central))] if DATABASE_SERVICE in chosen else services


def _database_url(edge: EdgeAddresses, *, own_address: bool) -> str:
    """Where the environment's services and pods find its database: at the server, or at the address that is this environment's alone."""
    from sqlalchemy.engine import make_url

    if not own_address:
        return edge.database_url.get_secret_value()
    return make_url(edge.database_url.get_secret_value()).set(port=edge.mysql_client_port).render_as_string(hide_password=False)


def _mysql_client(edge: EdgeAddresses, surroundings: dict[str, str]) -> Service:
    from sqlalchemy.engine import make_url

    server = make_url(edge.database_url.get_secret_value())
    ports = {"DATABASE_PORT": str(edge.mysql_client_port), "SERVER_HOST": str(server.host), "SERVER_PORT": str(server.port)}
    return Service(f"{DATABASE_SERVICE}-{edge.client_id}", surroundings | ports, "environments.platforms.tracebloc.mysql_client")


def _jobs_manager(edge: EdgeAddresses, database_url: str) -> dict[str, str]:
    resources = dict.fromkeys(("RESOURCE_REQUESTS", "RESOURCE_LIMITS"), edge.training_resources) if edge.training_resources else {}
    seconds = edge.ingestion_read_seconds
    chosen = resources | ({} if seconds is None else {"INGESTION_READ_SECONDS": str(seconds)})
    return chosen | {
        "HTTP_PORT": str(edge.jobs_manager_port),
        "REQUESTS_PROXY_URL": f"http://127.0.0.1:{edge.requests_proxy_port}",
        "DATABASE_URL": database_url,
        "SHARED_FOLDER": str(edge.shared_folder),
        "SHARED_MOUNT": str(edge.shared_mount),
        "INGESTION_TOKEN": edge.ingestion_token.get_secret_value(),
        "INGESTOR": edge.ingestor,
        "EGRESS_PROXY_URL": f"http://127.0.0.1:{edge.egress_proxy_port}",
        "EGRESS_PROXY_CA": str(edge.ca_file),
    }
