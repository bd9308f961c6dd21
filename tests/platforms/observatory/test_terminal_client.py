"""The client of the terminal server, with servers that do not behave."""

import base64
import hashlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from support.platforms.observatory.clients.terminal import TerminalConnection

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""Source: RFC 6455, 4.2.2."""


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A server that takes one WebSocket and never says anything, not even that it is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken: list[socket.socket] = []

        def take() -> None:
            connection, _ = listener.accept()
            taken.append(connection)
            asked = connection.recv(4096)
            key = next(line.split(b": ")[1] for line in asked.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
            accepted = base64.b64encode(hashlib.sha1(key + MAGIC).digest())  # noqa: S324 - the protocol's own
            upgrade = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            connection.sendall(upgrade + b"Sec-WebSocket-Accept: " + accepted + b"\r\n\r\n")

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)
        for connection in taken:
            connection.close()


def test_a_server_that_says_nothing_is_left_all_the_same(silent_server: str) -> None:
    """Otherwise a scenario that fails on it hangs until its budget ends it, and its worker with it."""
    connection = TerminalConnection(silent_server)
    began = time.monotonic()
    connection.close()
    assert time.monotonic() - began < 8
    assert connection.over
