"""What the kernel says of processes. Source: proc(5); psutil says it too, but takes longer to import than most of a run's start."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

STATE, PARENT, GROUP, SESSION, STARTED = 0, 1, 2, 3, 19
"""Places among the fields that come after the name, which may hold anything."""
TICKS = os.sysconf("SC_CLK_TCK")


class Row(NamedTuple):
    """One process: its state (R runs, S sleeps, T is stopped, Z is what remains of it, ...), whose it is, and when it started."""

    pid: int
    state: str
    parent: int
    group: int
    session: int
    seconds_from_boot: float

    def carries(self, variable: str, value: str) -> bool:
        """Whether it began with that environment variable; what this user may not read carries nothing."""
        try:
            environment = Path(f"/proc/{self.pid}/environ").read_bytes()
        except OSError:
            return False
        return f"{variable}={value}".encode() in environment.split(b"\0")


def row_of(pid: int) -> Row | None:
    """The process of that number; None when there is none, or it is hidden from this user."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    fields = line.rpartition(")")[2].split()
    parent, group, session = (int(fields[place]) for place in (PARENT, GROUP, SESSION))
    return Row(pid, fields[STATE], parent, group, session, int(fields[STARTED]) / TICKS)


def all_rows() -> Iterator[Row]:
    """Every process there is."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (row := row_of(int(folder.name))) is not None:
            yield row


def seconds_waited(session: int) -> float:
    """How long the processes of a session have waited for a processor, all threads together; 0 where the kernel does not tell.

    Source: the kernel's documentation, scheduler/sched-stats (`/proc/<pid>/schedstat`: nanoseconds on a processor, and waiting for one).
    """
    threads = (folder for row in all_rows() if row.session == session for folder in Path(f"/proc/{row.pid}/task").glob("*"))
    return sum(_nanoseconds_waited(folder) for folder in threads) / 1e9


def _nanoseconds_waited(thread: Path) -> int:
    try:
        return int((thread / "schedstat").read_text(encoding="utf-8").split()[1])
    except (OSError, IndexError):
        # it ended meanwhile, or this kernel does not count
        return 0
