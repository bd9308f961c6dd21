"""A server that preloads modules once and forks: a Python service or a training pod then starts in milliseconds.

`python -m environments.processes.fork_server --socket PATH`. Source: our choice (the operations are those that `ForkServer` lists).

It is one thread and one loop. It ends, and everything it started with it, on SIGTERM, on {"do": "shutdown"}, or when its parent is gone.
"""

import argparse
import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from environments.processes import child, unix_path
from environments.processes.admission import Admission
from environments.processes.connections import Answer, Connection, Connections
from environments.processes.kernel import adopt_orphans, be_told_of_parents_end, name_this_process
from environments.processes.process_requests import GRACE_AT_END_SECONDS, ProcessRequests
from environments.processes.table import Table

PARENT_CHECK_SECONDS = 1.0
OUR_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP)


class EndNow(BaseException):
    """Raised by a signal handler to break off an import that takes long."""


class ForkServer:
    """The loop: answer requests, preload, fork, reap, and end everything at the end."""

    def __init__(self, listener: socket.socket, key: Admission, parent: int, owner: int | None = None) -> None:
        """Serve who has the key, as long as the process `parent` is our parent and the process `owner`, if there is one, runs."""
        self._parent = parent
        self._owner = None if owner is None else os.pidfd_open(owner)
        self._table = Table()
        self._key = key
        self._connections = Connections(listener, key)
        processes = ProcessRequests(self._table, self._connections)
        self._operations: dict[str, Callable[[Connection, dict[str, Any]], Answer | None]] = {
            "preload": self._preload,
            "start": self._start,
            "shutdown": self._shutdown,
            **{name: getattr(processes, name) for name in ("list", "signal", "pause", "stop", "wait", "watch", "remove")},
        }
        self._work: deque[Callable[[], None]] = deque()
        self._ending = False
        self._importing = False

    def run(self) -> None:
        """Serve until asked to end; then end every process, at once if the parent is gone."""
        adopt_orphans()
        for number in OUR_SIGNALS:
            signal.signal(number, self._note_signal)
        # a signal wakes the loop through this socket
        signal.set_wakeup_fd(self._connections.wakeup_number)
        be_told_of_parents_end(signal.SIGHUP)
        while not self._ending and self._parent_lives():
            self._turn()
        end_everything(self._table, GRACE_AT_END_SECONDS if self._parent_lives() else 0)

    def _turn(self) -> None:
        for connection, request in self._connections.requests(self._patience()):
            self._connections.answer(connection, self._handle(connection, request))
        self._table.reap()
        self._table.kill_overdue()
        self._connections.answer_waiters()
        if self._work:
            self._work.popleft()()

    def _patience(self) -> float:
        if self._work:
            return 0
        deadlines = [deadline for deadline in (self._table.next_deadline(), self._connections.next_deadline()) if deadline is not None]
        return max(0.0, min([PARENT_CHECK_SECONDS, *(deadline - time.monotonic() for deadline in deadlines)]))

    def _parent_lives(self) -> bool:
        owner_ended = self._owner is not None and bool(select.select([self._owner], [], [], 0)[0])
        return os.getppid() == self._parent and not owner_ended

    def _note_signal(self, number: int, _frame: FrameType | None) -> None:
        if number in (signal.SIGTERM, signal.SIGINT):
            self._ending = True
        # SIGHUP also comes when only the thread that started us ended
        if self._importing and (self._ending or not self._parent_lives()):
            raise EndNow

    def _handle(self, connection: Connection, request: dict[str, Any]) -> Answer | None:
        operation = self._operations.get(str(request.get("do")))
        if operation is None:
            return {"error": f"unknown operation {request.get('do')!r}"}
        try:
            answer = operation(connection, request)
        except (LookupError, ValueError, TypeError, OSError) as error:
            answer = {"error": str(error.args[-1] if error.args else error)}
        return answer

    def _preload(self, connection: Connection, request: dict[str, Any]) -> None:
        began = time.monotonic()
        failed: dict[str, str] = {}
        for module in request["modules"]:
            self._work.append(partial(self._import, module, failed))

        def finish() -> None:
            # what is loaded stays: the collector need not touch, and so copy, its pages in every child
            gc.freeze()
            self._connections.answer(connection, {"ok": True, "seconds": time.monotonic() - began, "failed": failed})

        self._work.append(finish)

    def _import(self, module: str, failed: dict[str, str]) -> None:
        gc.disable()
        try:
            self._importing = True
            importlib.import_module(module)
        except EndNow:
            self._ending = True
        except Exception as error:
            failed[module] = f"{type(error).__name__}: {error}"
            sys.stderr.write(f"{module} is not preloaded: {failed[module]}\n")
        finally:
            self._importing = False
            gc.enable()

    def _start(self, connection: Connection, request: dict[str, Any]) -> Answer | None:
        start = child.Start.from_request(request)
        if start.name in self._table or any(getattr(work, "name", None) == start.name for work in self._work):
            raise ValueError(f"a process named {start.name!r} is already there")
        if not connection.descriptors:
            raise ValueError(f"a start needs an environment, which comes beside the request: {start.name!r}")
        environment = connection.descriptors.pop()
        if self._work and not request.get("at_once"):
            self._work.append(WaitingStart(start.name, environment, lambda: self._start_late(connection, start, environment)))
            return None
        return self._fork(start, environment)

    def _start_late(self, connection: Connection, start: child.Start, environment: int) -> None:
        self._connections.answer(connection, self._fork(start, environment))

    def _forget(self) -> None:
        """Close and clear, in a forked child, what is the server's alone, and what is waiting for other children."""
        self._key.forget()
        self._connections.close_all()
        for work in self._work:
            if isinstance(work, WaitingStart):
                os.close(work.environment)

    def _fork(self, start: child.Start, environment: int) -> Answer:
        server = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        # a signal to the child must meet the child's handlers, not ours
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, OUR_SIGNALS)
        try:
            pid = os.fork()
            if pid == 0:
                child.run(start, environment, self._forget, server)
        except OSError as error:
            return {"error": f"process {start.name!r} cannot be made: {error.strerror}"}
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            os.close(environment)
        return {"process": self._table.add(start.name, pid, start.labels, start.log).as_answer()}

    def _shutdown(self, _connection: Connection, _request: dict[str, Any]) -> Answer:
        self._ending = True
        return {"ok": True}


