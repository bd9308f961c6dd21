"""Steps that raise what is no ordinary error."""

import builtins

from behave import given
from behave.runner import Context


@given("a step raises {error}")
def raises(context: Context, error: str) -> None:
    raise getattr(builtins, error)("no licence")


@given("a step stays")
def stays(context: Context) -> None: ...
