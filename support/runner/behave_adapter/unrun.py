"""Code of the user's that was called and did not run: calling an `async def` or a function with `yield` only makes an object.

behave takes that for a hook, a step, a fixture or a cleanup that passed. It awaits steps that are plain `async def`, and nothing else.
A step that raises NotGiven did not run either: its scenario is skipped with that reason.
Source: behave 1.3.3 (`Match.run`, `_setup_fixture`).
"""

import importlib
import inspect
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from functools import wraps
from typing import Any

from behave.matchers import Match
from behave.runner import Context

from environments.errors import NotGiven

COROUTINE = "a coroutine, so nothing in it ran: only a step that is an `async def` itself is awaited; elsewhere use asyncio.run"
GENERATOR = "a generator, so nothing in it ran: write it without `yield`, or make a fixture of it"


class NeverRan(Exception):
    """What was called gave something to be run by its caller."""

    @property
    def headline(self) -> str:
        """For reports."""
        return str(self)


def refuse_unrun(given: object) -> None:
    """Raise NeverRan if a call gave a coroutine or a generator."""
    if given is None:
        return
    if isinstance(given, Coroutine | AsyncGenerator | Generator):
        kind = COROUTINE if isinstance(given, Coroutine) else GENERATOR
        if isinstance(given, Coroutine | Generator):
            # or Python warns of it wherever it is thrown away
            given.close()
        raise NeverRan(f"{getattr(given, '__name__', 'the function')} gave {kind}")


def run_through(function: Callable[..., object]) -> Callable[..., None]:
    """The same function, which raises NeverRan where it only gives something to be run."""

    @wraps(function)
    def call(*positional: object, **named: object) -> None:
        refuse_unrun(function(*positional, **named))

    return call


def refuse_what_never_ran() -> None:
    """Have behave look at what steps and fixtures give it; more than once does no harm."""
    # the package has a function of that name
    fixture = importlib.import_module("behave.fixture")
    set_up = fixture._setup_fixture
    if getattr(set_up, "refuses", False):
        return

    @wraps(set_up)
    def look(function: Callable[..., object], *positional: object, **named: object) -> object:
        given = set_up(function, *positional, **named)
        if inspect.iscoroutine(given) or inspect.isasyncgen(given):
            refuse_unrun(given)
        return given

    look.refuses = True  # type: ignore[attr-defined]
    fixture._setup_fixture = look  # type: ignore[attr-defined]
    Match.run = _run


def _run(match: Match, context: Context) -> None:
    positional = [argument.value for argument in match.arguments if argument.name is None]
    named: dict[str, Any] = {argument.name: argument.value for argument in match.arguments if argument.name is not None}
    try:
        with context.use_with_user_mode():
            refuse_unrun(match.func(context, *positional, **named))
    except NotGiven as missing:
        if context._in_called_step:
            # the step that calls this one does not go on either
            raise
        context.scenario.skip(str(missing))
