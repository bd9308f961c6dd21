"""A far service that does not answer at first."""

from behave import then, when
from behave.runner import Context

CALLS: dict[str, int] = {}


@when("the first call fails")
def calls(context: Context) -> None:
    name = context.scenario.name
    CALLS[name] = CALLS.get(name, 0) + 1
    assert CALLS[name] > 1, "no answer"


@then("it is not needed any more")
def skips(context: Context) -> None:
    context.scenario.skip("another one answered")
