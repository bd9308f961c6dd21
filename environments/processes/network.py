"""A network of one's own, with loopback and nothing else: who is not in it cannot be disturbed by what listens there, nor disturb it.

Source: network_namespaces(7), netdevice(7). Python 3.11 has no call for these.
"""

import ctypes
import fcntl
import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
OF_THIS_THREAD = "/proc/thread-self/ns/net"
INTERFACE = "16sh14x"
"""A name and its flags (`struct ifreq`)."""

_library = ctypes.CDLL(None, use_errno=True)


class OwnNetwork:
    """One network; it is gone once nobody is in it any more and it is closed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def make(cls) -> "OwnNetwork | None":
        """A new one; None where the kernel lets this process make none, or get back from it."""
        made: list[int] = []
        # only this thread leaves the network that everybody else is in
        leaving = threading.Thread(target=_leave, args=(made,), name="own-network")
        leaving.start()
        leaving.join()
        return cls(made[0]) if made else None

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This thread is in it, with all that it starts, as long as the block lasts."""
        before = os.open(OF_THIS_THREAD, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _enter(self._descriptor)
            try:
                yield
            finally:
                _enter(before)
        finally:
            os.close(before)

    def close(self) -> None:
        """Nobody enters it any more."""
        os.close(self._descriptor)


def _leave(made: list[int]) -> None:
    # needs the same right as coming back does
    if _library.unshare(CLONE_NEWNET) != 0:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        _, flags = struct.unpack(INTERFACE, fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack(INTERFACE, b"lo", 0)))
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack(INTERFACE, b"lo", flags | IFF_UP))
    made.append(os.open(OF_THIS_THREAD, os.O_RDONLY | os.O_CLOEXEC))


def _enter(descriptor: int) -> None:
    if _library.setns(descriptor, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the kernel lets nobody into the network: {os.strerror(number)}")
