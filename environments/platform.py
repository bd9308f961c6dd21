"""What a platform is: the one object that the runner and every substrate receive. No platform stands here."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from environments.services import Pods, PythonPackages, ServiceSpec, Volume

if TYPE_CHECKING:
    import click

    from environments.deployments.existing import ExistingDeployments
    from environments.requirements import Requirement
    from environments.substrate import Cluster, Substrate

SABOTAGE_VARIABLE = "RINGMASTER_SABOTAGE"
"""Names the defect that is switched on, for whatever runs a reference service."""


class Setting(NamedTuple):
    """A setting of one platform: by option, by variable `RINGMASTER_<NAME>`, or in `ringmaster.toml`."""

    name: str
    read: Callable[[Any], Any]
    """Makes the value of what was given; raises ValueError with a sentence."""
    meaning: str
    default: Any = None
    required: bool = False
    """Without a default: `read("")` says what is missing."""
    option: bool = True
    """Whether `ringmaster run` takes it as `--<name>`."""
    metavar: str | None = None


class Sabotage(NamedTuple):
    """A single, realistic defect of the reference services: what it does, and the real incident it stands for."""

    name: str
    meaning: str
    incident: str

    def __str__(self) -> str:
        return self.name


class Vocabulary(NamedTuple):
    """What the platform adds to the rules for features."""

    tags: Mapping[str, str] = {}
    """Plain tags that select, with their meaning."""
    example: Sequence[str] = ()
    """The steps that `ringmaster new feature` begins with."""
    wording: Mapping[str, str] = {}
    """What its own technical words look like (regular expressions), by the kind of `@wording.<kind>` that declares them."""
    spelling: Mapping[str, str] = {}
    """Words of the names of step modules as titles spell them, such as `sso` as `SSO`."""


class Scene(Protocol):
    """What one scenario has of a platform."""

    @property
    def folder(self) -> Path:
        """Where the scenario's evidence is kept."""

    @property
    def story(self) -> Any:  # noqa: ANN401 - support.story.Story, which stands above this room
        """Where steps tell their parts."""

    def services(self) -> list[str]:
        """The services whose logs belong to its evidence."""
        ...

    def clusters(self) -> "Mapping[str, Cluster]":
        """What runs its pods, by the name of the group."""
        ...

    def collect_evidence(self) -> Mapping[str, Callable[[], object]]:
        """What else to look at when it failed: by what it is, a function that notes it."""
        ...

    def named_in_logs(self) -> Mapping[str, Collection[str]]:
        """By services that work on their own, such as on messages: what their logs name that is this scenario's alone."""
        ...

    def close(self) -> None:
        """Give back everything that the scenario had."""
        ...


