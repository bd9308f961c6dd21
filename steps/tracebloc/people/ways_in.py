"""The ways in: addresses however they are typed, guessed passwords, credentials that were taken away, tokens that are forged."""

from collections.abc import Callable, Mapping

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, empty, equal_to, has_entries, has_item

from support.platforms.tracebloc.playbook.secure_environments import stub_participants
from support.platforms.tracebloc.playbook.security import queue_keys
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import naming, people, refusals
from support.step_arguments import Rows, takes_table
from support.waiting import eventually

WRONG = "a wrong password, but a long one"


@given("{string} has signed up with an address in capital letters")
def signs_up_in_capitals(context: Context, role: str) -> None:
    """As a keyboard that is stuck writes it; the platform keeps the address as everybody writes it."""
    scene = context.scene
    person = people.new_person(scene, role)
    with scene.story.part(f"{role} signs up in capital letters"):
        person.backend.register(person.email.upper(), person.password.get_secret_value())
    people.verify(scene, person)


@given("{string} has signed up as {string} {string} and logged in")
def signs_up_by_name(context: Context, role: str, first_name: str, last_name: str) -> None:
    """With both names, which are optional."""
    scene = context.scene
    person = people.new_person(scene, role)
    with scene.story.part(f"{role} signs up as {first_name} {last_name}"):
        person.backend.register(person.email, person.password.get_secret_value(), first_name=first_name, last_name=last_name)
    people.verify(scene, person)
    people.log_in(scene, person)


@then("the platform knows {string} as {string} {string}, by their address and its domain")
def known_as(context: Context, role: str, first_name: str, last_name: str) -> None:
    """As the command line is told who is logged in."""
    person = context.scene.person(role)
    domain = person.email.partition("@")[2]
    expected = {"email": person.email, "first_name": first_name, "last_name": last_name, "domain": domain, "account": domain}
    assert_that(person.backend.user_info(), has_entries(expected), "who is logged in")


@when("the owner invites the address of {string} in capital letters")
def invites_in_capitals(context: Context, role: str) -> None:
    """By e-mail, as somebody types it who was told it over the telephone."""
    scene = context.scene
    with scene.story.part(f"the owner invites {role} in capital letters"):
        scene.use_case.owner.backend.invite(scene.use_case.key, [scene.person(role).email.upper()])


@when("{string} logs in with the first letters in capitals")
def logs_in_titled(context: Context, role: str) -> None:
    """As a telephone writes an address."""
    person = context.scene.person(role)
    with context.scene.story.part(f"{role} logs in"):
        person.backend.log_in(person.email.title(), person.password.get_secret_value())


@then("the address of {string} is kept in small letters, and is taken however it is written")
def known_in_small_letters(context: Context, role: str) -> None:
    """Nobody can sign up with it again."""
    person = context.scene.person(role)
    assert_that(person.backend.user_info(), has_entries(email=person.email, domain=person.email.partition("@")[2]), "who is logged in")
    for written in (person.email, person.email.upper()):
        told = refusals.outcome(lambda written=written: person.backend.register(written, WRONG))
        assert_that(told, equal_to("There is already an account with this e-mail address."), f"signing up as {written}")


@when("somebody tries {int} wrong password/passwords for {string}")
def tries_wrong_passwords(context: Context, times: int, role: str) -> None:
    """Each is refused in the same words."""
    person = context.scene.person(role)
    for _ in range(times):
        told = refusals.outcome(lambda: person.backend.log_in(person.email, WRONG))
        assert_that(told, contains_string("Unable to log in with provided credentials."), "what the platform says")


@then("the right password of {string} is refused for a while: {string}")
def right_password_refused(context: Context, role: str, words: str) -> None:
    """Whoever guesses does not learn that they have guessed right; however the name is written, it is the same one."""
    person = context.scene.person(role)
    for written in (person.email, person.email.upper()):
        told = refusals.outcome(lambda written=written: person.backend.log_in(written, person.password.get_secret_value()))
        assert_that(told, contains_string(words), f"what the platform says to {written}")


