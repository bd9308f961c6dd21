"""Steps of the south alone."""

from behave import given
from behave.runner import Context


@given("this is the south")
def is_it(context: Context) -> None: ...
