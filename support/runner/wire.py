"""Messages between the runner and its processes: pickled, in order, over a socket pair that ends when either side does.

Source: our choice.
"""

import pickle
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!I")
READ_AT_ONCE = 1 << 18

Message = tuple[Any, ...]


class Channel:
    """One end of a socket pair."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._received = bytearray()
        self.ended = False

    def fileno(self) -> int:
        """The descriptor, for a selector."""
        return self._socket.fileno()

    def send(self, *message: Any, descriptors: tuple[int, ...] = ()) -> None:
        """Send a message, and open descriptors with it; raises OSError when the other side is gone."""
        body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        frame = _LENGTH.pack(len(body)) + body
        if descriptors:
            sent = socket.send_fds(self._socket, [frame], list(descriptors))
            frame = frame[sent:]
        self._socket.sendall(frame)

    def receive(self) -> Message:
        """Wait for one message; raises EOFError when the other side is gone."""
        return self.receive_with_descriptors(0)[0]

    def receive_with_descriptors(self, most: int) -> tuple[Message, list[int]]:
        """Wait for one message and the descriptors sent with it; raises EOFError."""
        if most:
            head, descriptors, _, _ = socket.recv_fds(self._socket, _LENGTH.size, most)
        else:
            head, descriptors = self._socket.recv(_LENGTH.size), []
        head += self._exactly(_LENGTH.size - len(head))
        message: Message = pickle.loads(self._exactly(_LENGTH.unpack(head)[0]))  # noqa: S301 - from our own process
        return message, descriptors

    def receive_available(self) -> list[Message]:
        """What has arrived, without waiting; sets `ended` once the other side is gone and everything was read."""
        try:
            while received := self._socket.recv(READ_AT_ONCE, socket.MSG_DONTWAIT):
                self._received += received
                if len(received) < READ_AT_ONCE:
                    break
            else:
                self.ended = True
        except BlockingIOError:
            pass
        except ConnectionError:
            self.ended = True
        return self._complete()

    def close(self) -> None:
        """Close this end; idempotent."""
        self._socket.close()

    def _complete(self) -> list[Message]:
        messages, start = [], 0
        while len(self._received) - start >= _LENGTH.size:
            body = start + _LENGTH.size
            end = body + _LENGTH.unpack_from(self._received, start)[0]
            if len(self._received) < end:
                break
            messages.append(pickle.loads(memoryview(self._received)[body:end]))  # noqa: S301 - from our own process
            start = end
        del self._received[:start]
        return messages

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size:
            part = self._socket.recv(size)
            if not part:
                raise EOFError("the other side is gone")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def channel_pair() -> tuple[Channel, socket.socket]:
    """A channel, and the socket that the other side makes its channel of."""
    ours, theirs = socket.socketpair()
    return Channel(ours), theirs
