"""What is not an Exception (SystemExit, CancelledError, KeyboardInterrupt, ...), raised by code of the user's, is an error like others.

Else it would pass every `except Exception` of behave's and end the process, or the run, as if nothing had failed.
A process that the code forked, and that comes back from it, ends there: it would go on as a second worker.
"""

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import TracebackType
from typing import NoReturn

from support.results.failures.explain import failure_of_error
from support.runner.behave_adapter.unhandled import unhandled
from support.runner.stopping import RunStopped

RUNNERS_OWN = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE)


class Escaped(Exception):
    """Stands for what was raised; its class has that one's name."""

    kind = ""


class UserCode:
    """Where code of the user's runs: nothing but Exceptions and the runner's own stop come out, and no process that it forked."""

    def __enter__(self) -> None:
        """The code begins."""
        self._process = os.getpid()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Raises Escaped for what is no Exception; ends a process that the code forked."""
        self.end_if_forked(error)
        self.put_right(error, trace)

    @staticmethod
    def put_right(error: BaseException | None, trace: TracebackType | None) -> None:
        """Raise what came up beside the code, and Escaped for what is no Exception."""
        also = unhandled.take()
        if error is None and also is not None:
            raise also
        if error is not None and also is not None:
            error.add_note(f"meanwhile: {failure_of_error(also).message}")
        if error is not None and not isinstance(error, (Exception, RunStopped)):
            raise escaped(error).with_traceback(trace) from None

    def end_if_forked(self, error: BaseException | None) -> None:
        """End this process if the code forked it, as Python would have it end with that error."""
        if os.getpid() != self._process:
            _end_this_process(error)


@contextmanager
def put_back() -> Iterator[None]:
    """Around code of the user's in the runner's own process: afterwards it has what the runner cannot do without."""
    streams, path, limit = (sys.stdout, sys.stderr), list(sys.path), sys.getrecursionlimit()
    handlers = {number: signal.getsignal(number) for number in RUNNERS_OWN}
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams
        # what the project adds stays
        sys.path += [folder for folder in path if folder not in sys.path]
        sys.setrecursionlimit(max(limit, sys.getrecursionlimit()))
        for number, handler in handlers.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)


@contextmanager
def staying() -> Iterator[None]:
    """Around code of the user's in the runner's own process, which goes on after it.

    `os._exit` there would end the run with whatever code, and no reports.
    """
    process, leave = os.getpid(), os._exit

    def stay(status: int) -> NoReturn:
        if os.getpid() != process:
            leave(status)
        raise SystemExit(status)

    os._exit = stay
    try:
        with put_back():
            yield
    finally:
        os._exit = leave


def _end_this_process(error: BaseException | None) -> NoReturn:
    """Without what is registered for the end of the process that it was forked from."""
    code, said = 0, ""
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        said = f"{error.code}\n" if isinstance(error.code, str) else ""
    elif error is not None:
        code, said = 1, "".join(traceback.format_exception(error))
    try:
        # its streams may be captured, by objects that end with it
        os.write(2, said.encode(errors="backslashreplace"))
    finally:
        os._exit(code & 0xFF)


def escaped(error: BaseException) -> Escaped:
    """An Exception that says the same."""
    return _stand_in(type(error).__name__)(*error.args)


@cache
def _stand_in(name: str) -> type[Escaped]:
    # as a built-in, so that a trace ends with the very name
    return type(name, (Escaped,), {"kind": name, "__module__": "builtins"})