class WaitingStart:
    """A start that waits until what was asked to be preloaded before it is there."""

    def __init__(self, name: str, environment: int, do: Callable[[], None]) -> None:
        self.name = name
        self.environment = environment
        self._do = do

    def __call__(self) -> None:
        self._do()


def end_everything(table: Table, grace_seconds: float) -> None:
    """End every process: SIGTERM and up to `grace_seconds` for all together, then SIGKILL, also to what left its process group."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    for record in table.running():
        record.ask_to_end(grace_seconds)
    deadline = time.monotonic() + grace_seconds
    while table.running() and (left := deadline - time.monotonic()) > 0:
        signal.sigtimedwait([signal.SIGCHLD], left)
        table.reap()
    for record in table.running():
        record.send(signal.SIGKILL)
    _kill_strays()


def _kill_strays() -> None:
    # all our descendants' orphans are our children (see adopt_orphans), so this finds whoever made a session of its own
    import psutil

    while strays := psutil.Process().children(recursive=True):
        for stray in strays:
            try:
                stray.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(strays, timeout=1)


def listen(path: Path) -> socket.socket:
    """A listening Unix socket that only this user can reach."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with unix_path.fitting(path) as address:
        listener.bind(address)
    path.chmod(0o600)
    listener.listen(128)
    return listener


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="fork_server", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--socket", type=Path, required=True, help="path of the control socket")
    parser.add_argument("--key-file", type=Path, required=True, help="file that holds the key of those who may ask; it is removed")
    parser.add_argument("--listening", type=int, help="number of an inherited descriptor that already listens on it")
    parser.add_argument("--parent", type=int, default=os.getppid(), help="end when this process is not the parent any more")
    parser.add_argument("--owner", type=int, help="end when this process does, too")
    parser.add_argument("--also-user", type=int, help="number of another user who may ask, with the key like everybody")
    parser.add_argument("--name", default="fork-server", help="name shown by ps")
    parser.add_argument("--nice", type=int, default=0, help="added to the niceness of this process and all it starts")
    arguments = parser.parse_args()
    name_this_process(arguments.name)
    os.nice(arguments.nice)
    listener = listen(arguments.socket) if arguments.listening is None else socket.socket(fileno=arguments.listening)
    try:
        ForkServer(listener, Admission(arguments.key_file, arguments.also_user), arguments.parent, arguments.owner).run()
    except ProcessLookupError:
        sys.stderr.write("whoever wanted this fork server has ended already\n")
    finally:
        arguments.socket.unlink(missing_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    # taking apart what was preloaded would only take time
    os._exit(0)


if __name__ == "__main__":
    main()
