"""Signing up and logging in. Source: our choice (the web flows are not public)."""

from hamcrest import has_length

from support.names import MAIL_DOMAIN
from support.platforms.tracebloc.scene import Person, Scene
from support.redaction import learn_secret
from support.waiting import eventually

COLLABORATORS = ("the first collaborator", "the second collaborator")


def the_owner(scene: Scene) -> Person:
    """The owner, who signs up when this is the first that is heard of them."""
    return somebody(scene, "the owner")


def somebody(scene: Scene, role: str) -> Person:
    """Who plays a role, and signs up when this is the first that is heard of them."""
    return scene.people.get(role) or sign_up(scene, role)


def sign_up(scene: Scene, role: str, domain: str = MAIL_DOMAIN) -> Person:
    """Somebody signs up, verifies the e-mail address and logs in; where accounts are given for scenarios, one of those logs in."""
    person = scene.given_person(role, domain)
    if person is None:
        person = scene.new_person(role, domain)
        register(scene, person)
        verify(scene, person)
    log_in(scene, person)
    return person


def register(scene: Scene, person: Person) -> None:
    """Somebody makes an account; a code to verify it is sent by e-mail."""
    with scene.story.part(f"{person.role} signs up"):
        person.backend.register(person.email, person.password.get_secret_value())


def verify(scene: Scene, person: Person) -> None:
    """Somebody verifies the e-mail address with the code from the mail."""
    with scene.story.part(f"{person.role} verifies the e-mail address"):
        person.backend.verify(verification_code(scene, person))


def verification_code(scene: Scene, person: Person) -> str:
    """The code from the mail that came after signing up."""
    (code,) = eventually("the verification e-mail", lambda: scene.mailbox.verification_codes(person.email), has_length(1))
    return code


def log_in(scene: Scene, person: Person) -> None:
    """Somebody logs in on the web."""
    with scene.story.part(f"{person.role} logs in"):
        answer = person.backend.log_in(person.email, person.password.get_secret_value())
        learn_secret(answer["token"])
