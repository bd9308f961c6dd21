"""What the fork server knows of each process it made, ended ones included, and how it ends them."""

import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

RUNNING, SUCCEEDED, FAILED = "Running", "Succeeded", "Failed"


@dataclass
class Record:
    """One process; its process group and session have the number `pid`."""

    name: str
    pid: int
    labels: dict[str, str]
    log: str
    started_at: float
    changed: int
    phase: str = RUNNING
    exit_code: int | None = None
    finished_at: float | None = None
    kill_at: float | None = field(default=None)

    def as_answer(self) -> dict[str, object]:
        """The process as the control socket shows it."""
        return {key: value for key, value in vars(self).items() if key not in ("changed", "kill_at")}

    def send(self, number: int) -> None:
        """Send a signal to the whole process group."""
        if self.phase == RUNNING:
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                # between fork and setsid the group does not exist yet
                os.kill(self.pid, number)

    def is_paused(self) -> bool:
        """Whether SIGSTOP has taken effect (it may take a moment)."""
        return self.phase == RUNNING and os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None

    def ask_to_end(self, grace_seconds: float) -> None:
        """SIGTERM now (a paused process is woken to see it), SIGKILL once `grace_seconds` are over."""
        if grace_seconds > 0:
            self.send(signal.SIGTERM)
            self.send(signal.SIGCONT)
            self.kill_at = time.monotonic() + grace_seconds
        else:
            self.send(signal.SIGKILL)


class Table:
    """All processes by name, with a sequence number that grows with each change."""

    def __init__(self) -> None:
        self.sequence = 0
        self._by_name: dict[str, Record] = {}
        self._running: dict[int, Record] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def get(self, name: object) -> Record:
        """The process of that name; raises LookupError with a text for the caller."""
        if not isinstance(name, str) or name not in self._by_name:
            raise LookupError(f"there is no process named {name!r}")
        return self._by_name[name]

    def add(self, name: str, pid: int, labels: dict[str, str], log: str) -> Record:
        """Note a process that was just made."""
        self.sequence += 1
        record = Record(name=name, pid=pid, labels=labels, log=log, started_at=time.time(), changed=self.sequence)
        self._by_name[name] = self._running[pid] = record
        return record

    def remove(self, name: object) -> None:
        """Forget an ended process; raises LookupError while it runs or if there is none."""
        if self.get(name).phase == RUNNING:
            raise LookupError(f"process {name!r} is still running")
        del self._by_name[str(name)]
        self.sequence += 1

    def running(self) -> Iterable[Record]:
        """The processes that have not ended."""
        return list(self._running.values())

    def matching(self, labels: dict[str, str], since: int = -1) -> Iterator[Record]:
        """The processes that carry all of `labels` and changed after `since`."""
        for record in self._by_name.values():
            if record.changed > since and labels.items() <= record.labels.items():
                yield record

    def reap(self) -> None:
        """Take note of every process that ended, and kill what it left behind in its process group."""
        while (pid := _ended_child()) is not None:
            record = self._running.pop(pid, None)
            if record is not None:
                # before it is reaped its number cannot belong to a stranger
                record.send(signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            if record is not None:
                self._note_end(record, os.waitstatus_to_exitcode(status))

    def kill_overdue(self) -> None:
        """SIGKILL every process group whose grace is over."""
        now = time.monotonic()
        for record in self.running():
            if record.kill_at is not None and record.kill_at <= now:
                record.kill_at = None
                record.send(signal.SIGKILL)

    def next_deadline(self) -> float | None:
        """When `kill_overdue` must be called next, on the monotonic clock."""
        return min((record.kill_at for record in self.running() if record.kill_at is not None), default=None)

    def _note_end(self, record: Record, exit_code: int) -> None:
        self.sequence += 1
        record.changed = self.sequence
        record.exit_code = exit_code
        record.phase = SUCCEEDED if exit_code == 0 else FAILED
        record.finished_at = time.time()
        record.kill_at = None


def _ended_child() -> int | None:
    try:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return ended.si_pid if ended is not None else None
