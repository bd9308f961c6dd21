"""What runs now, for how long, how many are left and when it will be over: a line at the bottom of a terminal, and nowhere else."""

import time

from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from support.runner.plan import Task

BETWEEN_UPDATES_SECONDS = 0.25
SHOWN_AT_ONCE = 4


class Progress:
    """The progress of one run."""

    def __init__(self, console: Console, tasks: list[Task], workers: int) -> None:
        self._console = console
        self._tasks = tasks
        self._workers = workers
        # not what the console says of itself: colours can be forced upon a file, too
        self._live = console.file.isatty() and not console.is_dumb_terminal
        self._shown = False
        self._last = 0.0
        self._expected = _expected_seconds(tasks)

    def update(self, running: list[Task]) -> None:
        """Show how things stand."""
        now = time.monotonic()
        if not self._live or (self._shown and now - self._last < BETWEEN_UPDATES_SECONDS):
            return
        self.clear()
        self._last = now
        line = Text(self.line(running), style="dim", no_wrap=True)
        line.truncate(max(self._console.width - 1, 1), overflow="ellipsis")
        self._console.print(line, end="")
        self._shown = True

    def clear(self) -> None:
        """Take the line away, so that something else can be written."""
        if self._shown:
            self._console.control(Control((ControlType.CARRIAGE_RETURN,), (ControlType.ERASE_IN_LINE, 2)))
            self._shown = False

    def line(self, running: list[Task]) -> str:
        """How things stand, in one line."""
        ended = [task for task in self._tasks if task.ended]
        failed = sum(task.scenario.status.has_failed() for task in ended)
        now = time.monotonic()
        shown = sorted((task for task in running if task.begun), key=lambda task: task.began_at)[:SHOWN_AT_ONCE]
        names = ", ".join(f"{task.scenario.name} ({now - task.began_at:.0f} s)" for task in shown)
        parts = [f"{len(ended)} of {len(self._tasks)} done", f"{failed} failed" if failed else "", self._left(now), names]
        return " | ".join(part for part in parts if part)

    def _left(self, now: float) -> str:
        if not self._expected:
            return ""
        usual = sum(self._expected) / len(self._expected)
        left = 0.0
        for task in self._tasks:
            if not task.ended:
                expected = task.expected if task.expected is not None else usual
                left += max(expected - (now - task.began_at), 0.0) if task.begun else expected
        return f"about {left / self._workers:.0f} s left"


def _expected_seconds(tasks: list[Task]) -> list[float]:
    return [task.expected for task in tasks if task.expected is not None]
