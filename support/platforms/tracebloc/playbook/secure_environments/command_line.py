"""What an owner does with the command line on a machine.

Source: tracebloc CLI (a cluster is known by the id of its kube-system namespace, a UUID).
"""

from dataclasses import dataclass, field
from uuid import uuid4

from pydantic import SecretStr

from support.names import Names
from support.platforms.tracebloc.clients.backend import BackendClient, Refused
from support.platforms.tracebloc.clients.command_line import SIGNED_IN, CommandLine, Registration, SignInCode
from support.platforms.tracebloc.scene import Person, Scene
from support.redaction import learn_secret


@dataclass
class Machine:
    """A machine with a command line and a cluster, and what came of it."""

    command_line: CommandLine
    code: SignInCode
    cluster_id: str = field(default_factory=lambda: str(uuid4()))
    told: str = ""
    passwords: list[SecretStr] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)


def begin_sign_in(scene: Scene) -> Machine:
    """A new machine's command line asks for a code."""
    command_line = scene.closing(CommandLine(scene.addresses.backend_url, clock=scene.clock))
    with scene.story.part("the command line asks for a sign-in code") as part:
        machine = scene.keep(Machine(command_line, command_line.request_code()))
        part.detail = f"{machine.code.user_code} at {machine.code.page_with_code}, valid for {machine.code.lifetime_seconds} s"
    return machine


def ask(scene: Scene, machine: Machine) -> None:
    """The command line asks once whether the code was approved."""
    with scene.story.part("the command line asks whether the code is approved") as part:
        machine.told = part.detail = machine.command_line.ask_for_token(machine.code)


def decide(scene: Scene, person: Person, machine: Machine, approve: bool, typed: str = "") -> None:
    """Somebody types the code in the browser, as it is shown unless another way is said, and says yes or no."""
    with scene.story.part(f"{person.role} {'approves' if approve else 'denies'} the code"):
        person.backend.decide_device_code(typed or machine.code.user_code, approve)


def register_cluster(scene: Scene, machine: Machine) -> None:
    """The command line registers its cluster with a password that it makes up."""
    password = SecretStr(Names.password())
    learn_secret(password.get_secret_value())
    machine.passwords.append(password)
    with scene.story.part("the command line registers its cluster") as part:
        registration = machine.command_line.register(scene.names.unique("machine"), machine.cluster_id, password)
        part.detail = f"Client ID {registration.client_id}, {'adopted' if registration.adopted else 'new'}"
    machine.registrations.append(registration)


def sign_in_and_register(scene: Scene, owner: Person, machine: Machine) -> None:
    """All of it without a detour; raises AssertionError when the code is not taken."""
    decide(scene, owner, machine, approve=True)
    ask(scene, machine)
    if machine.told != SIGNED_IN:
        raise AssertionError(f"the command line was not signed in: {machine.told}")
    register_cluster(scene, machine)


def opens(scene: Scene, machine: Machine, password: SecretStr, registration: int = 0) -> bool:
    """Whether a client could log in with this password to the environment of a registration, the first one if no other is named."""
    with BackendClient(scene.addresses.backend_url) as client:
        try:
            learn_secret(client.log_in(machine.registrations[registration].client_id, password.get_secret_value())["token"])
        except Refused:
            return False
    return True
