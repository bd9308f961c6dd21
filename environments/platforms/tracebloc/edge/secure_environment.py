"""A secure environment as a group of services, by default all that the chart's Deployments and DaemonSet start.

Source: tracebloc client chart 1.9.62.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from pydantic import SecretStr

from environments.platforms.tracebloc.egress_proxy.faults import Fault, Faults
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on
from environments.platforms.tracebloc.services import PACKAGE, listening, object_store_access
from environments.platforms.tracebloc.stores.databases import Account, sqlite_database
from environments.platforms.tracebloc.stores.mariadb import PORT as SQL
from environments.processes.pods import IMAGE_VARIABLE
from environments.services import HTTP, Address, Group, HeldBack, PythonModule, ServiceSpec, Site, Volume
from environments.substrate import Cluster, RunningGroup

CLIENT_SERVICES = frozenset({"egress_proxy", "requests_proxy", "jobs_manager", "pods_monitor", "resource_monitor"})
DATABASE_SERVICE = "mysql_client"
"""The environment's own address of its database, for scenarios that take that away; the other services do without. Needs `mysql`."""
CLIENT_LABEL = "tracebloc.io/client-id"
TRAINING_LABEL = {"tracebloc.io/workload": "training"}
NAMESPACE = "tracebloc"
HEARTBEAT_SECONDS = 2
IMAGE_HOST = "docker.io/"
"""Source: tracebloc client chart 1.9.62 (JOB_IMAGE_HOST)."""
Variables = Callable[[Site], Mapping[str, str]]
SHARED = Volume("shared", seen_by_pods_at=Path("/data/shared"), claim="client-pvc")
"""Source: tracebloc client chart 1.9.62; tracebloc-ingestor 0.8.94 (a constant of its class)."""
EGRESS, DATASETS = Volume("egress"), Volume("datasets")
CA_FILE, FAULTS_FILE = "ca.pem", "egress-faults.jsonl"
CLIENT_PASSWORD, SIGNING_SECRET, INGESTION_TOKEN = "client-password", "pod-token-signing-secret", "ingestion-token"


@dataclass(frozen=True)
class InstallRequest:
    """What the installer of the client asks its user for."""

    client_env: str | None
    client_id: str
    client_password: SecretStr
    services: frozenset[str] = CLIENT_SERVICES
    """Which of the client's services to run: a scenario may play the others itself."""
    training_resources: str | None = None
    """What each training job may use, such as `cpu=2,memory=8Gi`; requests and limits alike. None: the platform's own default."""
    ingestion_read_seconds: float | None = None
    """How long an ingestion waits for an answer of the platform. None: as long as the ingestor does by itself, five minutes."""
    training_image: str | None = None
    """The image of training jobs, where they run in images. None: the platform's own."""
    pod_deadline_seconds: int | None = None
    """How long each training pod may run, where a cluster sees to that. None: as long as it likes."""
    largest_weights_bytes: int | None = None
    """How large the weights may be that a job hands in. None: as large as the client takes by itself."""

    def __post_init__(self) -> None:
        known = CLIENT_SERVICES | {DATABASE_SERVICE}
        if unknown := sorted(self.services - known):
            raise ValueError(f"the client has no service {', '.join(unknown)}; it has {', '.join(sorted(known))}")


@dataclass(frozen=True)
class InstallationStage:
    """One stage of the installer, by the installer's own name for it."""

    name: str
    outcome: Literal["done", "left out", "failed"]
    detail: str
    seconds: float


class Egress(Protocol):
    """What can go wrong on the one way from a secure environment to the platform, and in no other's."""

    def fail_registrations(self, *statuses: int) -> None:
        """The next registrations of datasets do not arrive; each is answered with one of these HTTP statuses."""
        ...

    def lose_answers(self, times: int) -> None:
        """The next registrations of datasets arrive, but their answers do not come back: the connection is dropped."""
        ...

    def keep_answers(self, times: int) -> None:
        """The next registrations of datasets arrive, but their answers are waited for in vain: the connection stays open."""
        ...

    def be_distrusted(self) -> None:
        """From now on ingestions trust another certificate authority than the one that vouches for the platform."""
        ...


