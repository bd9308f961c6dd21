"""Loopback ports that are ours for as long as the run lives, so that no two runs, or services, race for one."""

import socket

LOOPBACK = "127.0.0.1"


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
