"""Kills what a test has started, at a moment that nobody chose."""

import subprocess
import threading
from collections.abc import Sequence

from environments.processes.variables import PROJECT_FOLDER


def kill_in_phase(command: Sequence[str], phase: str, seconds: float) -> None:
    """Start a program, wait until it prints the name of a phase, and kill it so long after that."""
    with subprocess.Popen(command, cwd=PROJECT_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        seen = next((line for line in started.stdout if line.strip() == phase), None)
        # this waits for nothing
        threading.Event().wait(seconds)
        started.kill()
    assert seen is not None, "it never got there; what it wrote above says why"
