"""The processes of a run: told from strangers for certain, and ended with all they started."""

import os
from collections.abc import Iterable, Sequence

from environments.processes.process_table import Row, all_rows, row_of
from environments.processes.variables import RUN_VARIABLE

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
    killed: list[str] = []
    for _ in range(ROUNDS):
        # in rounds: a process may start another one while we look
        leaders = {pid: name for name, pid, started in recorded if alive_and_same(pid, started)}
        victims = [row for row in _not_ourselves() if _belongs(row, run_id, leaders)]
        if not victims:
            break
        # leaders last: as long as one lives, the number of its session belongs to nobody else
        killed += _kill(sorted(victims, key=lambda row: row.pid in leaders), leaders)
    return killed


def _kill(victims: Sequence[Row], leaders: dict[int, str]) -> list[str]:
    # only where there is something to end
    import psutil

    killed, dying = [], []
    for row in victims:
        try:
            victim = psutil.Process(row.pid)
            name = leaders.get(row.pid) or victim.name()
            if alive_and_same(row.pid, row.seconds_from_boot):
                # psutil compares the start time once more before it sends
                victim.kill()
                dying.append(victim)
                killed.append(f"process {name} ({row.pid})")
        except psutil.Error:
            continue
    # short: one that nobody reaps would be waited for in vain
    psutil.wait_procs(dying, timeout=0.1)
    return killed


def _not_ourselves() -> Iterable[Row]:
    spared = set()
    row = row_of(os.getpid())
    while row is not None:
        spared.add(row.pid)
        row = row_of(row.parent)
    return (row for row in all_rows() if row.pid not in spared)


def _belongs(row: Row, run_id: str, leaders: dict[int, str]) -> bool:
    if row.state == "Z":
        return False
    return row.pid in leaders or row.session in leaders or row.group in leaders or row.carries(RUN_VARIABLE, run_id)
