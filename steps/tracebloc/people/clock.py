"""Time that passes for the people of a scenario, without anybody having to wait."""

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, equal_to

from support.platforms.tracebloc.playbook.use_cases import people, refusals

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}


@when("it is one minute before midnight UTC")
def before_midnight(context: Context) -> None:
    """The scenario's people act in the last minute of a day."""
    with context.scene.story.part("the clock is moved"):
        context.scene.clock.be_around_midnight(-60)


@when("it is one minute after midnight UTC")
def after_midnight(context: Context) -> None:
    """The scenario's people act in the first minute of the next day."""
    with context.scene.story.part("the clock is moved"):
        context.scene.clock.be_around_midnight(60)


@when("{int} {time_unit} have passed")
def time_has_passed(context: Context, number: int, unit: str) -> None:
    """For the scenario's people, their command lines and what the platform shows them."""
    with context.scene.story.part("the clock is moved"):
        context.scene.clock.pass_by(number * SECONDS[unit])


@when("{string} logs in again on the web")
def logs_in_again(context: Context, role: str) -> None:
    """With address and password, as somebody does whose login is over."""
    people.log_in(context.scene, context.scene.person(role))


@then("{string} is logged in on the web")
def is_logged_in(context: Context, role: str) -> None:
    """The platform knows who it is."""
    person = context.scene.person(role)
    assert_that(person.backend.user_info()["email"], equal_to(person.email), "who the platform says is logged in")


@then("{string} is no longer logged in on the web")
def is_logged_out(context: Context, role: str) -> None:
    """The token of the login is worth nothing any more."""
    told = refusals.outcome(context.scene.person(role).backend.user_info)
    assert_that(told, equal_to("Invalid token."), "what the platform says")
