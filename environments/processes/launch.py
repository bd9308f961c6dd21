"""Start a fork server as a child of this process, and end it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from environments.processes.child import RUN_VARIABLE
from environments.processes.client import Processes
from environments.processes.fork_server import listen

PROJECT_FOLDER = Path(__file__).resolve().parents[2]

# what Python and the C libraries need; anything more could be a secret, and /proc/<pid>/environ of every process shows it
HANDED_ON = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV")


def basic_environment() -> dict[str, str]:
    """The part of this process's environment that any process we start may see; PYTHONPATH finds this project."""
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    search_path = [str(PROJECT_FOLDER), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return environment | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(search_path)), "PYTHONUNBUFFERED": "1"}


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
        # the socket listens before the server runs, so nobody has to wait for it; if the server dies, a caller is told at once
        with listen(socket_path) as listener, log.open("ab") as output:
            number = str(listener.fileno())
            command = [sys.executable, "-m", "environments.processes.fork_server", "--socket", str(socket_path), "--listening", number]
            self._process = subprocess.Popen(
                [*command, "--parent", str(os.getpid()), "--name", name, "--nice", str(nice)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=PROJECT_FOLDER,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        self._starter = os.getpid()
        self.name = name
        self.log = log
        self.processes = Processes(socket_path)

    @property
    def pid(self) -> int:
        """The server's process id (and process group)."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; another process than the one that started it sees -9 however it ended."""
        if os.getpid() == self._starter:
            return self._process.poll()
        return None if self._alive() else -9

    def _alive(self) -> bool:
        # only its parent can ask how a process ended, and poll() tells anybody else that it ended well
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state not in "ZX"

    def stop(self, grace_seconds: float = 5.0) -> None:
        """End the server and all it started; idempotent."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
