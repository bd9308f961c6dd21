"""What a substrate is: where a platform's services run. One interface for every substrate, whatever platform it carries."""

import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from environments.deployments.access import Access
from environments.deployments.given import Given
from environments.deployments.made import LeftOvers
from environments.deployments.own_pods import OwnPods
from environments.errors import SubstrateError
from environments.processes.variables import basic_environment
from environments.services import HTTP, Address, Group, ServiceSpec

if TYPE_CHECKING:
    from environments.requirements import Requirement

PODS = "cluster.reading"
WRITING = "writing"
"""The capability that every scenario of a platform needs, unless it says that it only reads."""
CAPABILITIES = {
    "processes": "services and pods are local processes",
    "cluster": "pods run on a Kubernetes cluster",
    PODS: "the pods that the platform's own services run as can be looked at on a Kubernetes cluster",
    "network-policy": "network policies hold pods back",
    "spare-node": "pods run on a node of the cluster that runs no service, which can be lost",
    "pod-mounts": "pods see their volumes where the platform mounts them",
    "pod-namespaces": "processes of pods can make namespaces of their own",
    "faults.process": "services can be stopped, killed and started again",
    "faults.pause": "services can be frozen",
    "faults.network": "single connections can be cut or slowed down",
    "faults.disk": "volumes of services can be filled up",
    WRITING: "scenarios may make and change things; only those tagged @only-reads do without",
}
"""What substrates differ in: the name that `@needs.<name>` asks for, and its meaning. A platform adds its own."""


class PodState(NamedTuple):
    """A pod as the cluster shows it; `exit_code` is a container's (128 + n when signal n ended it), times are unix seconds."""

    name: str
    phase: Literal["Pending", "Running", "Succeeded", "Failed"]
    exit_code: int | None
    labels: Mapping[str, str]
    started_at: float | None
    finished_at: float | None


class ClusterFaults(Protocol):
    """What a cluster can do to the pods of a group; capability `cluster`. Each returns when it is done."""

    def evict(self, pod: str) -> None:
        """Have the cluster take a pod off its node, as when that is drained."""
        ...

    def lose_node_of(self, pod: str) -> None:
        """Have the node of a pod answer no more, as when its machine freezes. Needs `spare-node`."""
        ...

    def cut_off(self, service: str) -> None:
        """Let nothing in or out of a service of the group, by a network policy. Needs `network-policy`."""
        ...

    def take_no_more_pods(self) -> None:
        """Refuse every further pod of the group, as when its quota is full. Those that are there run on."""
        ...

    def heal(self) -> None:
        """End all faults that were made here. Idempotent."""
        ...


class Cluster(Protocol):
    """What runs the pods of a group."""

    def pods(self, labels: Mapping[str, str]) -> list[PodState]:
        """The pods that carry all of `labels`, ended ones included, oldest first."""
        ...

    def pod_log(self, name: str) -> str:
        """What a pod wrote so far; empty for an unknown name."""
        ...

    def job(self, name: str) -> Mapping[str, Any]:
        """A Job (batch/v1) as it was created; raises SubstrateError for an unknown name. It holds secrets: never print it."""
        ...

    def pod_manifest(self, name: str) -> Mapping[str, Any]:
        """A pod (v1) as the cluster runs it, with all that the cluster added; raises SubstrateError where there is none."""
        ...

    def execute(self, name: str, command: Sequence[str]) -> str:
        """What a command prints within a pod that runs; raises SubstrateError where there is none, or where pods are processes."""
        ...

    def delete_pod(self, name: str, grace_seconds: float = 0) -> None:
        """Kill a pod (SIGKILL), without warning or that long after SIGTERM; raises SubstrateError for an unknown name."""
        ...

    def faults(self) -> ClusterFaults:
        """What the cluster can do to its pods; raises SubstrateError where pods are processes."""
        ...


class RunningGroup(Protocol):
    """A group of services that was added to the platform, as scenarios reach it."""

    @property
    def name(self) -> str:
        """The group's name."""

    @property
    def cluster(self) -> Cluster:
        """What runs its pods."""

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where scenarios reach one of its services."""
        ...

    def volume(self, name: str) -> Path:
        """Where scenarios find one of its volumes."""
        ...

    def pod_volume(self, name: str) -> Path:
        """Where its pods find one of its volumes."""
        ...

    def start(self) -> None:
        """Start its services and wait until they are ready; raises SubstrateError."""
        ...

    def check(self) -> None:
        """Raise ServiceDied if one of its services has died since it was ready."""
        ...

    def remove(self) -> None:
        """End its services and pods; its volumes stay, for a group of the same name. Idempotent."""
        ...


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


class NetworkFaults(Protocol):
    """What can be done to the network between services, by their names; capability `faults.network`. Each returns when it is done."""

    def cut(self, one: str, other: str) -> None:
        """Nothing arrives any more in either direction: connections stay open and hang."""
        ...

    def refuse(self, caller: str, called: str) -> None:
        """Connections are refused, and those that are open are reset."""
        ...

    def lose(self, one: str, other: str, share: float) -> None:
        """This share of packets gets lost, in both directions."""
        ...

    def lose_answers(self, caller: str, called: str) -> None:
        """What the caller sends arrives, and no answer comes back; connections can be made."""
        ...

    def delay(self, caller: str, called: str, seconds: float) -> None:
        """Everything that new connections carry comes that much later, in both directions."""
        ...

    def disconnect(self, service: str) -> None:
        """Take a service off the network, as if its cable were pulled."""
        ...

    def heal(self) -> None:
        """End all faults that were made here. Idempotent."""
        ...


class DiskFaults(Protocol):
    """What can be done to the volumes of the platform's services; capability `faults.disk`. Each returns when it is done."""

    def fill(self, service: str, volume: str) -> None:
        """Leave no room in a volume: what the service writes into it fails."""
        ...

    def heal(self) -> None:
        """Make room in all volumes again, with what was written meanwhile. Idempotent."""
        ...


