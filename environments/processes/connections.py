"""The fork server's side of its control socket: JSON lines, many clients, nothing that blocks."""

import contextlib
import json
import os
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

from environments.processes import admission

Answer = dict[str, Any]
LARGEST_REQUEST = 4 * 1024 * 1024
MOST_DESCRIPTORS = 4


class Connection:
    """One client."""

    def __init__(self, client: socket.socket) -> None:
        self.socket = client
        self.received = b""
        self.to_send = b""
        self.closed = False
        self.challenge = admission.challenge()
        self.admitted = False
        self.descriptors: list[int] = []
        """What the client has sent along and nobody has taken."""


class Waiter:
    """An answer that is given later: once `answer(over)` gives one, where `over` says that `timeout` seconds have passed."""

    def __init__(self, connection: Connection, answer: Callable[[bool], Answer | None], timeout: float | None) -> None:
        self.connection = connection
        self.answer = answer
        self.deadline = None if timeout is None else time.monotonic() + timeout


class Connections:
    """The listening socket, its clients, and the answers they wait for."""

    def __init__(self, listener: socket.socket, admitted: admission.Admission) -> None:
        listener.setblocking(False)
        self._admission = admitted
        self._listener = listener
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._waiters: list[Waiter] = []

    @property
    def wakeup_number(self) -> int:
        """The descriptor to give to `signal.set_wakeup_fd`."""
        return self._waker.fileno()

    def requests(self, patience: float) -> Iterator[tuple[Connection, dict[str, Any]]]:
        """What clients ask now, or within `patience` seconds."""
        for key, events in self._selector.select(patience):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._woken:
                self._woken.recv(4096)
            elif events & selectors.EVENT_WRITE:
                self._send(key.data)
            else:
                yield from self._read(key.data)

    def answer(self, connection: Connection, answer: Answer | None) -> None:
        """Send an answer, if there is one, as soon as the client takes it."""
        if answer is not None and not connection.closed:
            connection.to_send += json.dumps(answer).encode() + b"\n"
            self._send(connection)

    def wait(self, waiter: Waiter) -> None:
        """Give an answer later."""
        self._waiters.append(waiter)

    def answer_waiters(self) -> None:
        """Give the answers that are due."""
        now = time.monotonic()
        still: list[Waiter] = []
        for waiter in self._waiters:
            if waiter.connection.closed:
                continue
            over = waiter.deadline is not None and waiter.deadline <= now
            answer = waiter.answer(over)
            if answer is None:
                still.append(waiter)
            else:
                self.answer(waiter.connection, answer)
        self._waiters = still

    def next_deadline(self) -> float | None:
        """When `answer_waiters` must be called next, on the monotonic clock."""
        return min((waiter.deadline for waiter in self._waiters if waiter.deadline is not None), default=None)

    def close_all(self) -> None:
        """Close every socket of the server (in a forked child)."""
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
            if isinstance(key.data, Connection):
                _close_all(key.data.descriptors)
        self._waker.close()
        self._selector.close()

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            # it went away before its turn came
            return
        client.setblocking(False)
        connection = Connection(client)
        self._selector.register(client, selectors.EVENT_READ, connection)
        connection.to_send = connection.challenge.encode() + b"\n"
        self._send(connection)

    def _read(self, connection: Connection) -> Iterator[tuple[Connection, dict[str, Any]]]:
        try:
            data, descriptors, _, _ = socket.recv_fds(connection.socket, 65536, MOST_DESCRIPTORS)
            connection.descriptors.extend(descriptors)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        connection.received += data
        if not data or len(connection.received) > LARGEST_REQUEST:
            self._close(connection)
            return
        *lines, connection.received = connection.received.split(b"\n")
        for line in lines:
            try:
                request = json.loads(line)
            except ValueError:
                request = None
            request = request if isinstance(request, dict) else {"do": None}
            if self._admits(connection, request.pop("proof", None)):
                yield connection, request

    def _admits(self, connection: Connection, answer: object) -> bool:
        if not connection.admitted and not connection.closed:
            refusal = self._admission.why_not(connection.socket, connection.challenge, answer)
            connection.admitted = refusal is None
            if refusal is not None:
                self.answer(connection, {"error": refusal})
                self._close(connection)
        return connection.admitted and not connection.closed

    def _send(self, connection: Connection) -> None:
        try:
            sent = connection.socket.send(connection.to_send)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._close(connection)
            return
        connection.to_send = connection.to_send[sent:]
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if connection.to_send else 0)
        self._selector.modify(connection.socket, events, connection)

    def _close(self, connection: Connection) -> None:
        if not connection.closed:
            connection.closed = True
            self._selector.unregister(connection.socket)
            connection.socket.close()
            _close_all(connection.descriptors)


def _close_all(descriptors: list[int]) -> None:
    while descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptors.pop())
