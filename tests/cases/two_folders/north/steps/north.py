"""Steps of the north alone."""

from behave import given
from behave.runner import Context


@given("this is the north")
def is_it(context: Context) -> None: ...