@dataclass(frozen=True)
class SecureEnvironment:
    """An installed client: the services of one secure environment."""

    group: RunningGroup = field(repr=False)
    database_url: SecretStr
    """SQLAlchemy URL of the datasets' database."""
    pod_token_signing_secret: SecretStr
    ingestion_token: SecretStr
    ingestor: Literal["tracebloc-ingest on MariaDB", "reference ingestor on SQLite"]
    stages: Sequence[InstallationStage]

    @property
    def client_id(self) -> str:
        """Its Client ID."""
        return self.group.name

    @property
    def cluster(self) -> Cluster:
        """What runs its pods."""
        return self.group.cluster

    @property
    def jobs_manager_url(self) -> str:
        """Where ingestions are submitted."""
        return self.group.address("jobs_manager").url

    @property
    def requests_proxy_url(self) -> str:
        """Where pods hand in what they have."""
        return self.group.address("requests_proxy").url

    @property
    def egress_address(self) -> Address:
        """Where its one way to the platform listens."""
        return self.group.address("egress_proxy")

    @property
    def shared_folder(self) -> Path:
        """The volume that the chart mounts at /data/shared, as scenarios reach it."""
        return self.group.volume(SHARED.name)

    @property
    def shared_mount(self) -> Path:
        """The same volume as the pods see it."""
        return self.group.pod_volume(SHARED.name)

    @property
    def egress(self) -> Egress:
        """The one way to the platform."""
        return FaultyEgress(self.group.volume(EGRESS.name))

    def stop(self) -> None:
        """Uninstall the client: its services and pods end. Idempotent."""
        self.group.remove()


class FaultyEgress:
    """What can go wrong on the way to the platform (see `Egress`)."""

    def __init__(self, folder: Path) -> None:
        self._faults = Faults(folder / FAULTS_FILE)
        self._ca_file = folder / CA_FILE

    def fail_registrations(self, *statuses: int) -> None:
        """The next registrations of datasets do not arrive; each is answered with one of these HTTP statuses."""
        self._faults.add(*(Fault(kind="answer", status=status) for status in statuses))

    def lose_answers(self, times: int) -> None:
        """The next registrations of datasets arrive, but their answers do not come back."""
        self._faults.add(*[Fault(kind="lose the answer")] * times)

    def keep_answers(self, times: int) -> None:
        """The next registrations of datasets arrive, but their answers are waited for in vain."""
        self._faults.add(*[Fault(kind="keep the answer")] * times)

    def be_distrusted(self) -> None:
        """From now on ingestions trust another certificate authority than the one that vouches for the platform."""
        import trustme

        trustme.CA().cert_pem.write_to_path(str(self._ca_file))


