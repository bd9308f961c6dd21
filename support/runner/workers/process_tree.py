"""The runner's side of its processes: the fork hosts, the workers, what is said between them, and how each one ended."""

import contextlib
import os
import selectors
import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from support.runner.planning.plan import ForkPoint, ForkRun, Layer, Task
from support.runner.workers.fork_host import ForkHost
from support.runner.workers.forking import OutputFile, fork
from support.runner.workers.wire import Channel, Journal, Message, channel_pair


@dataclass(eq=False, repr=False)
class ProcessHandle:
    """A process of the runner's, as the runner sees it."""

    token: int
    fork_point: ForkPoint
    channel: Channel
    output: OutputFile
    journal: Journal | None
    """A worker's."""
    host: "ProcessHandle | None"
    number: int = 0
    """A worker's number, from 1; 0 for a host."""
    pid: int | None = None
    given: deque[Task] = field(default_factory=deque)
    """What a worker runs now, and what it has to run after that."""
    told_to_end: bool = False
    ready: bool = False
    """A host's hooks went well, or it has none."""
    failed: bool = False
    closed: bool = False
    """A host's last hooks are over; it lives on for workers that have cleanups left."""
    left: set[Layer] = field(default_factory=set)
    """What a worker has cleanups for, and was not told yet that it is over."""
    busy_since: float | None = None
    """Since when it runs hooks or cleanups around scenarios."""
    kill_at: float | None = None
    said_good_bye: bool = False

    @property
    def task(self) -> Task | None:
        """What a worker runs now."""
        return self.given[0] if self.given else None

    @property
    def rests(self) -> bool:
        """Whether a worker runs no more scenarios, and only waits for something to be over that it has cleanups for."""
        return self.told_to_end and bool(self.left)

    @property
    def is_worker(self) -> bool:
        """Whether it runs scenarios, rather than forks who does."""
        return self.number > 0

    def send(self, *message: object) -> None:
        """Tell it something; nothing happens when it is gone, since its end is reported otherwise."""
        with contextlib.suppress(OSError):
            self.channel.send(*message)

    def signal(self, number: int) -> None:
        """Send it a signal, if it was made already and lives."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    @property
    def written(self) -> int:
        """How many bytes a worker has written down since it was last idle."""
        return self.journal.size if self.journal is not None else 0

    def is_busy(self) -> None:
        """It runs hooks or cleanups around scenarios now."""
        self.busy_since = time.monotonic()

    def is_idle(self) -> None:
        """They are over."""
        self.busy_since = self.kill_at = None

    def begin_anew(self) -> None:
        """A worker that is idle gets something to do: what it wrote before is forgotten."""
        self.kill_at = None
        if self.journal is not None:
            self.journal.begin_anew()

    def close(self) -> None:
        """Let go of everything shared with it."""
        self.channel.close()
        self.output.close()
        if self.journal is not None:
            self.journal.close()

    def kill(self) -> None:
        """End it and what it started, without warning."""
        self.signal(signal.SIGKILL)
        self.kill_group()

    def kill_group(self) -> None:
        """End what it started, without warning."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)


