"""Registering a secure environment and installing its client. Source: tracebloc client chart 1.9.62 and its installer's stages."""

from dataclasses import dataclass
from typing import TypedDict, Unpack

from hamcrest import equal_to
from pydantic import SecretStr

from environments.errors import SubstrateError
from environments.platforms.tracebloc.client_environment import ClientEnvironmentRefused
from environments.platforms.tracebloc.edge.secure_environment import InstallRequest, SecureEnvironment
from support.platforms.tracebloc.playbook.ingestion import datasets
from support.platforms.tracebloc.playbook.use_cases import people
from support.platforms.tracebloc.scene import Person, RegisteredEnvironment, Scene
from support.redaction import learn_secret
from support.story import Part, PartOutcome
from support.waiting import eventually


class Choices(TypedDict, total=False):
    """What an installation may leave to the client's own defaults; see `InstallRequest`."""

    services: frozenset[str]
    training_resources: str | None
    ingestion_read_seconds: float
    training_image: str
    pod_deadline_seconds: int


def register(scene: Scene, owner: Person) -> RegisteredEnvironment:
    """The owner registers a secure environment and keeps its credentials."""
    with scene.story.part(f"{owner.role} registers a secure environment") as part:
        answer = owner.backend.register_secure_environment(scene.names.unique("secure environment"))
        learn_secret(answer["client_password"])
        part.detail = f"Client ID {answer['client_id']}"
    environment = RegisteredEnvironment(str(answer["id"]), answer["client_id"], SecretStr(answer["client_password"]), owner)
    scene.environments.append(environment)
    return environment


def status(environment: RegisteredEnvironment) -> str:
    """What the platform shows for the environment: Pending, Online or Offline."""
    return str(environment.owner.backend.secure_environment(environment.identity)["status_display"])


def connect(scene: Scene, owner: Person, **choices: Unpack[Choices]) -> RegisteredEnvironment:
    """A registered secure environment whose client is installed and Online."""
    environment = register(scene, owner)
    install_client(scene, environment, **choices)
    wait_until_online(environment)
    return environment


def connect_with_rows(scene: Scene, training_rows: int, test_rows: int, **choices: Unpack[Choices]) -> None:
    """The owner's secure environment is Online, with toy tables of its own ingested."""
    environment = connect(scene, people.the_owner(scene), **choices)
    datasets.ingest(scene, environment, {"train": training_rows, "test": test_rows})


def install_client(scene: Scene, environment: RegisteredEnvironment, **choices: Unpack[Choices]) -> None:
    """Run the installer's stages; those this substrate cannot run are told as left out, with the reason."""
    request = InstallRequest(scene.client_env, environment.client_id, environment.client_password, **choices)
    environment.installed = scene.install_client(request)
    scene.at_the_end(environment.installed.stop)
    for stage in environment.installed.stages:
        outcome = PartOutcome.LEFT_OUT if stage.outcome == "left out" else PartOutcome.DONE
        scene.story.parts.append(Part(f"installer stage {stage.name}", outcome, stage.seconds, stage.detail))


@dataclass(frozen=True)
class Attempt:
    """An installation that was tried; `finish` gives its client, or raises what it ended with."""

    client: SecureEnvironment | None
    error: Exception | None

    def finish(self) -> SecureEnvironment | None:
        """The installed client; raises what the installation raised."""
        if self.error is not None:
            raise self.error
        return self.client


def attempt_to_install(
    scene: Scene, environment: RegisteredEnvironment, client_env: str | None, password: SecretStr | None = None
) -> Attempt:
    """Try to install under some environment name, with the environment's password or another; what was installed ends with the scenario."""
    request = InstallRequest(client_env, environment.client_id, password or environment.client_password)
    with scene.story.part(f"the client is installed under the environment name '{client_env or ''}'") as part:
        try:
            client = scene.install_client(request)
        except (ClientEnvironmentRefused, SubstrateError) as error:
            part.detail = str(error)
            return Attempt(None, error)
    scene.at_the_end(client.stop)
    return Attempt(client, None)


def wait_until_online(environment: RegisteredEnvironment) -> None:
    """Wait until the platform has heard from the client."""
    wait_until(environment, "Online")


def wait_until(environment: RegisteredEnvironment, expected: str) -> None:
    """Wait until the platform shows this status: Pending, Online or Offline."""
    eventually(f"the secure environment {environment.client_id} to be {expected}", lambda: status(environment), equal_to(expected))
