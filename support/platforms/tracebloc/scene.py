"""What one scenario works with: its platform, its names, its people and what they made.

Source: our choice.
"""

import contextlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import SecretStr

from environments.errors import NotGiven, WrongScenario
from environments.platforms.tracebloc.addresses import PlatformAddresses, addresses_of
from environments.platforms.tracebloc.edge.secure_environment import InstallRequest, SecureEnvironment
from environments.platforms.tracebloc.installation import EdgeInstaller
from environments.platforms.tracebloc.messaging.messages import experiments_queue
from environments.platforms.tracebloc.platform import Tracebloc
from environments.substrate import Cluster, Substrate
from support.names import PREFIX, Names
from support.nearest import did_you_mean
from support.platforms.tracebloc.clients.backend import BackendClient
from support.platforms.tracebloc.clients.clock import PlatformClock
from support.platforms.tracebloc.clients.dataset_store import StoredTable
from support.platforms.tracebloc.clients.edge import EdgeClient
from support.platforms.tracebloc.clients.gateway import Gateway
from support.platforms.tracebloc.clients.mailbox import Mailbox, MessageSource
from support.platforms.tracebloc.clients.object_store import ObjectStore
from support.platforms.tracebloc.clients.proxied_stub import ProxiedStub
from support.platforms.tracebloc.clients.sdk import SdkSession
from support.platforms.tracebloc.clients.service_bus import ServiceBus
from support.platforms.tracebloc.clients.service_bus_faults import ServiceBusFaults
from support.platforms.tracebloc.given_accounts import AccountsOfScenario
from support.platforms.tracebloc.left_overs import note_messages
from support.platforms.tracebloc.sample_data.sources.source import Source
from support.story import Story

PLACES = ("first", "second", "third")
"""What sentences call the secure environments of a scenario, in the order in which they were made."""


class HasClose(Protocol):
    """What has to be closed."""

    def close(self) -> None:
        """Close it."""
        ...


Thing = TypeVar("Thing")
Closable = TypeVar("Closable", bound=HasClose)


@dataclass
class Person:
    """Somebody with an account on the platform, and their sessions."""

    role: str
    email: str
    password: SecretStr
    backend: BackendClient
    sdk: SdkSession


@dataclass
class RegisteredEnvironment:
    """A secure environment its owner registered, and its client once that is installed."""

    identity: str
    client_id: str
    client_password: SecretStr
    owner: Person
    installed: SecureEnvironment | None = None
    stub: EdgeClient | None = None

    @property
    def stub_participant(self) -> EdgeClient:
        """What the scenario says in the environment's name; a WrongScenario says when nobody does."""
        if self.stub is None:
            raise WrongScenario(f"no stub participant is logged in as the secure environment {self.client_id}")
        return self.stub

    @property
    def client(self) -> SecureEnvironment:
        """The installed client; a WrongScenario says when there is none."""
        if self.installed is None:
            raise WrongScenario(f"no client is installed in the secure environment {self.client_id} yet")
        return self.installed


@dataclass(frozen=True)
class Ingestion:
    """One ingestion that was asked for: what was staged, into which table, by which job."""

    environment: RegisteredEnvironment
    table: str
    intent: str
    source: Source
    job: str


@dataclass(frozen=True)
class Ingested:
    """What a finished ingestion left in the secure environment, and what was reported to the platform."""

    ingestion: Ingestion
    stored: StoredTable
    told: dict[str, Any]


@dataclass(frozen=True)
class IngestedDataset:
    """A dataset after ingestion: its key on the platform and its table in the secure environment."""

    dataset_key: str
    table: str
    intent: str
    rows: int
    environment: RegisteredEnvironment
    seed: int = 0
    """What the toy data was made from."""


@dataclass
class UseCase:
    """A use case and what it was made of."""

    key: str
    owner: Person
    datasets: list[IngestedDataset] = field(default_factory=list)
    training_dataset_key: str = ""
    task: str = "tabular classification"

    def datasets_for(self, intent: str) -> list[IngestedDataset]:
        """Its datasets of one intent (train or test)."""
        return [dataset for dataset in self.datasets if dataset.intent == intent]


