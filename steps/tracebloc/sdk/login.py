"""The SDK's door: logging in and out, tokens, versions."""

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, equal_to

from support.names import Names
from support.platforms.tracebloc.clients.backend import Refused
from support.platforms.tracebloc.playbook.sdk import data_scientist
from support.platforms.tracebloc.playbook.use_cases import people
from support.platforms.tracebloc.scene import Person, Scene
from support.redaction import learn_secret


@given("{string} has logged in with the SDK")
@when("{string} logs in with the SDK")
def has_logged_in(context: Context, role: str) -> None:
    """Somebody who has an account works with the SDK, with address and password."""
    data_scientist.log_in(context.scene, context.scene.person(role))


@given("{string} works with the SDK on a token from the environment")
def works_on_token(context: Context, role: str) -> None:
    """The SDK uses the token of the login on the web, as it does in a hosted notebook."""
    person = context.scene.person(role)
    person.sdk.use_token(person.backend.token)


@given("{string} still has version {string} of the SDK")
def still_has_version(context: Context, role: str, version: str) -> None:
    """The installed SDK says on the way to the platform that it is that version."""
    scene = context.scene
    gateway = scene.new_gateway()
    scene.person(role).sdk = scene.new_sdk(f"{role} {version}", gateway.url)
    gateway.user_agent = f"tracebloc-sdk/{version} (python/3.11.7)"


@when("{string} tries to log in with the SDK")
def tries_to_log_in(context: Context, role: str) -> None:
    """What the SDK raises is kept for the next step."""
    person = context.scene.person(role)
    password = person.password.get_secret_value()
    context.outcome = data_scientist.outcome_of(
        context.scene, f"{role} logs in", person.sdk, lambda: person.sdk.log_in(person.email, password)
    )


@when("{string} tries to log in with the SDK with a wrong password")
def tries_wrong_password(context: Context, role: str) -> None:
    """What the SDK raises is kept for the next step, and the platform's own words for a later one."""
    person = context.scene.person(role)
    _try(context, person, person.email)


@when("somebody without an account tries to log in with the SDK")
def tries_without_account(context: Context) -> None:
    """Another address, which nobody has signed up with."""
    scene: Scene = context.scene
    _try(context, people.new_person(scene, "somebody without an account", "example.com"), scene.names.address("nobody"))


@then("the platform refused both in the same words")
def same_words(context: Context) -> None:
    """Status, code and message are alike, so that they tell nothing of who has an account."""
    first, second = context.words_of_the_platform
    assert_that(second, equal_to(first), "the refusal of an unknown address")


@when("{string} logs out with the SDK")
def logs_out(context: Context, role: str) -> None:
    """Ends the login."""
    context.scene.person(role).sdk.log_out()


@when("{string} logs out on the web")
def logs_out_on_the_web(context: Context, role: str) -> None:
    """Ends the login whose token the SDK uses too, and logs in anew on the web."""
    person = context.scene.person(role)
    person.backend.log_out()
    learn_secret(person.backend.log_in(person.email, person.password.get_secret_value())["token"])


@then("the SDK no longer does anything for {string}")
def does_nothing(context: Context, role: str) -> None:
    """Whatever needs a login only says so; asking for a status raises it, since no status means an unknown experiment."""
    session = context.scene.person(role).sdk
    session.log_out()
    assert_that(session.printed, contains_string("You are not logged in"), "what the SDK prints to somebody who logs out twice")
    outcome = data_scientist.outcome_of(context.scene, "asks for a status", session, lambda: session.experiment_state("any"))
    data_scientist.assert_outcome(outcome, "AuthenticationError", "You are not logged in")


@then("anyone who still holds the token of {string} is told {string}")
def token_is_dead(context: Context, role: str, words: str) -> None:
    """A second session with the same token is refused by its first call."""
    scene = context.scene
    holder = people.new_person(scene, "whoever holds the token", "example.com")
    holder.sdk.use_token(scene.person(role).backend.token)
    outcome = data_scientist.outcome_of(scene, "asks for a status with the token", holder.sdk, lambda: holder.sdk.experiment_state("any"))
    data_scientist.assert_outcome(outcome, "APIError", words)


def _try(context: Context, person: Person, address: str) -> None:
    password = Names.password()
    context.outcome = data_scientist.outcome_of(
        context.scene, f"{person.role} logs in", person.sdk, lambda: person.sdk.log_in(address, password)
    )
    context.words_of_the_platform = [*getattr(context, "words_of_the_platform", []), _platform_words(person, address, password)]


def _platform_words(person: Person, address: str, password: str) -> tuple[int, str, str] | None:
    try:
        person.backend.log_in(address, password)
    except Refused as refused:
        return refused.status, refused.code, refused.message
    return None
