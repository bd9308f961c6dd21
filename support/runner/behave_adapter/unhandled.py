"""Errors that Python only prints: what ends a thread or a task of the user's, and a coroutine that nothing awaits.

Each is an error of the step, hook or cleanup in which it comes up, or of the scenario after its last one. What code of nobody's in the
project raised is only printed, as are errors in `__del__`: who meets them is chance. Source: our choice.
"""

import asyncio
import sys
import threading
import warnings
from collections.abc import Coroutine
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from support.results.failures.explain import failure_of_error
from support.results.failures.traces import is_projects, place_of
from support.runner.behave_adapter.model import told

NOT_AWAITED = "coroutine .* was never awaited"


class NeverAwaited(Exception):
    """A coroutine was made and thrown away."""

    @property
    def headline(self) -> str:
        """For reports."""
        return str(self)


class Unhandled:
    """Those of this process that nobody has been told of yet."""

    def __init__(self) -> None:
        self._found: list[Exception] = []
        self._left_behind: list[Exception] = []
        self._owners: WeakKeyDictionary[threading.Thread, str] = WeakKeyDictionary()
        """Scenarios that are over, by the threads that they left running."""

    def note(self, error: BaseException | None, where: str, thread: threading.Thread | None = None) -> None:
        """Keep what was raised `where`, if the project's code raised it."""
        if not isinstance(error, Exception) or not (isinstance(error, NeverAwaited) or place_of(error)):
            return
        if not isinstance(error, NeverAwaited):
            error.add_note(f"raised in {where}, where nothing caught it")
        owner = self._owners.get(thread) if thread is not None else None
        if owner is None:
            self._found.append(error)
        else:
            error.add_note(f"{where} was left running by the scenario '{owner}'")
            self._left_behind.append(error)

    def take(self) -> Exception | None:
        """What came up since the last time, as one error."""
        if not self._found:
            return None
        found, self._found = self._found, []
        if len(found) > 1:
            return ExceptionGroup("threads or tasks failed", found)
        return found[0]

    def scenario_over(self, name: str) -> None:
        """Threads that still run are this scenario's: what they raise later must not fail another one."""
        for thread in threading.enumerate():
            self._owners.setdefault(thread, name)

    def take_left_behind(self) -> list[str]:
        """What threads raised whose scenarios were over."""
        found, self._left_behind = self._left_behind, []
        return [told(failure_of_error(error)) for error in found]


unhandled = Unhandled()
"""Of this process."""


def notice_the_unhandled() -> None:
    """Have Python tell of them, besides printing them; more than once does no harm."""
    if getattr(threading.excepthook, "tells", False):
        return
    print_of_thread, print_unraisable = threading.excepthook, sys.unraisablehook
    handle: Any = asyncio.BaseEventLoop.default_exception_handler

    def thread_failed(args: "threading.ExceptHookArgs") -> None:
        print_of_thread(args)
        name = args.thread.name if args.thread is not None else "without a name"
        unhandled.note(args.exc_value, f"the thread '{name}'", args.thread)

    def could_not_raise(args: "sys.UnraisableHookArgs") -> None:
        if isinstance(args.exc_value, RuntimeWarning) and isinstance(args.object, Coroutine):
            unhandled.note(_never_awaited(args.object), "a coroutine")
        print_unraisable(args)

    @wraps(handle)
    def loop_was_told(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        handle(loop, context)
        task = context.get("task") or context.get("future")
        what = f"the task '{task.get_name()}'" if isinstance(task, asyncio.Task) else "the event loop"
        unhandled.note(context.get("exception"), what)

    thread_failed.tells = True  # type: ignore[attr-defined]
    threading.excepthook, sys.unraisablehook = thread_failed, could_not_raise
    asyncio.BaseEventLoop.default_exception_handler = loop_was_told  # type: ignore[method-assign,assignment]
    # raised where it cannot be: that is how it comes to the hook above
    warnings.filterwarnings("error", NOT_AWAITED, RuntimeWarning)
    # with the line where each coroutine was made
    sys.set_coroutine_origin_tracking_depth(1)


def _never_awaited(coroutine: Coroutine[Any, Any, Any]) -> NeverAwaited | None:
    file, line, _ = (getattr(coroutine, "cr_origin", None) or [("", 0, "")])[0]
    if not is_projects(file):
        return None
    name = getattr(coroutine, "__name__", "the coroutine")
    return NeverAwaited(f"{name} gave a coroutine in {file}:{line}, which nothing awaited: nothing in it ran")
