"""How bytes reach a connection: raw TCP, or WebSocket on the same port; the first bytes tell which."""

import asyncio
import base64
import hashlib
import logging
from typing import Protocol, cast

from .connection import Bus, Connection
from .errors import MalformedPeer
from .frames import MAX_FRAME_SIZE

log = logging.getLogger(__name__)

WEB_SOCKET_PATH = "/$servicebus/websocket"
WEB_SOCKET_PROTOCOL = "AMQPWSB10"
LONGEST_REQUEST_HEAD = 16 * 1024

# Source: RFC 6455
ACCEPT_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


class Decoder(Protocol):
    """Takes the transport's bytes apart and hands the AMQP bytes in them on."""

    def receive(self, data: bytes) -> None:
        """Take in what the peer sent; raises MalformedPeer."""


class PeerProtocol(asyncio.Protocol):
    """One client, whichever way it comes."""

    def __init__(self, bus: Bus, peers: "set[PeerProtocol]") -> None:
        self._bus = bus
        self._peers = peers
        self._transport: asyncio.Transport
        self._first_bytes = b""
        self._decoder: Decoder | None = None
        self._connection: Connection | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._peers.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._peers.discard(self)
        if self._connection is not None:
            self._connection.lost()

    def data_received(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        try:
            if self._decoder is None:
                data = self._first_bytes = self._first_bytes + data
                self._decoder, data = self._choose(data)
            if self._decoder is not None and data:
                self._decoder.receive(data)
        except MalformedPeer as error:
            self._cut_off(str(error))
        except Exception:
            # a defect of ours must not take the other clients down
            log.exception("a defect ended the connection of %s", self._peer_name())
            self._transport.abort()

    def shut_down(self) -> None:
        """The bus ends: tell the client, so that it comes back later."""
        if self._connection is not None:
            self._connection.shut_down("amqp:connection:forced", "The service bus is being stopped.")
        self._transport.close()

    def _choose(self, start: bytes) -> tuple[Decoder | None, bytes]:
        if b"AMQP".startswith(start[:4]):
            if len(start) < 4:
                return None, b""
            self._connection = Connection(self._bus, self._transport.write, self._transport.close)
            return self._connection, start
        head, end, rest = start.partition(b"\r\n\r\n")
        if not end:
            if len(start) > LONGEST_REQUEST_HEAD or not b"GET ".startswith(start[:4]):
                raise MalformedPeer("neither AMQP nor a WebSocket request")
            return None, b""
        self._transport.write(_accept_web_socket(head))
        web_socket = WebSocket(self._transport)
        self._connection = web_socket.connection = Connection(self._bus, web_socket.send, web_socket.close)
        return web_socket, rest

    def _cut_off(self, reason: str) -> None:
        log.warning("cut off %s: %s", self._peer_name(), reason)
        if self._connection is not None:
            self._connection.shut_down("amqp:connection:framing-error", reason)
        self._transport.close()

    def _peer_name(self) -> str:
        host, port, *_ = self._transport.get_extra_info("peername") or ("?", "?")
        return f"{host}:{port}"


def _accept_web_socket(head: bytes) -> bytes:
    request, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    _method, _, target = request.partition(" ")
    path = target.partition(" ")[0].partition("?")[0].rstrip("/")
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
