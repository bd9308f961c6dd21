"""The typed way to a fork server: start, list, signal, stop and watch processes.

Each call opens its own connection, so one `Processes` serves any number of threads and survives a fork.
"""

import json
import os
import signal as signals
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from environments.processes import admission, late_environment, unix_path
from environments.processes.mounts import Mount

Phase = Literal["Running", "Succeeded", "Failed"]


class ProcessesError(Exception):
    """The fork server refused a request, or cannot be reached; the text says which."""


class ForkServerGone(ProcessesError):
    """The fork server does not answer any more: it ended, and so did everything it had started."""


@dataclass(frozen=True)
class Process:
    """One process as the fork server knows it; its process group has the number `pid`."""

    name: str
    pid: int
    phase: Phase
    exit_code: int | None
    """None while it runs; negative: ended by that signal."""
    started_at: float
    """Unix seconds."""
    finished_at: float | None
    labels: Mapping[str, str]
    log: Path

    @property
    def ended(self) -> bool:
        """Whether the process is over."""
        return self.phase != "Running"

    @property
    def container_exit_code(self) -> int | None:
        """As a container's runtime tells it: a signal as 128 and its number. Source: Kubernetes, ContainerStateTerminated."""
        return 128 - self.exit_code if self.exit_code is not None and self.exit_code < 0 else self.exit_code


@dataclass(frozen=True)
class Changes:
    """The processes that changed, and the number to give to the next `watch`."""

    sequence: int
    processes: Sequence[Process]


class Processes:
    """A fork server's processes, reached through its control socket with its key."""

    def __init__(self, socket_path: Path | str, key: bytes) -> None:
        self.socket_path = Path(socket_path)
        self.key = key

    def preload(self, modules: Sequence[str]) -> float:
        """Import modules in the server; returns when that is done, with the seconds it took.

        A module that cannot be imported is named in the server's log and does not fail: its own process will say why.
        """
        return float(self._ask({"do": "preload", "modules": list(modules)})["seconds"])

    def start(
        self,
        name: str,
        *,
        module: str | None = None,
        program: Sequence[str] = (),
        arguments: Sequence[str] = (),
        environment: Mapping[str, str],
        folder: Path | str,
        log: Path | str,
        labels: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        at_once: bool = False,
        late_environment: bool = False,
    ) -> Process:
        """Start `module` (forked, run like `python -m`) or `program` (an argument list, executed) under a new name.

        `environment` is the whole environment (entries of its PYTHONPATH count for a module, too), which the server never sees, and with
        `late_environment` the module neither before it asks (see `environments.processes.late_environment`); `log` takes stdout and stderr;
        `mounts` are for this process and what it starts alone (see `environments.processes.mounts`, also for when that cannot be).
        Waits for preloads asked for earlier unless `at_once`. Raises ProcessesError, among others when the name is taken.
        """
        request = {
            "do": "start",
            "name": name,
            "module": module,
            "program": list(program),
            "arguments": list(arguments),
            "folder": str(folder),
            "log": str(log),
            "labels": dict(labels or {}),
            "mounts": [asdict(mount) for mount in mounts],
            "at_once": at_once,
            "late_environment": late_environment,
        }
        return _process(self._ask(request, environment)["process"])

    def processes(self, labels: Mapping[str, str] | None = None) -> list[Process]:
        """All processes that carry `labels`, ended ones included, in the order they were started."""
        return [_process(entry) for entry in self._ask({"do": "list", "labels": dict(labels or {})})["processes"]]

    def find(self, name: str) -> Process | None:
        """The process of that name, if there is one."""
        return next((process for process in self.processes() if process.name == name), None)

    def stop(self, name: str, grace_seconds: float = 2.0) -> Process:
        """SIGTERM to the process group, SIGKILL after `grace_seconds` (0: at once); returns when the process has ended."""
        return _process(self._ask({"do": "stop", "name": name, "grace_seconds": grace_seconds})["process"])

    def signal(self, name: str, number: int) -> Process:
        """Send a signal to the process group; nothing happens to a process that has ended."""
        return _process(self._ask({"do": "signal", "name": name, "signal": int(number)})["process"])

    def pause(self, name: str) -> Process:
        """Freeze the process group (SIGSTOP); returns when it stands still."""
        return _process(self._ask({"do": "pause", "name": name})["process"])

    def resume(self, name: str) -> Process:
        """Let a frozen process group run on (SIGCONT)."""
        return self.signal(name, signals.SIGCONT)

    def wait(self, name: str, timeout: float | None = None) -> Process:
        """The process once it has ended, or as it is after `timeout` seconds (look at `ended`)."""
        return _process(self._ask({"do": "wait", "name": name, "timeout": timeout})["process"])

    def watch(self, since: int = -1, labels: Mapping[str, str] | None = None, timeout: float | None = None) -> Changes:
        """What changed (started, ended) after `since`, waiting up to `timeout` seconds until something does."""
        answer = self._ask({"do": "watch", "since": since, "labels": dict(labels or {}), "timeout": timeout})
        return Changes(answer["sequence"], [_process(entry) for entry in answer["processes"]])

    def remove(self, name: str) -> None:
        """Forget an ended process, so that its name can be used again; raises ProcessesError while it runs."""
        self._ask({"do": "remove", "name": name})

    def shutdown(self) -> None:
        """Ask the server to end itself and all its processes; returns when it has heard."""
        self._ask({"do": "shutdown"})

    def _ask(self, request: dict[str, Any], environment: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                with unix_path.fitting(self.socket_path) as address:
                    connection.connect(address)
                with connection.makefile("rb") as answers:
                    challenge = answers.readline().decode().strip()
                    _send(connection, {**request, "proof": admission.proof(self.key, challenge)}, environment)
                    line = answers.readline()
        except OSError as error:
            raise ForkServerGone(f"the fork server at {self.socket_path} does not answer: {error.strerror or error}") from error
        if not line.endswith(b"\n"):
            raise ForkServerGone(f"the fork server at {self.socket_path} ended before it answered {request['do']!r}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ProcessesError(answer["error"])
        return answer


def _send(connection: socket.socket, request: dict[str, Any], environment: Mapping[str, str] | None) -> None:
    """Send a request; an environment goes beside it, as a descriptor."""
    line = json.dumps(request).encode() + b"\n"
    if environment is not None:
        descriptor = late_environment.put_away(environment)
        try:
            sent = socket.send_fds(connection, [line], [descriptor])
        finally:
            os.close(descriptor)
        line = line[sent:]
    connection.sendall(line)


def _process(entry: dict[str, Any]) -> Process:
    return Process(**{**entry, "log": Path(entry["log"])})