@dataclass(frozen=True)
class ClientGroup:
    """Makes the group of services of one client."""

    request: InstallRequest
    client_env: str
    account: Account | None
    """Its database on MariaDB; None: a SQLite file."""

    def group(self, secrets: Mapping[str, SecretStr]) -> Group:
        """The group; `secrets` are those that only this environment knows."""
        specs = [
            self._spec("egress_proxy", self._egress_proxy),
            self._spec("requests_proxy", self._requests_proxy),
            self._spec("jobs_manager", self._jobs_manager),
            self._spec("pods_monitor", self._pods_monitor, ports=()),
            self._spec("resource_monitor", self._resource_monitor, ports=()),
            ServiceSpec(DATABASE_SERVICE, PythonModule(f"{PACKAGE}.stores.mysql_client"), self._mysql_client, ports=(SQL,)),
        ]
        chosen = tuple(spec for spec in specs if spec.name in self.request.services)
        # scenarios may play the others, and need their addresses then
        others = tuple(spec for spec in specs if spec not in chosen)
        return Group(self.request.client_id, chosen, secrets, (SHARED, EGRESS, DATASETS), others, (self._training_policy(),))

    def _training_policy(self) -> HeldBack:
        """Source: tracebloc client chart 1.9.62 (network-policy-training.yaml)."""
        database = DATABASE_SERVICE if DATABASE_SERVICE in self.request.services else "mariadb"
        doors = ((database, SQL), ("requests_proxy", HTTP), ("egress_proxy", HTTP))
        # a SQLite file is no service
        reach = doors if self.account is not None else doors[1:]
        return HeldBack("training-egress", TRAINING_LABEL, None if is_on(EdgeSabotage.TRAINING_POLICY_OPEN) else reach)

    def _spec(self, name: str, variables: Variables, *, ports: tuple[str, ...] = (HTTP,)) -> ServiceSpec:
        def all_variables(site: Site) -> Mapping[str, str]:
            return {**self._login(site), **variables(site)}

        return ServiceSpec(name, PythonModule(f"{PACKAGE}.{name}"), all_variables, ports=ports)

    def _login(self, site: Site) -> Mapping[str, str]:
        return {
            "CLIENT_ID": self.request.client_id,
            "CLIENT_PASSWORD": site.secret(CLIENT_PASSWORD),
            "BACKEND_URL": site.address("backend").url,
            "CLIENT_ENV": self.client_env,
            "NAMESPACE": NAMESPACE,
        }

    def _egress_proxy(self, site: Site) -> Mapping[str, str]:
        folder = site.volume(EGRESS.name)
        return {**listening(site), "CA_FILE": str(folder / CA_FILE), "FAULTS_FILE": str(folder / FAULTS_FILE)}

    def _requests_proxy(self, site: Site) -> Mapping[str, str]:
        signing = {"POD_TOKEN_SIGNING_SECRET": site.secret(SIGNING_SECRET)}
        largest = self.request.largest_weights_bytes
        chosen = {} if largest is None else {"MAX_WEIGHTS_BYTES": str(largest)}
        return {**listening(site), **signing, **object_store_access(site), **chosen}

    def _pods_monitor(self, site: Site) -> Mapping[str, str]:
        return site.launcher()

    def _resource_monitor(self, _site: Site) -> Mapping[str, str]:
        return {"MONITOR_INTERVAL_SECONDS": str(HEARTBEAT_SECONDS)}

    def _mysql_client(self, site: Site) -> Mapping[str, str]:
        server = site.address("mariadb", SQL)
        own = {"DATABASE_HOST": site.host(), "DATABASE_PORT": str(site.port(SQL))}
        return {**own, "SERVER_HOST": server.host, "SERVER_PORT": str(server.port)}

    def _jobs_manager(self, site: Site) -> Mapping[str, str]:
        launcher = site.launcher()
        resources = self.request.training_resources
        seconds = self.request.ingestion_read_seconds
        chosen = dict.fromkeys(("RESOURCE_REQUESTS", "RESOURCE_LIMITS"), resources) if resources else {}
        chosen |= {} if seconds is None else {"INGESTION_READ_SECONDS": str(seconds)}
        if image := launcher.get(IMAGE_VARIABLE):
            chosen |= dict.fromkeys(("JOB_IMAGE", "INGESTOR_IMAGE"), image.removeprefix(IMAGE_HOST)) | {"JOB_IMAGE_HOST": IMAGE_HOST}
        chosen |= {"JOB_IMAGE": self.request.training_image} if self.request.training_image else {}
        chosen |= {} if self.request.pod_deadline_seconds is None else {"POD_DEADLINE_SECONDS": str(self.request.pod_deadline_seconds)}
        return {
            **launcher,
            **chosen,
            **listening(site),
            "POD_TOKEN_SIGNING_SECRET": site.secret(SIGNING_SECRET),
            "REQUESTS_PROXY_URL": site.address("requests_proxy").url,
            "DATABASE_URL": self._database_url(site),
            "SHARED_FOLDER": str(site.volume(SHARED.name)),
            "SHARED_MOUNT": str(site.pod_volume(SHARED.name)),
            "INGESTION_TOKEN": site.secret(INGESTION_TOKEN),
            "INGESTOR": "reference" if self.account is None else "tracebloc-ingest",
            "EGRESS_PROXY_URL": site.address("egress_proxy").url,
            "EGRESS_PROXY_CA": str(site.volume(EGRESS.name) / CA_FILE),
        }

    def _database_url(self, site: Site) -> str:
        """Where services and pods find the database: at the server, or at the address that is this environment's alone."""
        if self.account is None:
            return sqlite_database(site.volume(DATASETS.name)).get_secret_value()
        own_address = DATABASE_SERVICE in self.request.services
        server = site.address(DATABASE_SERVICE, SQL) if own_address else site.address("mariadb", SQL)
        return self.account.url(server).get_secret_value()
