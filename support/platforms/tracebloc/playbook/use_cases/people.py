"""Signing up and logging in. Source: our choice (the web flows are not public)."""

from functools import partial

from hamcrest import has_length
from pydantic import SecretStr

from environments.deployments.made import MadeThing
from environments.errors import NotGiven
from environments.platforms.tracebloc.deployments.left_overs import ACCOUNT, CONTENT
from support.names import MAIL_DOMAIN
from support.platforms.tracebloc.clients.backend import BackendClient
from support.platforms.tracebloc.left_overs import note_account
from support.platforms.tracebloc.scene import Person, Scene
from support.redaction import learn_person, learn_secret
from support.waiting import eventually

COLLABORATORS = ("the first collaborator", "the second collaborator")


def the_owner(scene: Scene) -> Person:
    """The owner, who signs up when this is the first that is heard of them."""
    return somebody(scene, "the owner")


def somebody(scene: Scene, role: str) -> Person:
    """Who plays a role, and signs up when this is the first that is heard of them."""
    return scene.people.get(role) or sign_up(scene, role)


def sign_up(scene: Scene, role: str, domain: str = MAIL_DOMAIN) -> Person:
    """Somebody signs up, verifies the e-mail address and logs in; where accounts are given for scenarios, one of those logs in.

    Raises NotGiven when there is no account left for them, and nobody could read the e-mail that verifies a new one.
    """
    person = person_with_given_account(scene, role, domain)
    if person is None:
        _refuse_unread(scene, domain)
        person = new_person(scene, role, domain)
        register(scene, person)
        verify(scene, person)
    log_in(scene, person)
    return person


def new_person(scene: Scene, role: str, domain: str = MAIL_DOMAIN, password: str | None = None) -> Person:
    """Somebody who has no account yet, with sessions that are closed when the scenario ends; the password is a random one."""
    return _person(scene, role, _new_address(scene, role, domain), password or scene.names.password(), ACCOUNT)


def person_with_given_account(scene: Scene, role: str, domain: str = MAIL_DOMAIN) -> Person | None:
    """Somebody with one of the accounts that are there for scenarios; None: none is left. It is emptied when the scenario ends."""
    account = scene.given_accounts.take(domain)
    if account is None:
        return None
    inbox = scene.substrate.given.inbox
    if inbox is not None and inbox.gets(account.name):
        scene.at_the_end(partial(scene.mailbox.remove, account.name))
    return _person(scene, role, account.name, account.password, CONTENT)


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


def letters_to(scene: Scene, person: Person) -> list[str]:
    """The e-mails to somebody, oldest first; raises NotGiven when they arrive where nobody can read them."""
    inbox = scene.substrate.given.inbox
    if inbox is not None and not inbox.gets(person.email):
        raise NotGiven("mailbox", f"the e-mails to the account {person.email} do not arrive in the inbox of this deployment")
    return scene.mailbox.messages_to(person.email)


def log_in(scene: Scene, person: Person) -> None:
    """Somebody logs in on the web."""
    with scene.story.part(f"{person.role} logs in"):
        answer = person.backend.log_in(person.email, person.password.get_secret_value())
        learn_secret(answer["token"])


def _refuse_unread(scene: Scene, domain: str) -> None:
    """Raise NotGiven unless somebody can read the e-mail that verifies a new account at that domain."""
    given = scene.substrate.given
    if given.inbox is not None and not given.inbox.is_of_any_domain and domain != MAIL_DOMAIN:
        why = f"the people of its inbox are none of {domain}"
    elif given.inbox is None and scene.addresses.mail_folder is None:
        why = "nobody can read its e-mails, so that nobody can sign up"
    else:
        return
    at = "" if domain == MAIL_DOMAIN else f" at {domain}"
    none = f"none of the {len(given.accounts)} accounts for scenarios{at} is left" if given.accounts else "it has no accounts for scenarios"
    raise NotGiven("accounts", f"of this deployment {none}, and {why}")


def _new_address(scene: Scene, role: str, domain: str) -> str:
    inbox = scene.substrate.given.inbox
    if inbox is None:
        return scene.names.address(role, domain)
    address = inbox.address_of(scene.names.unique(role), domain)
    scene.at_the_end(partial(scene.mailbox.remove, address))
    return address


def _person(scene: Scene, role: str, email: str, password: str, made: str) -> Person:
    learn_secret(password)
    learn_person(email, role)
    url = scene.addresses.backend_url
    backend = scene.closing(BackendClient(url, clock=scene.clock))
    person = Person(role, email, SecretStr(password), backend, scene.new_sdk(role, url))
    scene.people[role] = person
    note_account(scene.substrate, scene.at_the_end, MadeThing(made, email, password))
    return person
