"""What one scenario works with: its platform, its names, its people and what they made.

Source: our choice.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr

from environments.substrate import Platform, SecureEnvironment, Substrate
from support.clients.backend import BackendClient
from support.clients.mailbox import Mailbox
from support.clients.object_store import ObjectStore
from support.clients.sdk import SdkSession
from support.clients.service_bus import ServiceBus
from support.clients.service_bus_faults import ServiceBusFaults
from support.clients.stand_in import StandIn
from support.names import Names
from support.redaction import learn_secret
from support.story import Story


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

    @property
    def client(self) -> SecureEnvironment:
        """The installed client; a LookupError says when there is none."""
        if self.installed is None:
            raise LookupError(f"no client is installed in the secure environment {self.client_id} yet")
        return self.installed


@dataclass(frozen=True)
class IngestedDataset:
    """A dataset after ingestion: its key on the platform and its table in the secure environment."""

    dataset_key: str
    table: str
    intent: str
    rows: int
    environment: RegisteredEnvironment


@dataclass
class UseCase:
    """A use case and what it was made of."""

    key: str
    owner: Person
    datasets: list[IngestedDataset] = field(default_factory=list)
    training_dataset_key: str = ""

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


@dataclass
class Scene:
    """Everything one scenario has; `close` gives all of it back."""

    substrate: Substrate
    platform: Platform
    client_env: str
    folder: Path
    names: Names = field(default_factory=Names)
    story: Story = field(default_factory=Story)
    people: dict[str, Person] = field(default_factory=dict)
    environments: list[RegisteredEnvironment] = field(default_factory=list)
    datasets: list[IngestedDataset] = field(default_factory=list)
    use_cases: list[UseCase] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    stand_ins: list[StandIn] = field(default_factory=list)
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @cached_property
    def mailbox(self) -> Mailbox:
        """The e-mails the platform sent."""
        return Mailbox(self.platform.mail_folder)

    @cached_property
    def object_store(self) -> ObjectStore:
        """What the platform stored."""
        return ObjectStore(self.platform)

    @cached_property
    def service_bus(self) -> ServiceBus:
        """The platform's queues."""
        return ServiceBus(self.platform.service_bus_connection_string)

    @cached_property
    def service_bus_faults(self) -> ServiceBusFaults:
        """What can be made to go wrong with the queues; a LookupError when nothing can."""
        if self.platform.service_bus_control_url is None:
            raise LookupError("this platform's Service Bus cannot be made to fail: tag the scenario @needs.faults.service-bus")
        faults = ServiceBusFaults(self.platform.service_bus_control_url)
        self._open.callback(faults.close)
        return faults

    @property
    def use_case(self) -> UseCase:
        """The scenario's use case; a LookupError says when there is none."""
        if not self.use_cases:
            raise LookupError("no use case was created yet")
        return self.use_cases[-1]

    def person(self, role: str) -> Person:
        """Who plays a role; a LookupError says who does when nobody plays that one."""
        if role not in self.people:
            raise LookupError(f"nobody is '{role}' in this scenario; there are: {', '.join(self.people) or 'no people'}")
        return self.people[role]

    def new_person(self, role: str, domain: str) -> Person:
        """Somebody who has no account yet, with sessions that are closed when the scenario ends."""
        password = self.names.password()
        learn_secret(password)
        backend = BackendClient(self.platform.backend_url)
        self._open.callback(backend.close)
        sdk = SdkSession(self.platform.backend_url, self.folder / "sdk" / role.replace(" ", "-"), self.substrate.start_beside)
        self._open.callback(sdk.close)
        person = Person(role, self.names.address(role, domain), SecretStr(password), backend, sdk)
        self.people[role] = person
        return person

    def training_of(self, role: str) -> Training:
        """The experiment that somebody started last; a LookupError when there is none."""
        for training in reversed(self.trainings):
            if training.participant.role == role:
                return training
        raise LookupError(f"{role} has started no experiment")

    def adopt(self, environment: SecureEnvironment) -> None:
        """Stop this client when the scenario ends."""
        self._open.callback(environment.stop)

    def at_the_end(self, do: Callable[[], object]) -> None:
        """Do something when the scenario ends, however it ends; what comes last is done first."""
        self._open.callback(do)

    def close(self) -> None:
        """Stop and close whatever the scenario started, last first."""
        self._open.close()