class Platform(ABC):
    """A platform, with the settings of one run.

    A subclass stands in `environments/platforms/<name>/platform.py` as `PLATFORM`. Importing that module must stay cheap: commands ask
    it for names and settings. What the services and clients need is imported by the methods.
    """

    name: ClassVar[str]
    """As its folders are called: `features/<name>`, `steps/<name>`."""
    settings: ClassVar[Sequence[Setting]] = ()
    capabilities: ClassVar[Mapping[str, str]] = {}
    """Those it adds to the substrates': the name that `@needs.<name>` asks for, and its meaning."""
    shared_services: ClassVar[Sequence[str]] = ()
    """What `@disturbs.<service>` and `@without.<service>` may name."""
    vocabulary: ClassVar[Vocabulary] = Vocabulary()
    sentences_that_need: ClassVar[Mapping[str, str]] = {}
    """By capability, a regular expression for the sentences that cannot do without it, so that no tag can be forgotten."""
    contracts: ClassVar[Mapping[str, Sequence[str]]] = {}
    """The features that hold a package of the platform, or the checkout of a setting, to what it promises, by its name (see
    `ringmaster compat`)."""
    queues: ClassVar[Sequence[str]] = ()
    """Those that all share, for a Service Bus that it does not bring along."""
    production_hosts: ClassVar[Sequence[str]] = ()
    """Where its customers are: no scenario ever runs there."""
    mutable_sources: ClassVar[Mapping[str, Sequence[str]]] = {}
    """Which code `ringmaster sabotage --random` may change, by service: patterns like `backend/*.py` in its own folder."""

    def __init__(self, values: Mapping[str, Any], *, sabotage: str | None = None, deadline_factor: float = 1.0) -> None:
        """Take the values of its settings, which were read already; a setting that is left out has its default."""
        self.values = {setting.name: setting.default for setting in self.settings} | dict(values)
        self.sabotage = sabotage
        self.deadline_factor = deadline_factor

    @classmethod
    def sabotages(cls) -> Sequence[Sabotage]:
        """The defects that its reference services can have switched on."""
        return ()

    @classmethod
    def commands(cls) -> "Sequence[click.Command]":
        """The commands it adds to `ringmaster`."""
        return ()

    @abstractmethod
    def services(self) -> Sequence[ServiceSpec]:
        """Its services, in the order in which they are best started."""

    def services_in_containers(self) -> Sequence[ServiceSpec]:
        """The same where each has a container of its own: real servers may take the place of small ones."""
        return self.services()

    def services_in_pods(self) -> Sequence[ServiceSpec]:
        """The same where each is a pod of a cluster."""
        return self.services()

    def needs_own_network(self) -> bool:
        """Whether services of it may listen on fixed ports or on all interfaces, which a network of their own makes harmless."""
        return False

    def volumes(self) -> Sequence[Volume]:
        """Volumes besides those that its services name."""
        return ()

    def secrets(self) -> Sequence[str]:
        """Secrets that the substrate makes for its services, besides those that they name."""
        return ()

    def variables(self) -> Mapping[str, str]:
        """The environment of all its services."""
        return {SABOTAGE_VARIABLE: self.sabotage} if self.sabotage else {}

    def pods(self) -> Pods | None:
        """How its services start pods; None: they start none."""
        return None

    def packages(self) -> PythonPackages:
        """What a substrate that makes images has to install in them; it takes the versions that are installed here."""
        return PythonPackages()

    def preload_for_groups(self) -> Sequence[str]:
        """Modules that a substrate may load ahead for the services of groups."""
        return ()

    def requirements(self) -> "Sequence[Requirement]":
        """What its reference services and clients need of the machine they run on."""
        return ()

    @classmethod
    def why_not_loadable(cls) -> str | None:
        """Why its steps and clients cannot be imported here, such as packages that are not installed, in one sentence; None when they can.

        Its scenarios are skipped with that reason then.
        """
        return None

    def why_missing(self, capability: str, substrate: "Substrate") -> str | None:
        """Why one of its own capabilities is not there, in one plain sentence; None when it is."""
        return None

    @classmethod
    def existing_deployments(cls) -> "ExistingDeployments":
        """What it does on deployments that were there before the run."""
        from environments.deployments.existing import ExistingDeployments

        return ExistingDeployments(cls.name)

    def running(self, substrate: "Substrate") -> "RunningPlatform":
        """It as it runs on a substrate."""
        return RunningPlatform(self, substrate)

    @abstractmethod
    def new_scene(self, substrate: "Substrate", folder: Path) -> Scene:
        """A scene for one scenario, whose evidence is kept in `folder`."""


class RunningPlatform:
    """A platform while it runs on a substrate: what can be said of it, what has to stay secret, and how it is repaired.

    For platforms that have nothing special to say; others have a subclass. Every method may raise SubstrateError.
    """

    def __init__(self, platform: Platform, substrate: "Substrate") -> None:
        self.platform = platform
        self.substrate = substrate

    def facts(self) -> Mapping[str, str]:
        """What the reports say about it, such as which of its parts are real."""
        return {}

    def may_have(self, defect: str) -> bool:
        """Whether it may have a known defect of the real platform (`@upstream.<defect>`): a platform with real parts may have theirs."""
        return not self.substrate.is_reference

    def observed(self) -> Mapping[str, Mapping[str, str]]:
        """Settings that no scenario sees, such as those of a queue: by what they are of, by name."""
        return {}

    def addresses(self) -> Mapping[str, str]:
        """How people reach it, without secrets."""
        return {spec.name: self.substrate.address(spec.name, port).url for spec in self.platform.services() for port in spec.ports}

    def known_secrets(self) -> Sequence[str]:
        """What must stand in no report."""
        of_services = (name for spec in (*self.platform.services(), *self.substrate.specs) for name in spec.secrets)
        names = sorted({*self.platform.secrets(), *of_services})
        return [self.substrate.secret(name) for name in names if self.substrate.access.to_secret(name)]

    def repair(self, deadline_seconds: float) -> str:
        """End faults that a killed scenario left in a service; what was repaired, or empty."""
        return ""
