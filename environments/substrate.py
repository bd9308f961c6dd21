"""Where the platform's services run: the one interface that scenarios see, whatever is behind it."""

import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from environments.processes.variables import basic_environment

if TYPE_CHECKING:
    from pydantic import SecretStr

    from environments.requirements import Requirement

CAPABILITIES = {
    "processes": "services and pods are local processes",
    "cluster": "pods run on a Kubernetes cluster",
    "network-policy": "network policies hold pods back",
    "pod-mounts": "pods see their volumes where the platform mounts them",
    "faults.process": "services can be stopped, killed and started again",
    "faults.pause": "services can be frozen",
    "faults.network": "single connections can be cut or slowed down",
}
"""What substrates differ in: the name that `@needs.<name>` asks for, and its meaning. A platform adds its own."""
LOG_LINES_IN_ERRORS = 15
CLIENT_SERVICES = frozenset({"egress_proxy", "requests_proxy", "jobs_manager", "pods_monitor", "resource_monitor"})
DATABASE_SERVICE = "mysql_client"
"""The environment's own address of its database, for scenarios that take that away; the other services do without. Needs `mysql`."""


class SubstrateError(Exception):
    """The substrate cannot do what was asked; the text is for whoever runs the scenarios."""


class UnknownSubstrate(SubstrateError):
    """There is no substrate of that name, or it is not built yet."""


class ServiceFailed(SubstrateError):
    """A service is not in the state it must be in; the text ends with its last log lines."""

    def __init__(self, service: str, what: str, last_log_lines: Sequence[str]) -> None:
        self.service = service
        self.last_log_lines = list(last_log_lines)[-LOG_LINES_IN_ERRORS:]
        said = "".join(f"\n  | {line}" for line in self.last_log_lines)
        super().__init__(f"{service} {what}" + (f"; the last lines of its log:{said}" if said else "; its log is empty"))


class ServiceDied(ServiceFailed):
    """A service ended that must run."""

    def __init__(self, service: str, exit_code: int, last_log_lines: Sequence[str]) -> None:
        self.exit_code = exit_code
        how = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
        super().__init__(service, f"died with {how}", last_log_lines)


class ServiceNotReady(ServiceFailed):
    """A service runs but cannot serve within its deadline."""

    def __init__(self, service: str, seconds: float, last_log_lines: Sequence[str]) -> None:
        super().__init__(service, f"is not ready after {seconds:.0f} s", last_log_lines)


class InstallationFailed(SubstrateError):
    """A stage of the client's installation failed; `stages` are those so far, the failed one last."""

    def __init__(self, stages: "Sequence[InstallationStage]") -> None:
        self.stages = list(stages)
        super().__init__(f"installing the client failed at stage {stages[-1].name}: {stages[-1].detail}")


@dataclass(frozen=True)
class Platform:
    """Where a running platform is reached."""

    backend_url: str
    service_bus_connection_string: "SecretStr"
    object_store_url: str
    object_store_bucket: str
    object_store_access_key: str
    object_store_secret_key: "SecretStr"
    service_bus_control_url: str | None
    """Where the Service Bus is made to fail (see `reference_platform/service_bus/control.py`); None: it cannot be."""
    mail_folder: Path
    """A maildir with every e-mail the platform sent."""
    ready_seconds: float


@dataclass(frozen=True)
class InstallRequest:
    """What the installer of the client asks its user for. Source: tracebloc client chart 1.9.62."""

    client_env: str | None
    client_id: str
    client_password: "SecretStr"
    services: frozenset[str] = CLIENT_SERVICES
    """Which of the client's services to run: a scenario may play the others itself."""
    training_resources: str | None = None
    """What each training job may use, such as `cpu=2,memory=8Gi`; requests and limits alike. None: the platform's own default."""
    ingestion_read_seconds: float | None = None
    """How long an ingestion waits for an answer of the platform. None: as long as the ingestor does by itself, five minutes."""

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


@dataclass(frozen=True)
class PodState:
    """A pod as the cluster shows it; `exit_code` is a container's (128 + n when signal n ended it), times are unix seconds."""

    name: str
    phase: Literal["Pending", "Running", "Succeeded", "Failed"]
    exit_code: int | None
    labels: Mapping[str, str]
    started_at: float | None
    finished_at: float | None


class Cluster(Protocol):
    """What runs the pods of a secure environment."""

    def pods(self, labels: Mapping[str, str]) -> list[PodState]:
        """The pods that carry all of `labels`, ended ones included, oldest first."""
        ...

    def pod_log(self, name: str) -> str:
        """What a pod wrote so far; empty for an unknown name."""
        ...

    def job(self, name: str) -> Mapping[str, Any]:
        """A Job (batch/v1) as the jobs-manager created it; raises SubstrateError for an unknown name. It holds secrets: never print it."""
        ...

    def pod_manifest(self, name: str) -> Mapping[str, Any]:
        """A pod (v1) as the cluster runs it, with all that the cluster added; raises SubstrateError where there is none."""
        ...

    def delete_pod(self, name: str, grace_seconds: float = 0) -> None:
        """Kill a pod (SIGKILL), without warning or that long after SIGTERM; raises SubstrateError for an unknown name."""
        ...


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

    client_id: str
    database_url: "SecretStr"
    """SQLAlchemy URL of the datasets' database."""
    jobs_manager_url: str
    requests_proxy_url: str
    pod_token_signing_secret: "SecretStr"
    ingestion_token: "SecretStr"
    shared_folder: Path
    """The volume that the chart mounts at /data/shared, as scenarios reach it."""
    shared_mount: Path
    """The same volume as the pods see it."""
    ingestor: Literal["tracebloc-ingest on MariaDB", "reference ingestor on SQLite"]
    stages: Sequence[InstallationStage]
    cluster: Cluster = field(repr=False)
    egress: Egress = field(repr=False)
    _stop: Callable[[], None] = field(repr=False)

    def stop(self) -> None:
        """Uninstall the client: its services and pods end. Idempotent."""
        self._stop()


