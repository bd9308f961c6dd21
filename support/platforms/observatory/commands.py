"""Ringmaster's own commands, run as people and CI run them, in a process of their own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from support.evidence.kinds import Kind
from support.evidence.recorder import record

LONGEST_SECONDS = 120


@dataclass(frozen=True)
class Ended:
    """What a command said, and how it ended."""

    exit_code: int
    output: str
    """What it printed for people and programs."""
    complaints: str


def ringmaster(*arguments: str, variables: Mapping[str, str] | None = None) -> Ended:
    """Run `ringmaster` with these arguments; raises subprocess.TimeoutExpired."""
    ended = subprocess.run(
        [sys.executable, "-m", "support", *arguments],
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **(variables or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    record(Kind.CALL, f"ringmaster {' '.join(arguments)}", f"exit code {ended.returncode}\n{ended.stdout}{ended.stderr}")
    return Ended(ended.returncode, ended.stdout, ended.stderr)