@dataclass
class Training:
    """One participant's experiment."""

    participant: Person
    model: str
    experiment_key: str
    epochs: int
    cycles: int


@dataclass(frozen=True)
class Checkouts:
    """Other projects' files that the user gave; each is a WrongScenario away from a scenario that forgot to say what it needs."""

    client_folder: Path | None = None
    front_end_folder: Path | None = None

    @property
    def client(self) -> Path:
        """The checkout of tracebloc/client."""
        if self.client_folder is None:
            raise WrongScenario("no checkout of tracebloc/client is given: the scenario needs @needs.helm or @needs.installer.scripts")
        return self.client_folder

    @property
    def front_end(self) -> Path:
        """The checkout of the front end."""
        if self.front_end_folder is None:
            raise WrongScenario("no checkout of the front end is given: the scenario needs @needs.frontend")
        return self.front_end_folder


@dataclass
class Scene:
    """Everything one scenario has; `close` gives all of it back."""

    substrate: Substrate
    addresses: PlatformAddresses
    installer: EdgeInstaller
    client_env: str
    folder: Path
    central_services: tuple[str, ...] = ()
    checkouts: Checkouts = field(default_factory=Checkouts)
    names: Names = field(default_factory=Names)
    story: Story = field(default_factory=Story)
    people: dict[str, Person] = field(default_factory=dict)
    environments: list[RegisteredEnvironment] = field(default_factory=list)
    ingestions: list[Ingestion] = field(default_factory=list)
    ingested: list[Ingested] = field(default_factory=list)
    datasets: list[IngestedDataset] = field(default_factory=list)
    use_cases: list[UseCase] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    inference_runs: list[Training] = field(default_factory=list)
    submissions: list[str] = field(default_factory=list)
    given_accounts: AccountsOfScenario = field(init=False)
    """Those that are there for scenarios."""
    stubs: list[ProxiedStub] = field(default_factory=list)
    called: dict[tuple[str, str], Any] = field(default_factory=dict)
    """What has a name in sentences, by its kind and name; see `playbook/use_cases/naming.py`."""
    _kept: dict[type, Any] = field(default_factory=dict)
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @cached_property
    def mailbox(self) -> MessageSource:
        """The e-mails the platform sent; NotGiven when nobody can read them."""
        if (inbox := self.substrate.given.inbox) is not None:
            from support.platforms.tracebloc.clients.imap_mailbox import ImapMailbox

            return self.closing(ImapMailbox(inbox))
        if self.addresses.mail_folder is None:
            raise NotGiven("mailbox", "nobody can read the e-mails of this platform")
        return Mailbox(self.addresses.mail_folder)

    @cached_property
    def clock(self) -> PlatformClock:
        """The platform's clock, as the scenario's people and their command lines see it; SDKs and secure environments see the machine's."""
        return PlatformClock(self.addresses.clock_key)

    @cached_property
    def object_store(self) -> ObjectStore:
        """What the platform stored; NotGiven when nobody may look."""
        if self.addresses.object_store_url is None or self.addresses.object_store_secret_key is None:
            raise NotGiven("store", "this deployment keeps its object store to itself")
        return ObjectStore(self.addresses.object_store_url, self.addresses.object_store_secret_key, self.addresses)

    @cached_property
    def service_bus(self) -> ServiceBus:
        """The platform's queues."""
        return ServiceBus(self.addresses.service_bus_connection_string)

    @cached_property
    def service_bus_faults(self) -> ServiceBusFaults:
        """What can be made to go wrong with the queues; NotGiven when nothing can."""
        if self.addresses.service_bus_control_url is None:
            raise NotGiven("faults.service-bus", "this platform's Service Bus cannot be made to fail")
        faults = ServiceBusFaults(self.addresses.service_bus_control_url, self.addresses.service_bus_connection_string)
        self.at_the_end(faults.close)
        return faults

    @property
    def use_case(self) -> UseCase:
        """The scenario's use case; a WrongScenario says when there is none."""
        if not self.use_cases:
            raise WrongScenario("no use case was created yet")
        return self.use_cases[-1]

    @property
    def ingestion(self) -> Ingestion:
        """The ingestion that was asked for last; a WrongScenario says when there is none."""
        if not self.ingestions:
            raise WrongScenario("nothing was ingested yet")
        return self.ingestions[-1]

    def person(self, role: str) -> Person:
        """Who plays a role; a WrongScenario says who does when nobody plays that one."""
        if role not in self.people:
            raise WrongScenario(
                f"nobody is '{role}' in this scenario.{did_you_mean(role, self.people)} There are: {', '.join(self.people) or 'no people'}"
            )
        return self.people[role]

    def new_gateway(self) -> Gateway:
        """A gateway to the platform, which is closed when the scenario ends."""
        gateway = Gateway(self.addresses.backend_url)
        self._open.callback(gateway.close)
        return gateway

    def new_sdk(self, folder: str, backend_url: str) -> SdkSession:
        """A session of the SDK with the backend of that URL, in a working folder of that name; it ends with the scenario."""
        session = SdkSession(backend_url, self.folder / "sdk" / folder.replace(" ", "-"), self.substrate.start_beside)
        self._open.callback(session.close)
        return session

    def at_the_end(self, do: Callable[[], None]) -> None:
        """Do this when the scenario ends, however it ends; what comes last is done first."""
        self._open.callback(do)

    def keep(self, thing: Thing) -> Thing:
        """Keep something that only a few steps know, until the scenario ends; the latest of its kind counts."""
        self._kept[type(thing)] = thing
        return thing

    def kept(self, kind: type[Thing]) -> Thing:
        """The latest of a kind that was kept; a WrongScenario says that there is none."""
        if kind not in self._kept:
            raise WrongScenario(f"no {kind.__name__} was made in this scenario yet")
        thing: Thing = self._kept[kind]
        return thing

    def closing(self, client: Closable) -> Closable:
        """The client, which is closed when the scenario ends."""
        self._open.callback(client.close)
        return client

    def install_client(self, request: InstallRequest) -> SecureEnvironment:
        """Install the client of a registered secure environment; raises InstallationFailed or ClientEnvironmentRefused."""
        if self.substrate.left_overs is not None:
            self.at_the_end(partial(self.installer.remove_data, request.client_id))
        return self.installer.install(request)

    def services(self) -> list[str]:
        """The platform's central services and those of this scenario's secure environments."""
        ours = [environment.client_id for environment in self.environments]
        return [*self.central_services, *(name for name in self.substrate.services() if any(name.endswith(client) for client in ours))]

    def clusters(self) -> Mapping[str, Cluster]:
        """What runs the pods of its secure environments."""
        return {environment.client_id: environment.client.cluster for environment in _installed(self)}

    def collect_evidence(self) -> Mapping[str, Callable[[], object]]:
        """The state of its queues, for when it failed."""
        queues = [experiments_queue(environment.client_id) for environment in _installed(self)]
        return {f"the queue {queue}": partial(self.service_bus.state, queue) for queue in queues}

    def named_in_logs(self) -> Mapping[str, Collection[str]]:
        """Its experiments."""
        experiments = set(_experiments(self))
        return {"averaging_service": experiments, "object_store": experiments}

    def close(self) -> None:
        """Stop and close whatever the scenario started, last first."""
        self._open.close()


def _installed(scene: Scene) -> list[RegisteredEnvironment]:
    return [environment for environment in scene.environments if environment.installed is not None]


def _experiments(scene: Scene) -> list[str]:
    return [training.experiment_key for training in (*scene.trainings, *scene.inference_runs)]


def new_scene(platform: Tracebloc, substrate: Substrate, folder: Path) -> Scene:
    """A scene on the running platform, whose evidence is kept in `folder`."""
    values = platform.values
    scene = Scene(
        substrate=substrate,
        addresses=addresses_of(substrate),
        installer=platform.installer(substrate),
        client_env=values["client_env"],
        folder=folder,
        central_services=tuple(spec.name for spec in platform.services()),
        checkouts=Checkouts(values.get("client_checkout"), values.get("frontend_checkout")),
    )
    scene.given_accounts = AccountsOfScenario(substrate.given, scene.at_the_end)
    note_messages(substrate, scene.at_the_end, f"{PREFIX}{scene.names.unique_part}-", lambda: _experiments(scene))
    return scene