class Faults(Protocol):
    """What can be done to one service. Each returns when it is done; stop, kill and pause do not count as its death."""

    def stop(self) -> None:
        """End it in order (SIGTERM)."""
        ...

    def kill(self) -> None:
        """End it without warning (SIGKILL)."""
        ...

    def start(self) -> None:
        """Start it again, as it was, and wait until it is ready; nothing happens when it runs."""
        ...

    def pause(self) -> None:
        """Freeze it: its port stays open and nothing answers."""
        ...

    def resume(self) -> None:
        """Let it run on."""
        ...


class Substrate(ABC):
    """Where a platform runs. Every method may raise SubstrateError."""

    name: str
    capabilities: frozenset[str]
    loading_seconds: float = 0.0
    """For how long after its start it still loads what longer scenarios need, and would keep them waiting."""

    @abstractmethod
    def start(self) -> Platform | None:
        """Start the platform's services and wait until they are ready; if one fails, all are stopped again. None: there is no platform."""

    @abstractmethod
    def stop(self) -> None:
        """Stop and remove everything that was started; idempotent, also after a start that failed."""

    def clean_up_after(self, process: int, *, alone: bool) -> list[str]:
        """End what a process of this run had installed for its scenario, since that process was killed and cannot do it itself.

        Args:
            process: its number.
            alone: nothing beside its own scenario could disturb the shared services, so what is wrong with them is its doing: put them
                right, too.

        Returns:
            What was put right, and what could not be; a line each.
        """
        return []

    def kill(self) -> None:
        """End everything at once, without the grace of `stop`."""
        self.stop()

    @abstractmethod
    def services(self) -> list[str]:
        """The names of the services, in the order they were started; an edge's are `<service>-<client id>`."""

    @abstractmethod
    def logs(self, service: str, since: float | None = None) -> str:
        """What a service logged, since a unix time if one is given."""

    @abstractmethod
    def faults(self, service: str) -> Faults:
        """What can be done to a service; raises SubstrateError for an unknown one."""

    @abstractmethod
    def deaths(self, *, besides: Collection[str] = ()) -> list[str]:
        """One text for each service that died by itself, besides these: its name, exit code and last log lines."""

    @abstractmethod
    def install_client(self, request: InstallRequest) -> SecureEnvironment:
        """Install the client of a registered secure environment; raises InstallationFailed or ClientEnvironmentRefused."""

    def start_beside(self, module: str, arguments: Sequence[str], variables: Mapping[str, str], folder: Path) -> None:
        """Start a Python module on the machine that the scenarios run on, whatever the platform runs on; it ends by itself.

        Args:
            module: runs like `python -m`.
            arguments: no secrets, since everybody on the machine can see them.
            variables: its environment, besides what any process needs.
            folder: where it works; what it prints is added to `log` in there.
        """
        with (folder / "log").open("ab") as log:
            subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=folder,
                env={**basic_environment(), **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def requirements(self) -> "list[Requirement]":
        """What it needs of the machine that the scenarios run on, and what makes it able to do more."""
        return []

    def why_missing(self, capability: str) -> str | None:
        """Why it lacks one of CAPABILITIES, in one plain sentence; None when it has it."""
        return None if capability in self.capabilities else self.left_out(capability)

    @abstractmethod
    def left_out(self, capability: str) -> str:
        """Why this substrate lacks a capability, in one plain sentence."""


class SubstrateSettings(Protocol):
    """The settings of a run that a substrate looks at."""

    @property
    def sabotage(self) -> str | None:
        """The defect to switch on in the reference platform."""

    @property
    def ingestor(self) -> Literal["auto", "tracebloc-ingest", "reference"]:
        """Which ingestor to use; auto: the real one where it can run."""

    @property
    def deadline_factor(self) -> float:
        """Stretches every deadline."""


KNOWN = ("embedded", "compose", "kind", "remote", "none")


def create(name: str, settings: SubstrateSettings, *, run_id: str, logs_folder: Path) -> Substrate:
    """The substrate of that name, not started yet; raises UnknownSubstrate.

    Args:
        name: see KNOWN.
        settings: of the run.
        run_id: names the run in the ledger and everything made for it.
        logs_folder: gets one `<service>.log` a service; it is not removed at the end.
    """
    if name == "embedded":
        from environments.embedded.substrate import EmbeddedSubstrate

        return EmbeddedSubstrate(settings, run_id=run_id, logs_folder=logs_folder)
    if name == "none":
        from environments.none import NoPlatform

        return NoPlatform(run_id)
    if name in KNOWN:
        raise UnknownSubstrate(f"the substrate '{name}' is not built yet: use embedded")
    nearest = [*get_close_matches(name, KNOWN, n=len(KNOWN), cutoff=0.4)]
    ordered = [*nearest, *(known for known in KNOWN if known not in nearest)]
    raise UnknownSubstrate(
        f"there is no substrate '{name}'. Known, nearest first: {', '.join(ordered)} (only embedded and none are built so far)"
    )
