"""Signing up and logging in. Source: our choice (the web flows are not public)."""

from hamcrest import has_length

from support.eventually import eventually
from support.names import MAIL_DOMAIN
from support.redaction import learn_secret
from support.scene import Person, Scene

COLLABORATORS = ("the first collaborator", "the second collaborator")


def sign_up(scene: Scene, role: str, domain: str = MAIL_DOMAIN) -> Person:
    """Somebody signs up, verifies the e-mail address and logs in."""
    person = scene.new_person(role, domain)
    password = person.password.get_secret_value()
    with scene.story.part(f"{role} signs up"):
        person.backend.register(person.email, password)
    with scene.story.part(f"{role} verifies the e-mail address"):
        (code,) = eventually("the verification e-mail", lambda: scene.mailbox.verification_codes(person.email), has_length(1))
        person.backend.verify(code)
    with scene.story.part(f"{role} logs in"):
        answer = person.backend.log_in(person.email, password)
        learn_secret(answer["token"])
    return person
