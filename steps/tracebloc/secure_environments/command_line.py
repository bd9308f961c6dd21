"""The command line of a machine that is new to the platform."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, calling, contains_string, equal_to, has_entries, has_item, is_, matches_regexp, not_, raises

from support.platforms.tracebloc.clients.backend import Refused
from support.platforms.tracebloc.clients.command_line import SIGNED_IN
from support.platforms.tracebloc.playbook.secure_environments import command_line
from support.platforms.tracebloc.playbook.secure_environments.command_line import Machine


def _machine(context: Context) -> Machine:
    machine: Machine = context.scene.kept(Machine)
    return machine


@given("the owner's command line shows a sign-in code")
def shows_a_code(context: Context) -> None:
    """A machine without a browser begins to sign in."""
    command_line.begin_sign_in(context.scene)


@given("the owner approved the code and the command line registered its cluster")
def approved_and_registered(context: Context) -> None:
    """The machine is the owner's, with a password that its command line chose."""
    command_line.sign_in_and_register(context.scene, context.scene.person("the owner"), _machine(context))


@when("the command line asks whether the code is approved")
@when("it asks again at once")
def asks(context: Context) -> None:
    """Asks once; the answer is kept."""
    command_line.ask(context.scene, _machine(context))


@then("it is told to wait")
def told_to_wait(context: Context) -> None:
    """Nobody has decided yet."""
    assert_that(_machine(context).told, equal_to("authorization_pending"), "what the command line is told")


@then("it is told to ask less often")
def told_to_slow_down(context: Context) -> None:
    """It asked before its interval was over."""
    assert_that(_machine(context).told, equal_to("slow_down"), "what the command line is told")


@then("it is told that the owner denied it")
def told_of_denial(context: Context) -> None:
    """The owner said no."""
    assert_that(_machine(context).told, equal_to("access_denied"), "what the command line is told")


@when("the owner approves the code in the browser")
def approves(context: Context) -> None:
    """The owner types the code and says yes."""
    command_line.decide(context.scene, context.scene.person("the owner"), _machine(context), approve=True)


@when("the owner approves the code in the browser, typed in small letters with a blank behind")
def approves_in_small_letters(context: Context) -> None:
    """As it comes from a telephone; it is the same code."""
    machine = _machine(context)
    command_line.decide(context.scene, context.scene.person("the owner"), machine, approve=True, typed=f"{machine.code.user_code.lower()} ")


@then("the command line is told that the code lasts {int} minutes, and on which page to type it")
def told_of_the_code(context: Context, minutes: int) -> None:
    """The second page has the code in it already."""
    code = _machine(context).code
    assert_that(code.lifetime_seconds, equal_to(minutes * 60), "the seconds that the code lasts")
    assert_that(code.page_with_code, equal_to(f"{code.page}?code={code.user_code}"), "the page with the code in it")


@then("the code is {int} consonants, a hyphen and {int} consonants")
def form_of_the_code(context: Context, first: int, second: int) -> None:
    """Long enough that nobody guesses it, and no word that somebody takes amiss."""
    form = rf"[B-DF-HJ-NP-TV-XZ]{{{first}}}-[B-DF-HJ-NP-TV-XZ]{{{second}}}"
    assert_that(_machine(context).code.user_code, matches_regexp(f"^{form}$"), "the code")


@when("the owner denies the code in the browser")
def denies(context: Context) -> None:
    """The owner types the code and says no."""
    command_line.decide(context.scene, context.scene.person("the owner"), _machine(context), approve=False)


@then("the command line is signed in as the owner")
def signed_in(context: Context) -> None:
    """The code is exchanged for a token, which is the owner's."""
    machine = _machine(context)
    command_line.ask(context.scene, machine)
    assert_that(machine.told, equal_to(SIGNED_IN), "what the command line is told")
    owner = context.scene.person("the owner")
    assert_that(machine.command_line.who_am_i(), has_entries(email=owner.email, type="DS"), "who the command line is signed in as")


@step("the same code signs nobody in again")
def code_works_once(context: Context) -> None:
    """Whoever asks with it once more gets no token."""
    command_line.ask(context.scene, _machine(context))
    assert_that(_machine(context).told, equal_to("expired_token"), "what the command line is told")


@when("the command line registers a secure environment for its cluster")
@when("the command line registers the same cluster again with another password")
def registers(context: Context) -> None:
    """Registers, with a password that the command line makes up each time."""
    command_line.register_cluster(context.scene, _machine(context))


@then("the owner sees the secure environment as Pending")
def owner_sees_it(context: Context) -> None:
    """It is the owner's own, and no client has run in it yet."""
    (registration,) = _machine(context).registrations
    assert_that(registration.adopted, is_(False), "whether an environment was there before")
    shown = context.scene.person("the owner").backend.secure_environment(registration.identity)
    assert_that(shown, has_entries(client_id=registration.client_id, status_display="Pending"), "what the owner sees")


@then("the password that the command line chose opens it")
def password_opens(context: Context) -> None:
    """A client can log in with the first password."""
    machine = _machine(context)
    assert_that(command_line.opens(context.scene, machine, machine.passwords[0]), is_(True), "whether the first password opens it")


@then("the other password does not")
def other_password_does_not(context: Context) -> None:
    """The one that was sent later is worth nothing."""
    machine = _machine(context)
    assert_that(command_line.opens(context.scene, machine, machine.passwords[-1]), is_(False), "whether the later password opens it")


@then("the owner is named as the one who may register")
def admins_are_named(context: Context) -> None:
    """Whoever may not register is told whom to ask."""
    owner = context.scene.person("the owner")
    assert_that(_machine(context).command_line.admins(), has_item(has_entries(email=owner.email)), "who may register")


@then("it gets the same secure environment, and no password")
def same_environment(context: Context) -> None:
    """The answer says that it was there, and holds nothing that opens it."""
    first, again = _machine(context).registrations
    assert_that((again.identity, again.client_id, again.adopted), equal_to((first.identity, first.client_id, True)), "what it gets")
    assert_that(" ".join(again.answer), not_(contains_string("password")), "what the answer tells")


@when("the owner revokes the secure environment of the command line")
def revokes(context: Context) -> None:
    """Takes the credential away that the command line chose."""
    context.scene.person("the owner").backend.revoke_secure_environment(_machine(context).registrations[0].identity)


@then("it gets another secure environment, which the password that was chosen last opens")
def another_environment(context: Context) -> None:
    """What was revoked is over; the cluster begins anew."""
    machine = _machine(context)
    first, *_, last = machine.registrations
    assert_that((last.adopted, last.identity == first.identity), equal_to((False, False)), "whether it is the one of before")
    opened = command_line.opens(context.scene, machine, machine.passwords[-1], registration=-1)
    assert_that(opened, is_(True), "whether the last password opens it")


@when("the command line signs out")
def signs_out(context: Context) -> None:
    """Its token is given back."""
    _machine(context).command_line.sign_out()


@then("it may do nothing more")
def nothing_more(context: Context) -> None:
    """The token is worth nothing."""
    assert_that(calling(_machine(context).command_line.who_am_i), raises(Refused, "401"), "asking who is signed in")
