"""Errors of a library that nobody tested."""

from behave import given
from behave.runner import Context


class Mute(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


@given("it raises an error that cannot be printed")
def mute(context: Context) -> None:
    raise Mute


@given("it raises two errors in one")
def two(context: Context) -> None:
    raise ExceptionGroup("both", [OSError("disk is full"), LookupError("no such key")])


@given("nothing is wrong")
def fine(context: Context) -> None: ...
