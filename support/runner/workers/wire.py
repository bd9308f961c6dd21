"""Messages between the runner and its processes: pickled, in order, over a socket pair that ends when either side does.

Source: our choice.
"""

import errno
import os
import pickle
import socket
import struct
from collections import deque
from typing import Any

_LENGTH = struct.Struct("!I")
READ_AT_ONCE = 1 << 16

Message = tuple[Any, ...]


class Channel:
    """One end of a socket pair."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._received = bytearray()
        self._waiting: deque[Message] = deque()
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
        while not self._waiting:
            self._wait()
        return self._waiting.popleft()

    def has_message(self) -> bool:
        """Whether `receive` would not have to wait."""
        if not self._waiting:
            self._waiting += self.receive_available()
        return bool(self._waiting) or self.ended

    def receive_next(self, kind: str) -> Message:
        """Wait for the next message of a kind; what comes before it is received later. Raises EOFError."""
        while (message := next((each for each in self._waiting if each[0] == kind), None)) is None:
            self._wait()
        self._waiting.remove(message)
        return message

    def receive_with_descriptors(self, most: int) -> tuple[Message, list[int]]:
        """Wait for one message and the descriptors sent with it, where no other way of receiving is used; raises EOFError."""
        head, descriptors, _, _ = socket.recv_fds(self._socket, _LENGTH.size, most)
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

    def _wait(self) -> None:
        if not (received := self._socket.recv(READ_AT_ONCE)):
            raise EOFError("the other side is gone")
        self._received += received
        self._waiting += self._complete()

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


class Journal:
    """What a worker says of its scenarios: frames in a file in memory, which outlive it, and which nobody has to be woken up for."""

    def __init__(self, descriptor: int | None = None) -> None:
        self.descriptor = os.memfd_create("journal") if descriptor is None else descriptor
        self._read = 0

    @property
    def size(self) -> int:
        """How many bytes were read of it."""
        return self._read

    def write(self, *message: Any) -> None:
        """Add a message; one write, so it is there as a whole or not at all. Raises OSError where the file may not grow so far."""
        body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        frame = _LENGTH.pack(len(body)) + body
        if os.write(self.descriptor, frame) < len(frame):
            # the reader would wait for the rest for ever, and take what comes next for it
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))

    def begin_anew(self) -> None:
        """Forget everything; for the reader, while the writer waits for something to do."""
        os.ftruncate(self.descriptor, 0)
        # the writer's place in the file is this one too, since it got the very descriptor
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        self._read = 0

    def read(self) -> list[Message]:
        """What was added since the last time."""
        messages: list[Message] = []
        data = memoryview(os.pread(self.descriptor, os.fstat(self.descriptor).st_size - self._read, self._read))
        start = 0
        while len(data) - start >= _LENGTH.size:
            end = start + _LENGTH.size + _LENGTH.unpack_from(data, start)[0]
            if len(data) < end:
                break
            messages.append(pickle.loads(data[start + _LENGTH.size : end]))  # noqa: S301 - from our own process
            start = end
        self._read += start
        return messages

    def close(self) -> None:
        """Let go of it."""
        os.close(self.descriptor)


def channel_pair() -> tuple[Channel, socket.socket]:
    """A channel, and the socket that the other side makes its channel of."""
    ours, theirs = socket.socketpair()
    return Channel(ours), theirs
