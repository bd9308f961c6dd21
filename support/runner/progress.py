"""What runs now, for how long, how many are left and when it will be over: a line at the bottom of a terminal, and nowhere else."""

import shutil
import sys
import time

from support.runner.planning.plan import Task
from support.terminal import is_able_terminal, showable, shows_colours, styled

BETWEEN_UPDATES_SECONDS = 0.25
SHOWN_AT_ONCE = 4
ERASE = "\r\x1b[2K"
"""Back to the beginning of the line, and take it away. Source: ECMA-48, EL."""


class Progress:
    """The progress of one run."""

    def __init__(self, tasks: list[Task], workers: int) -> None:
        self._tasks = tasks
        self._workers = workers
        # colours can be forced upon a file, this line cannot
        self._live = is_able_terminal(sys.stdout)
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
        line = _shortened(showable(self.line(running)), max(shutil.get_terminal_size().columns - 1, 1))
        sys.stdout.write(styled(line, "dim") if shows_colours(sys.stdout) else line)
        sys.stdout.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the line away, so that something else can be written."""
        if self._shown:
            sys.stdout.write(ERASE)
            sys.stdout.flush()
            self._shown = False

    def line(self, running: list[Task]) -> str:
        """How things stand, in one line."""
        ended = [task for task in self._tasks if task.ended]
        failed = sum(task.has_failed for task in ended)
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


def _shortened(line: str, columns: int) -> str:
    # imported here: only rich knows which letters take two columns, and hardly a run in CI shows this line
    from rich.text import Text

    text = Text(line)
    text.truncate(columns, overflow="ellipsis")
    return text.plain