class ProcessTree:
    """All processes of one pass over the features."""

    def __init__(self, run: ForkRun, heard: Callable[[ProcessHandle, Message], None], ended: Callable[[ProcessHandle, int], None]) -> None:
        """Watch the processes of a run.

        Args:
            run: what every process has from the runner.
            heard: called with everything a process says of its work.
            ended: called when a process has ended, after all it said, with its exit code (negative: the signal).
        """
        self.run = run
        self.heard = heard
        self.ended = ended
        self.hosts: dict[ForkPoint, ProcessHandle] = {}
        self.workers: list[ProcessHandle] = []
        self.selector: selectors.BaseSelector = selectors.DefaultSelector()
        self._by_token: dict[int, ProcessHandle] = {}
        self._tokens = 0

    def begin(self) -> None:
        """Fork the host of the run, from which all others come."""
        ours, theirs = channel_pair()
        output = OutputFile()
        fork_point = self.run.plan.run
        root = ProcessHandle(0, fork_point, ours, output, None, None)

        def run() -> None:
            ours.close()
            ForkHost(self.run, fork_point, Channel(theirs), output.descriptor).serve()

        root.pid = fork("runner-host", output.descriptor, run)
        theirs.close()
        self._add(root)
        self.hosts[fork_point] = root

    def host_of(self, fork_point: ForkPoint) -> ProcessHandle:
        """The host of a fork_point, made if need be."""
        if fork_point not in self.hosts:
            parent = self.host_of(fork_point.parent or self.run.plan.run)
            self.hosts[fork_point] = self._fork(parent, fork_point, "host", fork_point.number, f"host-{fork_point.number}")
            self.hosts[fork_point].is_busy()
        return self.hosts[fork_point]

    def new_worker(self, fork_point: ForkPoint, number: int) -> ProcessHandle:
        """A worker forked from a fork_point's host; it can be given its first scenario at once."""
        worker = self._fork(self.host_of(fork_point), fork_point, "worker", number, f"worker-{number}")
        worker.number = number
        self.workers.append(worker)
        return worker

    @property
    def handles(self) -> list[ProcessHandle]:
        """Workers and hosts."""
        return [*self.workers, *self.hosts.values()]

    def workers_in(self, fork_point: ForkPoint) -> list[ProcessHandle]:
        """Those that were forked from it, or from one within it."""
        return [worker for worker in self.workers if worker.fork_point.is_within(fork_point)]

    def listen(self, timeout: float | None, also: dict[int, Callable[[], None]]) -> None:
        """Wait until a process says something or ends, or until another descriptor is readable, and deal with it."""
        for key, _ in self.selector.select(timeout):
            if isinstance(key.data, ProcessHandle):
                self._hear(key.data)
            else:
                also[key.fd]()

    def forget(self, worker: ProcessHandle) -> None:
        """Let go of a worker that its host never made."""
        if self._by_token.pop(worker.token, None) is not None:
            self.workers.remove(worker)
            self.selector.unregister(worker.channel)
            worker.close()

    def kill_all(self) -> None:
        """End every process without warning, and wait for the end of all."""
        for worker in self.workers:
            worker.kill()
        root = self.hosts.get(self.run.plan.run)
        if root is not None and root.pid is not None:
            root.kill()
            with contextlib.suppress(ChildProcessError):
                os.waitpid(root.pid, 0)

    def close(self) -> None:
        """Let go of all channels and files."""
        for handle in self._by_token.values():
            handle.close()
        self.selector.close()

    def _fork(self, host: ProcessHandle, fork_point: ForkPoint, kind: str, number: int, name: str) -> ProcessHandle:
        ours, theirs = channel_pair()
        self._tokens += 1
        handle = ProcessHandle(self._tokens, fork_point, ours, OutputFile(), Journal() if kind == "worker" else None, host)
        descriptors = [theirs.fileno(), handle.output.descriptor, *([handle.journal.descriptor] if handle.journal else [])]
        with contextlib.suppress(OSError):
            host.channel.send(kind, handle.token, number, name, descriptors=tuple(descriptors))
        theirs.close()
        self._add(handle)
        return handle

    def _add(self, handle: ProcessHandle) -> None:
        self._by_token[handle.token] = handle
        self.selector.register(handle.channel, selectors.EVENT_READ, handle)

    def read_journals(self) -> None:
        """Hear what the workers wrote down meanwhile."""
        for worker in list(self.workers):
            self._read_journal(worker)

    def _read_journal(self, worker: ProcessHandle) -> None:
        if worker.journal is not None and worker.task is not None:
            for message in worker.journal.read():
                self.heard(worker, message)

    def _hear(self, handle: ProcessHandle) -> None:
        if handle.token not in self._by_token:
            # it was closed while others that were heard at the same time were looked after
            return
        self._read_journal(handle)
        for message in handle.channel.receive_available():
            if message[0] == "forked":
                if message[1] in self._by_token:
                    self._by_token[message[1]].pid = message[2]
            elif message[0] == "ended":
                self._end(message[1], message[2])
            elif message[0] == "look":
                # its journal says at what
                continue
            else:
                self.heard(handle, message)
        if handle.channel.ended and handle.token in self._by_token:
            self.selector.unregister(handle.channel)
            if handle.host is None:
                _, status = os.waitpid(handle.pid or 0, 0)
                self._end(handle.token, os.waitstatus_to_exitcode(status))

    def _end(self, token: int, exit_code: int) -> None:
        handle = self._by_token.get(token)
        if handle is None:
            return
        self._read_journal(handle)
        if not handle.channel.ended:
            for message in handle.channel.receive_available():
                self.heard(handle, message)
            with contextlib.suppress(KeyError):
                self.selector.unregister(handle.channel)
        del self._by_token[token]
        if handle.is_worker:
            self.workers.remove(handle)
            # whatever its steps started and left behind
            handle.kill_group()
        else:
            del self.hosts[handle.fork_point]
            self._end_children(handle, exit_code)
        self.ended(handle, exit_code)
        handle.close()

    def _end_children(self, host: ProcessHandle, exit_code: int) -> None:
        # a child dies with its parent, and nobody is left to report its end
        for child in [each for each in self._by_token.values() if each.host is host]:
            child.kill()
            self._end(child.token, exit_code)


def seconds_until(deadlines: list[float]) -> float | None:
    """How long to wait for the earliest of some moments; None without one."""
    return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
