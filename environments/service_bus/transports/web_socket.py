"""AMQP over WebSocket, the server's side. Source: RFC 6455, and the path and protocol name that Azure Service Bus uses."""

import asyncio
import base64
import hashlib
from collections.abc import Mapping

from ..codec.frames import MAX_FRAME_SIZE
from ..errors import MalformedPeer
from ..protocol.connection import Connection

WEB_SOCKET_PATH = "/$servicebus/websocket"
WEB_SOCKET_PROTOCOL = "AMQPWSB10"

ACCEPT_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def accept_web_socket(target: str, fields: Mapping[str, str]) -> bytes:
    """The answer to a request to open one; raises MalformedPeer if it is not one for AMQP."""
    path = target.partition("?")[0].rstrip("/")
    key = fields.get("sec-websocket-key")
    if path != WEB_SOCKET_PATH or key is None or WEB_SOCKET_PROTOCOL not in fields.get("sec-websocket-protocol", ""):
        raise MalformedPeer("a request that does not open an AMQP WebSocket")
    accept = base64.b64encode(hashlib.sha1(key.encode("latin-1") + ACCEPT_SUFFIX, usedforsecurity=False).digest()).decode()
    answer = (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {WEB_SOCKET_PROTOCOL}\r\n\r\n"
    )
    return answer.encode()


class WebSocket:
    """The server's side of one WebSocket; message boundaries mean nothing to AMQP and are dropped."""

    connection: Connection

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._buffer = bytearray()

    def send(self, data: bytes) -> None:
        """Send AMQP bytes as one binary message."""
        self._send_frame(BINARY, data)

    def close(self) -> None:
        """Say goodbye and close."""
        self._send_frame(CLOSE, b"")
        self._transport.close()

    def receive(self, data: bytes) -> None:
        """Take in what the peer sent; raises MalformedPeer."""
        self._buffer += data
        while frame := self._next_frame():
            operation, payload = frame
            if operation in (CONTINUATION, TEXT, BINARY):
                self.connection.receive(payload)
            elif operation == PING:
                self._send_frame(PONG, payload)
            elif operation == CLOSE:
                self.close()
                return
            elif operation != PONG:
                raise MalformedPeer(f"WebSocket operation {operation}")

    def _next_frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        if not buffer[1] & 0x80:
            raise MalformedPeer("a WebSocket frame of a client without a mask")
        length, start = buffer[1] & 0x7F, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(buffer) < start:
                return None
            length = int.from_bytes(buffer[2:start])
        # one message of a client holds one AMQP frame, or little more
        if length > 2 * MAX_FRAME_SIZE:
            raise MalformedPeer(f"a WebSocket frame of {length} bytes")
        end = start + 4 + length
        if len(buffer) < end:
            return None
        operation = buffer[0] & 0x0F
        payload = _unmask(bytes(buffer[start : start + 4]), bytes(buffer[start + 4 : end]))
        del buffer[:end]
        return operation, payload

    def _send_frame(self, operation: int, payload: bytes) -> None:
        length = len(payload)
        if length < 126:
            size = bytes((length,))
        elif length < 1 << 16:
            size = b"\x7e" + length.to_bytes(2)
        else:
            size = b"\x7f" + length.to_bytes(8)
        self._transport.write(bytes((0x80 | operation,)) + size + payload)


def _unmask(mask: bytes, masked: bytes) -> bytes:
    # one exclusive-or of two large numbers is the fastest that plain Python has
    length = len(masked)
    repeated = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(masked) ^ int.from_bytes(repeated)).to_bytes(length)
