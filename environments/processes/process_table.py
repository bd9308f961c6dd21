"""What the kernel says of one process. Source: proc(5); psutil says it too, but takes longer to import than most of a run's start."""

import os
from dataclasses import dataclass
from pathlib import Path

STATE, STARTED = 0, 19
"""Places among the fields that come after the name, which may hold anything."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Row:
    """One process: its state (R runs, S sleeps, T is stopped, Z is what remains of it, ...), and when it started."""

    state: str
    seconds_from_boot: float


def row_of(pid: int) -> Row | None:
    """The process of that number; None when there is none."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = line.rpartition(")")[2].split()
    return Row(fields[STATE], int(fields[STARTED]) / TICKS)
