"""The processes of a run: told from strangers for certain, and ended with all they started."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from environments.processes.child import RUN_VARIABLE
from environments.processes.process_table import row_of

if TYPE_CHECKING:
    import psutil

SAME_START_SECONDS = 0.005
"""Start times are counted in ticks of 0.01 s."""

ROUNDS = 50


def seconds_from_boot_to_start(pid: int) -> float | None:
    """When a process started, on a clock that nobody sets; None when there is none, or only its remains."""
    row = row_of(pid)
    return None if row is None or row.state == "Z" else row.seconds_from_boot


def alive_and_same(pid: int, started: float) -> bool:
    """Whether the process of that number runs and is the one that started then (numbers are used again)."""
    found = seconds_from_boot_to_start(pid)
    return found is not None and abs(found - started) < SAME_START_SECONDS


def kill_processes_of(run_id: str, recorded: list[tuple[str, int, float]]) -> list[str]:
    """SIGKILL every recorded (name, pid, start), whatever shares its session, and whatever carries the run's mark; tells which."""
    # here and below: only where there is something to end
    import psutil

    killed: list[str] = []
    for _ in range(ROUNDS):
        # in rounds: a process may start another one while we look
        leaders = {pid: name for name, pid, started in recorded if alive_and_same(pid, started)}
        victims = [process for process in _not_ourselves() if _belongs(process, run_id, leaders)]
        if not victims:
            break
        # leaders last: as long as one lives, the number of its session belongs to nobody else
        for victim in sorted(victims, key=lambda process: process.pid in leaders):
            killed += _kill(victim, leaders)
        # short: one that nobody reaps would be waited for in vain
        psutil.wait_procs(victims, timeout=0.1)
    return killed


def _kill(victim: "psutil.Process", leaders: dict[int, str]) -> list[str]:
    import psutil

    try:
        name = leaders.get(victim.pid) or victim.name()
        # psutil compares the start time once more before it sends
        victim.kill()
    except psutil.Error:
        return []
    return [f"process {name} ({victim.pid})"]


def _not_ourselves() -> "Iterable[psutil.Process]":
    import psutil

    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [process for process in psutil.process_iter() if process.pid not in spared]


def _belongs(process: "psutil.Process", run_id: str, leaders: dict[int, str]) -> bool:
    import psutil

    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.pid in leaders or os.getsid(process.pid) in leaders or os.getpgid(process.pid) in leaders:
            return True
        return bool(process.environ().get(RUN_VARIABLE) == run_id)
    except (psutil.Error, ProcessLookupError, PermissionError):
        return False
