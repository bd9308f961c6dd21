"""What is not an Exception (SystemExit, CancelledError, KeyboardInterrupt, ...), raised by code of the user's, is an error like others.

Else it would pass every `except Exception` of behave's and end the process, or the run, as if nothing had failed.
"""

from functools import cache
from types import TracebackType

from support.runner.stopping import RunStopped


class Escaped(Exception):
    """Stands for what was raised; its class has that one's name."""

    kind = ""


class UserCode:
    """Where code of the user's runs: nothing but Exceptions and the runner's own stop come out."""

    def __enter__(self) -> None:
        """Nothing has to be prepared."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Raises Escaped for what is no Exception."""
        if error is not None and not isinstance(error, (Exception, RunStopped)):
            raise escaped(error).with_traceback(trace) from None


def escaped(error: BaseException) -> Escaped:
    """An Exception that says the same."""
    return _stand_in(type(error).__name__)(*error.args)


@cache
def _stand_in(name: str) -> type[Escaped]:
    # as a built-in, so that a trace ends with the very name
    return type(name, (Escaped,), {"kind": name, "__module__": "builtins"})
