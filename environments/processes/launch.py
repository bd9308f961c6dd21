"""Start a fork server, as a child of this process or forked from one that has loaded what it needs, and end it."""

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from environments.processes import admission
from environments.processes.client import ForkServerGone, Processes, ProcessesError
from environments.processes.fork_server import listen
from environments.processes.variables import PROJECT_FOLDER, RUN_VARIABLE, basic_environment

WARM_VARIABLE = "RINGMASTER_WARM_FOLDER"
"""Names a folder of control sockets: a fork server called like one of them is forked from the server that listens there."""
SHARED_KEY = ".shared-key"
FORK_SERVER = "fork-server"
LONGEST_FORK = 60.0
MODULE = "environments.processes.fork_server"


class RunningForkServer:
    """A fork server that this process started; requests are taken from the first moment on."""

    def __init__(
        self,
        socket_path: Path,
        log: Path,
        *,
        name: str = FORK_SERVER,
        nice: int = 0,
        run_id: str | None = None,
        variables: Mapping[str, str] | None = None,
        key: bytes | None = None,
        checkout: Path = PROJECT_FOLDER,
    ) -> None:
        """Start it; its own few lines go to `log`, `run_id` marks it and every process it makes, `variables` are for itself.

        `key` is for those who may ask it (see `environments.processes.admission`), by default a new one; `checkout` is whose code it runs.
        """
        environment = basic_environment() | ({RUN_VARIABLE: run_id} if run_id else {}) | dict(variables or {})
        key = admission.new_key() if key is None else key
        key_file = socket_path.with_suffix(".key")
        arguments = ["--socket", str(socket_path), "--key-file", str(key_file), "--name", name, "--nice", str(nice)]
        self.processes = Processes(socket_path, key)
        warm = _warm(name)
        made_by = _Forked(warm, name, self.processes) if warm is not None else _Launched(checkout)
        self._made_by: _Forked | _Launched = made_by
        _make_folder_of(socket_path)
        admission.hand_over(key, key_file)
        self.pid = made_by.start(socket_path, arguments, environment, log)
        """The server's process id (and process group)."""
        self.name = name
        self.log = log

    @property
    def exit_code(self) -> int | None:
        """None while it runs; another process than the one that started it may see -9 however it ended."""
        return self._made_by.exit_code()

    def share_key(self) -> None:
        """Let other processes of this user ask the server: they find the key beside its socket, and nobody else can read it."""
        admission.hand_over(self.processes.key, self.processes.socket_path.with_suffix(SHARED_KEY))

    def stop(self, grace_seconds: float = 5.0) -> None:
        """End the server and all it started; idempotent."""
        self._made_by.stop(grace_seconds)


class _Launched:
    """A Python of its own, our child."""

    def __init__(self, checkout: Path) -> None:
        self._checkout = checkout

    def start(self, socket_path: Path, arguments: list[str], environment: Mapping[str, str], log: Path) -> int:
        # the socket listens before the server runs, so nobody has to wait for it; if the server dies, a caller is told at once
        with listen(socket_path) as listener, log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, *arguments, "--listening", str(listener.fileno()), "--parent", str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(environment),
                cwd=self._checkout,
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

    def __init__(self, warm: Processes, name: str, processes: Processes) -> None:
        self._warm = warm
        self._processes = processes
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
        listening(self._processes.processes)
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


def _warm(name: str) -> Processes | None:
    """The fork server to fork one of that name from, if there is one that answers."""
    socket_path = Path(os.environ.get(WARM_VARIABLE, "")) / f"{name}.sock"
    if not socket_path.is_socket():
        return None
    try:
        warm = Processes(socket_path, socket_path.with_suffix(SHARED_KEY).read_bytes())
        warm.processes()
    except (ForkServerGone, OSError):
        return None
    return warm


def _make_folder_of(socket_path: Path) -> None:
    try:
        socket_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ForkServerGone(f"the fork server's folder {socket_path.parent} cannot be made: {error.strerror}") from error


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
