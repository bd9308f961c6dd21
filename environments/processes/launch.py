"""Start a fork server, as a child of this process or forked from one that has loaded what it needs, and end it."""

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from environments.processes.child import RUN_VARIABLE
from environments.processes.client import ForkServerGone, Processes, ProcessesError
from environments.processes.fork_server import listen
from environments.processes.variables import PROJECT_FOLDER, basic_environment

WARM_VARIABLE = "RINGMASTER_WARM_FOLDER"
"""Names a folder of control sockets: a fork server called like one of them is forked from the server that listens there."""
LONGEST_FORK = 60.0
MODULE = "environments.processes.fork_server"


class RunningForkServer:
    """A fork server that this process started; requests are taken from the first moment on."""

    def __init__(
        self,
        socket_path: Path,
        log: Path,
        *,
        name: str = "fork-server",
        nice: int = 0,
        run_id: str | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Start it; its own few lines go to `log`, `run_id` marks it and every process it makes, `variables` are for itself."""
        environment = basic_environment() | ({RUN_VARIABLE: run_id} if run_id else {}) | dict(variables or {})
        arguments = ["--socket", str(socket_path), "--name", name, "--nice", str(nice)]
        warm = Path(os.environ.get(WARM_VARIABLE, "")) / f"{name}.sock"
        made_by = _Forked(warm, name) if _answers(warm) else _Launched()
        self._made_by: _Forked | _Launched = made_by
        self.pid = made_by.start(socket_path, arguments, environment, log)
        """The server's process id (and process group)."""
        self.name = name
        self.log = log
        self.processes = Processes(socket_path)

    @property
    def exit_code(self) -> int | None:
        """None while it runs; another process than the one that started it may see -9 however it ended."""
        return self._made_by.exit_code()

    def stop(self, grace_seconds: float = 5.0) -> None:
        """End the server and all it started; idempotent."""
        self._made_by.stop(grace_seconds)


class _Launched:
    """A Python of its own, our child."""

    def start(self, socket_path: Path, arguments: list[str], environment: Mapping[str, str], log: Path) -> int:
        # the socket listens before the server runs, so nobody has to wait for it; if the server dies, a caller is told at once
        with listen(socket_path) as listener, log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, *arguments, "--listening", str(listener.fileno()), "--parent", str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(environment),
                cwd=PROJECT_FOLDER,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        self._starter = os.getpid()
        return self._process.pid

    def exit_code(self) -> int | None:
        if os.getpid() == self._starter:
            return self._process.poll()
        # only its parent can ask how a process ended, and poll() tells anybody else that it ended well
        return None if _alive(self._process.pid) else -9

    def stop(self, grace_seconds: float) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Forked:
    """A child of another fork server, which has loaded everything already; it ends with that one, and with us."""

    def __init__(self, warm: Path, name: str) -> None:
        self._warm = Processes(warm)
        self._name = f"{name}-{secrets.token_hex(4)}"

    def start(self, socket_path: Path, arguments: list[str], environment: Mapping[str, str], log: Path) -> int:
        process = self._warm.start(
            self._name,
            module=MODULE,
            arguments=[*arguments, "--owner", str(os.getpid())],
            environment=environment,
            folder=PROJECT_FOLDER,
            log=log,
        )
        # it makes its socket itself; when it has ended, nobody needs to wait for that
        not_yet = retry_if_exception(lambda error: isinstance(error, ForkServerGone) and self.exit_code() is None)
        listening = Retrying(retry=not_yet, wait=wait_fixed(0.005), stop=stop_after_delay(LONGEST_FORK), reraise=True)
        listening(Processes(socket_path).processes)
        return process.pid

    def exit_code(self) -> int | None:
        try:
            process = self._warm.find(self._name)
        except ProcessesError:
            process = None
        return -9 if process is None else process.exit_code

    def stop(self, grace_seconds: float) -> None:
        with contextlib.suppress(ProcessesError):
            self._warm.stop(self._name, grace_seconds)


def _answers(warm: Path) -> bool:
    if not warm.is_socket():
        return False
    try:
        Processes(warm).processes()
    except ForkServerGone:
        return False
    return True


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
