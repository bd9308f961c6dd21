"""How a scenario under way is interrupted in its worker: because its budget is used up, or because the run is to stop."""

import contextlib
import faulthandler
import signal
import sys
from collections.abc import Iterator
from types import FrameType, TracebackType

from support.runner.stopping import RunStopped, stopping_signals
from support.runner.workers.wire import Channel

OVER_BUDGET = signal.SIGRTMIN + 1


class BudgetExceeded(Exception):
    """A budget of time is used up; the text says which, and what was waited for."""

    @property
    def headline(self) -> str:
        """For reports: which budget; what was waited for stands below it."""
        return str(self).partition("\n")[0]


class HeldBack:
    """Within it a message is being sent, and an interrupt waits for its end; entered a dozen times a scenario, so it is no generator."""

    def __init__(self) -> None:
        self.depth = 0
        self.pending: BaseException | None = None

    def __enter__(self) -> None:
        """A message begins."""
        self.depth += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """It is sent. Raises the interrupt that waited for that."""
        self.depth -= 1
        if error is None and self.pending is not None:
            pending, self.pending = self.pending, None
            raise pending


class Interrupts:
    """Raises what the runner asks for in the step that runs, once a scenario, and never between scenarios or within a message."""

    def __init__(self, channel: Channel, output: int) -> None:
        self._channel = channel
        self._output = output
        self._wanted = False
        self.held_back = HeldBack()
        self._over_budget = ""
        self._interrupted = False
        self.stopped = False
        """No further scenario is to begin."""

    def listen(self) -> None:
        """Take the signals from now on."""
        for number in stopping_signals():
            signal.signal(number, self._stop)
        signal.signal(OVER_BUDGET, self._exceeded)
        # written by the signal itself, also where no Python code comes to run any more
        faulthandler.register(OVER_BUDGET, file=self._output, all_threads=True, chain=True)
        faulthandler.enable(file=self._output)

    @contextlib.contextmanager
    def let_through(self) -> Iterator[None]:
        """A scenario runs."""
        self._wanted = True
        try:
            yield
        finally:
            self._wanted = False
            self.held_back.pending = None

    def take(self) -> tuple[str, bool]:
        """Which budget was used up and whether the run is to stop, since the last time."""
        taken = self._over_budget, self._interrupted
        self._over_budget, self._interrupted = "", False
        return taken

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopped = True
        if self._wanted:
            self._interrupted = True
            self._raise(RunStopped("the run was stopped"))

    def _exceeded(self, _number: int, _frame: FrameType | None) -> None:
        if not self._wanted:
            return
        # the runner wrote why before it sent the signal
        self._over_budget = str(self._channel.receive_next("budget")[1])
        wait = _wait_under_way()
        self._raise(BudgetExceeded(self._over_budget + (f"\n{wait}" if wait else "")))

    def _raise(self, error: BaseException) -> None:
        # once: what comes after it is hooks and cleanups
        self._wanted = False
        if self.held_back.depth:
            self.held_back.pending = error
        else:
            raise error


def _wait_under_way() -> str:
    # only if the steps wait with it: its import takes as long as everything else that a run begins with
    waiting = sys.modules.get("support.waiting")
    return str(waiting.wait_under_way()) if waiting is not None else ""