class Substrate(ABC):
    """Where one platform runs. Every method may raise SubstrateError."""

    name: str
    specs: Sequence[ServiceSpec] = ()
    """The platform's own services as they run here; none where they run already."""
    is_reference: bool = True
    """Whether the platform on it is the reference; a real one may have defects that are known (`@upstream.<issue>`)."""
    left_overs: LeftOvers | None = None
    """Where what scenarios make on it is noted, since it is still there after the run unless they remove it; None: it ends with the run."""
    own_pods: OwnPods = OwnPods()
    """The pods that the platform's own services run as."""
    access: Access = Access()
    """What of the platform scenarios can get at here."""
    lacks: Mapping[str, str] = MappingProxyType({})
    """Capabilities that a deployment turned out to lack when it was asked, with the reasons."""
    given: Given = Given()
    """What the operator of a deployment gave scenarios."""
    runs_images: bool = False
    """Whether services run in containers, where an image of somebody else can take the place of one."""
    loading_seconds: float = 0.0
    """For how long after its start it still loads what longer scenarios need, and would keep them waiting."""
    ready_seconds: float = 0.0
    """How long its start took."""
    open_to_all: bool = False
    """Whether people reach its services, too, and not only scenarios in `network`; to be set before its start."""
    network: Callable[[], AbstractContextManager[None]] = nullcontext
    """Where its services are reached, by this thread as long as the block lasts; scenarios run there."""

    @abstractmethod
    def start(self) -> None:
        """Start the platform's services and wait until they are ready; if one fails, all are stopped again."""

    @abstractmethod
    def stop(self) -> None:
        """Stop and remove everything that was started; idempotent, also after a start that failed."""

    def kill(self) -> None:
        """End everything at once, without the grace of `stop`."""
        self.stop()

    def clean_up_after(self, process: int, *, alone: bool) -> list[str]:
        """End what a process of this run had added for its scenario, since that process was killed and cannot do it itself.

        Args:
            process: its number.
            alone: nothing beside its own scenario could disturb the shared services, so what is wrong with them is its doing:
                repair them, too.

        Returns:
            What was repaired, and what could not be; a line each.
        """
        return []

    @abstractmethod
    def add_group(self, group: Group) -> RunningGroup:
        """Make room for a group of services: addresses, volumes and secrets. `RunningGroup.start` starts them."""

    @abstractmethod
    def services(self) -> list[str]:
        """The names of the services, in the order they were started; a group's are `<service>-<group>`."""

    @abstractmethod
    def wait_until_ready(self, service: str) -> None:
        """Return when a service of the platform is ready that its start did not wait for."""

    @abstractmethod
    def address(self, service: str, port: str = HTTP) -> Address:
        """Where scenarios reach a service of the platform."""

    @abstractmethod
    def volume(self, name: str) -> Path:
        """Where scenarios find a volume of the platform."""

    @abstractmethod
    def secret(self, name: str) -> str:
        """A secret of the platform; whoever asks keeps it out of every log."""

    @abstractmethod
    def logs(self, service: str, since: float | None = None) -> str:
        """What a service logged, since a unix time if one is given."""

    def events(self, since: float) -> list[str]:
        """What happened to services since a unix time, a line each, as told by what runs them; empty where nothing tells."""
        return []

    def described(self) -> Mapping[str, Mapping[str, str]]:
        """What the platform's services run as, by service, and versions; empty where nothing is known (see `environments.descriptions`)."""
        return {}

    @abstractmethod
    def faults(self, service: str) -> Faults:
        """What can be done to a service; raises SubstrateError for an unknown one."""

    def network_faults(self) -> NetworkFaults:
        """What can be done to the network between services; raises SubstrateError where `faults.network` is missing."""
        raise SubstrateError(f"no connection can be disturbed: {self.why_missing('faults.network')}")

    def disk_faults(self) -> DiskFaults:
        """What can be done to the volumes of services; raises SubstrateError where `faults.disk` is missing."""
        raise SubstrateError(f"no volume can be filled up: {self.why_missing('faults.disk')}")

    @abstractmethod
    def deaths(self, *, besides: Collection[str] = ()) -> list[str]:
        """One text for each service that died by itself, besides these: its name, exit code and last log lines."""

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

    @abstractmethod
    def why_missing(self, capability: str) -> str | None:
        """Why it lacks one of CAPABILITIES, in one plain sentence; None when it has it."""


def why_lacking(substrate: str, reasons: Mapping[str, str], capability: str) -> str | None:
    """Why a substrate of that name lacks a capability: by its reasons, or since there is none of that name; None when it has it."""
    if capability in reasons:
        return reasons[capability]
    return None if capability in CAPABILITIES else f"the {substrate} substrate knows no capability '{capability}'"
