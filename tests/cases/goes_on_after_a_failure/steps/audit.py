"""Entries of an audit."""

from behave import step
from behave.runner import Context


@step("entry {number} is right")
def right(context: Context, number: str) -> None: ...


@step("entry {number} is wrong")
def wrong(context: Context, number: str) -> None:
    raise AssertionError(f"entry {number} differs")
