"""What a service needs to run, written once: a platform lists these, each substrate makes processes or containers of them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from environments.texts import shortened

if TYPE_CHECKING:
    from pydantic import SecretStr

HTTP = "http"
GROUP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")


class PythonModule(NamedTuple):
    """A module that runs like `python -m`."""

    name: str


class Program(NamedTuple):
    """A program and its arguments, which must hold no secret: everybody on the machine can see them."""

    command: tuple[str, ...]


class Address(NamedTuple):
    """Where a port of a service is reached."""

    host: str
    port: int
    scheme: str = "http"
    """Of its URL; what listens there may talk something else."""

    @property
    def url(self) -> str:
        """As a URL, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


class Volume(NamedTuple):
    """A folder that outlives the service; services of one platform or group that name the same volume share it."""

    name: str
    seen_by_pods_at: Path | None = None
    """Where pods find it, where they can have mounts of their own."""
    claim: str | None = None
    """On a cluster, the name of the claim that pods mount it by."""


class Resources(NamedTuple):
    """The most that a service may use, where the substrate can hold it to that."""

    cpu: float = 1.0
    memory_mebibytes: int = 512


class Site(Protocol):
    """Where a service runs, as it sees itself and the others. What it names has to be declared by the platform or the group."""

    def port(self, name: str = HTTP) -> int:
        """The port that this service listens on."""
        ...

    def host(self) -> str:
        """The address of the interface that this service listens on: loopback, or all that a container of its own has."""
        ...

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where this service reaches another one: of its own group first, else of the whole platform."""
        ...

    def volume(self, name: str) -> Path:
        """Where this service finds a volume."""
        ...

    def pod_volume(self, name: str) -> Path:
        """Where the pods that this service starts find a volume."""
        ...

    def secret(self, name: str) -> str:
        """A secret that the substrate made for the platform, or that the group brought along."""
        ...

    def launcher(self) -> Mapping[str, str]:
        """The variables that say how to start pods here (see `environments.processes.pods`)."""
        ...


class ServiceSpec(NamedTuple):
    """One service. It is ready once it touched the file named by READY_FILE or, with `ready_port`, once that port accepts."""

    name: str
    runs: PythonModule | Program
    variables: Callable[[Site], Mapping[str, str]]
    """Its environment, besides what every service of the platform gets. Secrets belong here and never into arguments."""
    ports: tuple[str, ...] = (HTTP,)
    ready_port: str | None = None
    ready_seconds: float = 30.0
    """How long it may take to be ready, before deadlines are stretched."""
    after: tuple[str, ...] = ()
    """What has to be up first, and is stopped after it."""
    volumes: tuple[Volume, ...] = ()
    secrets: tuple[str, ...] = ()
    resources: Resources = Resources()
    preload: tuple[str, ...] = ()
    """Modules that a substrate may load ahead, once for all processes it forks."""
    awaited: bool = True
    """False: the platform is ready without it; who needs it first waits for it (`Substrate.wait_until_ready`)."""
    packages: tuple[str, ...] = ()
    """Packages of Debian that hold what it runs, for substrates that make an image for it."""
    image: str | None = None
    """An image whose own program takes its place in containers, with the variables as its environment; None: `runs`, in an image of ours.
    Without a `ready_port` it is ready as soon as it runs."""


class HeldBack(NamedTuple):
    """Pods that network policies hold back, where they are enforced: nobody reaches them, and they reach few."""

    name: str
    """Of the policy."""
    labels: Mapping[str, str]
    """Which pods: all that carry these."""
    reach: tuple[tuple[str, str], ...] | None
    """The services that they reach, each with the port; None: everything."""


class Group:
    """Services that a scenario adds to a running platform and removes again; each is called `<service>-<group>` there."""

    def __init__(
        self,
        name: str,
        services: tuple[ServiceSpec, ...],
        secrets: "Mapping[str, SecretStr] | None" = None,
        volumes: tuple[Volume, ...] = (),
        played: tuple[ServiceSpec, ...] = (),
        held_back: tuple[HeldBack, ...] = (),
    ) -> None:
        """Raises ValueError for a name that no substrate can give; `played` are services that a scenario plays itself, and not started."""
        if not GROUP_NAME.fullmatch(name):
            raise ValueError(f"'{shortened(name, 70)}' cannot name a group of services: letters, digits and dashes only")
        self.name = name
        self.services = services
        self.secrets: Mapping[str, SecretStr] = secrets or {}
        self.volumes = volumes
        self.played = played
        self.held_back = held_back


class PythonPackages(NamedTuple):
    """What pip has to install where a platform's services run, and where its pods do besides; extras as in `moto[s3]`."""

    services: tuple[str, ...] = ()
    pods: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    """Those of which services want only files, so that what they depend on is left to the pods."""
    unused: tuple[str, ...] = ()
    """What of these nothing uses and images do without: patterns of paths, of folders with a slash at the end (`moto/[ab]*/`)."""


class Pods(NamedTuple):
    """How a platform's short-lived pods are run."""

    group_label: str
    """The label that holds the name of the group a pod belongs to."""
    preload: tuple[str, ...] = ()
    """Modules that a substrate may load ahead, once for all pods it forks."""
    variables: Mapping[str, str] = {}
    """For whoever loads them ahead."""