@then("nobody can sign up like this:")
@takes_table({"address": "string", "password": "string", "words": "string"}, may_be_empty=["password"])
def cannot_sign_up(context: Context, rows: Rows) -> None:
    """Each row alone; `{address}` stands for a good address that nobody has, `20 times a` for twenty letters.

    The platform says what is wrong without saying the password.
    """
    scene = context.scene
    backend = people.new_person(scene, "somebody who signs up").backend
    address = scene.names.address("newcomer")
    acts = {
        _attempt(row): lambda row=row: backend.register(row["address"].replace("{address}", address), _spelt_out(row["password"]))
        for row in rows
    }
    refusals.assert_outcomes(scene, "somebody", acts, {_attempt(row): row["words"] for row in rows})
    repeated = [row["password"] for row in rows if row["password"] and _spelt_out(row["password"]) in refusals.outcome(acts[_attempt(row)])]
    assert_that(repeated, empty(), "the passwords that the platform says again")


def _attempt(row: Mapping[str, str]) -> str:
    return f"{row['address']}, {row['password']}"


def _spelt_out(password: str) -> str:
    number, _, letter = password.partition(" times ")
    return letter * int(number) if letter else password


@then("somebody can sign up with a password of {int} characters, and with one of {int}")
def can_sign_up(context: Context, shortest: int, longest: int) -> None:
    """And logs in with it, but not without its last letter."""
    scene = context.scene
    for number in (shortest, longest):
        person = people.new_person(scene, f"somebody with {number} characters", password=(scene.names.password() * number)[:number])
        people.register(scene, person)
        people.verify(scene, person)
        people.log_in(scene, person)
        told = refusals.outcome(lambda person=person: person.backend.log_in(person.email, person.password.get_secret_value()[:-1]))
        assert_that(told, contains_string("Unable to log in with provided credentials."), "what the platform says to a part of it")


@when("{string} removes their account")
def removes_account(context: Context, role: str) -> None:
    """For good, with the password."""
    person = context.scene.person(role)
    with context.scene.story.part(f"{role} removes the account"):
        person.backend.remove_account(person.email, person.password.get_secret_value())


@then("nothing of {experiment} is kept, and all of {experiment}")
def kept_of(context: Context, removed: str, there: str) -> None:
    """Weights in the object store, and the model files that the experiments were made of."""
    scene = context.scene
    gone, stays = naming.experiment(scene, removed), naming.experiment(scene, there)
    kept = {name: scene.object_store.keys(f"experiments/{each.experiment_key}/") for name, each in (("gone", gone), ("there", stays))}
    assert_that(kept["gone"], empty(), f"what is kept of {removed}")
    assert_that(kept["there"], has_item(experiments.weights_key(stays, 1)), f"what is kept of {there}")
    models = [stub_participants.ordered_cycle(scene.environments[-1].stub_participant, each, 1).model_key for each in (gone, stays)]
    assert_that([bool(scene.object_store.keys(key)) for key in models], equal_to([False, True]), "whether their models are kept")


@then("the login of the secure environment ends")
def login_ends(context: Context) -> None:
    """What it says with that login is not taken any more."""
    stub = context.scene.environments[-1].stub_participant
    told = lambda: refusals.outcome(lambda: stub.heartbeat(stub_participants.HEARTBEAT_SECONDS))  # noqa: E731
    eventually("the login to end", told, equal_to("Invalid token."), within=5)


@then("the {place} secure environment shows Offline, and can neither log in nor say anything")
def can_do_nothing(context: Context, place: str) -> None:
    """Its credential is worth nothing, and neither is the login that it had."""
    scene = context.scene
    environment = queue_keys.at_place(scene, place)
    stub = environment.stub_participant
    acts: dict[str, Callable[[], object]] = {
        "logging in": lambda: stub_participants.connect(scene, environment),
        "sending a heartbeat": lambda: stub.heartbeat(stub_participants.HEARTBEAT_SECONDS),
        "reporting a dataset": lambda: stub_participants.tell_of_rows(scene, environment, {"train": 5}),
    }
    refused = {"logging in": "Unable to log in with provided credentials."}
    refusals.assert_outcomes(scene, "the secure environment", acts, {**dict.fromkeys(acts, "Invalid token."), **refused})
    shown = environment.owner.backend.secure_environment(environment.identity)
    assert_that(shown, has_entries(is_decommissioned=True, status_display="Offline"), "what the owner sees")
