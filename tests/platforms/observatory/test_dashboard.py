"""The program in the terminal, run by itself in one."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from hamcrest import contains_string, empty, not_

from environments.platforms.observatory import pseudo_terminal
from support.waiting import eventually

PROGRAM = Path(pseudo_terminal.__file__).parent / "dashboard.py"
RULE = "\u2500"
WIDE = 20_000
"""Columns."""


class Dashboard:
    """One in a window of its own, which nobody answers."""

    def __init__(self) -> None:
        self.window, program_side = pty.openpty()
        variables = {"PATH": os.environ["PATH"], "TERM": "xterm"}
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM)], stdin=program_side, stdout=program_side, stderr=program_side, env=variables
        )
        os.close(program_side)
        os.set_blocking(self.window, False)
        self.shown = ""

    def look(self) -> str:
        """All that it has written until now."""
        try:
            while piece := os.read(self.window, 65536):
                self.shown += piece.decode(errors="replace")
        except OSError:
            pass
        return self.shown

    def resize(self, columns: int) -> None:
        """Make its window that wide; the program is told."""
        fcntl.ioctl(self.window, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)


@pytest.fixture
def dashboard() -> Iterator[Dashboard]:
    started = Dashboard()
    yield started
    started.process.kill()
    started.process.wait()
    os.close(started.window)


def test_a_window_may_change_while_the_screen_is_written(dashboard: Dashboard) -> None:
    eventually("the first screen", dashboard.look, contains_string("N new task"), within=20)
    # more than a terminal takes before somebody reads: from then on it is in the midst of writing
    dashboard.resize(WIDE)
    eventually("the beginning of the screen", lambda: select.select([dashboard.window], [], [], 0)[0], not_(empty()), within=20)
    dashboard.resize(77)
    eventually("the last size", lambda: dashboard.look()[-2000:], contains_string(f"\r\n{RULE * 77}\r\n"), within=20)
    assert "Traceback" not in dashboard.shown
    assert dashboard.process.poll() is None
