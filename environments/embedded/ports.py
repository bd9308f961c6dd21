"""Loopback ports that are ours for as long as the run lives, so that no two runs, or services, race for one."""

import socket
from collections.abc import Iterable
from pathlib import Path

from environments.processes.process_table import all_rows

LOOPBACK = "127.0.0.1"
LISTENING = "0A"
OF_THIS_THREAD = Path("/proc/thread-self/net")
"""Threads of one process may be in several networks."""


class Ports:
    """Holds reserved ports.

    Each one stays bound, without listening, by a socket with SO_REUSEADDR: the kernel then gives it to nobody who asks for any free
    port, and a service that sets SO_REUSEADDR (all do) can still listen on it, again and again.
    """

    def __init__(self) -> None:
        self._held: list[socket.socket] = []

    def reserve(self) -> int:
        """A free port on the loopback interface, reserved until `release`."""
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((LOOPBACK, 0))
        self._held.append(holder)
        port: int = holder.getsockname()[1]
        return port

    def release(self) -> None:
        """Give all ports back."""
        for holder in self._held:
            holder.close()
        self._held.clear()


def accepts(port: int) -> bool:
    """Whether somebody listens on a loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def is_held(port: int, leader: int) -> bool:
    """Whether whoever listens on a port belongs to the session of that process: a stranger may have been there first.

    What the kernel does not tell this user is believed to be ours.
    """
    sockets = _listening(port)
    return any(_holds(row.pid, sockets) for row in all_rows() if row.session == leader)


def _listening(port: int) -> set[str]:
    """The sockets that listen on a port. Source: proc_net(5)."""
    tables = (table.read_text().splitlines()[1:] for table in (OF_THIS_THREAD / "tcp", OF_THIS_THREAD / "tcp6") if table.exists())
    rows = (line.split() for lines in tables for line in lines)
    return {f"socket:[{row[9]}]" for row in rows if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port}


def _holds(pid: int, sockets: Iterable[str]) -> bool:
    try:
        return any(_target(file) in sockets for file in Path(f"/proc/{pid}/fd").iterdir())
    except PermissionError:
        return True
    except OSError:
        # it ended meanwhile
        return False


def _target(file: Path) -> str:
    try:
        return str(file.readlink())
    except FileNotFoundError:
        # closed meanwhile
        return ""
