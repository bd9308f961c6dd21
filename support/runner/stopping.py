"""What SIGINT, SIGTERM and SIGHUP do: end the run in order; a second one ends it at once.

While scenarios run on workers, a signal only wakes the runner up, so that no report is left half written.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from functools import cache
from types import FrameType


@cache
def stopping_signals() -> tuple[signal.Signals, ...]:
    """The signals that end a run; SIGHUP is none where it is ignored, as under nohup. Asked first before anything is forked."""
    hang_up = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)
    return (signal.SIGTERM, signal.SIGINT, *hang_up)


class RunStopped(KeyboardInterrupt):
    """The runner itself interrupts what runs, since the run is to end; code of the user's that raises KeyboardInterrupt is wrong."""


class SignalledStop(RunStopped):
    """A signal arrived that ends the run."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class Stopping:
    """Takes the signals for as long as its context holds."""

    def __init__(self) -> None:
        self.came: list[int] = []
        """The signals that arrived."""
        self._waking: int | None = None

    def __enter__(self) -> "Stopping":
        self._before = {number: signal.signal(number, self._take) for number in stopping_signals()}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextlib.contextmanager
    def waking(self) -> Iterator[int]:
        """Do not raise meanwhile: write to a pipe, whose end to read from is given."""
        readable, writable = os.pipe()
        os.set_blocking(readable, False)
        self._waking = writable
        try:
            yield readable
        finally:
            self._waking = None
            os.close(readable)
            os.close(writable)

    @contextlib.contextmanager
    def put_off(self) -> Iterator[None]:
        """What runs now is finished first, such as taking the platform down; only a second signal is raised."""
        held = len(self.came)
        self._most = held + 1
        try:
            yield
        finally:
            self._most = 0

    _most = 0

    def _take(self, number: int, _frame: FrameType | None) -> None:
        self.came.append(number)
        if self._waking is not None:
            os.write(self._waking, b"!")
        elif len(self.came) > self._most:
            raise SignalledStop(number)
