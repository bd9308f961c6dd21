"""How bytes reach a connection: raw TCP, WebSocket or HTTP on the same port; the first bytes tell which.

TLS, where it is wanted, is below this: the same protocol on another port (`tls.py`).
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, cast

from ..bus import Bus
from ..errors import MalformedPeer
from ..protocol.connection import Connection
from .http import HttpConnection, Request, Response, read_head
from .web_socket import WebSocket, accept_web_socket

log = logging.getLogger(__name__)

# bytes that may wait for a peer to read them, before nothing more is delivered to it
MOST_UNREAD = 1 << 20


class Decoder(Protocol):
    """Takes the transport's bytes apart and hands what is in them on."""

    def receive(self, data: bytes) -> None:
        """Take in what the peer sent; raises MalformedPeer."""


class Handshake(Protocol):
    """A peer that has not shaken hands yet."""

    def drop(self) -> None:
        """End the connection without a word."""


@dataclass(slots=True)
class PeerRegistry:
    """What all peers have in common."""

    bus: Bus
    answer: Callable[[Request], Response]
    most_connections: int = 1000
    # seconds in which a peer has to introduce itself, and to read what it was sent
    handshake_seconds: float = 10.0
    stall_seconds: float = 60.0
    peers: "set[PeerProtocol]" = field(default_factory=set)
    # those in the midst of a TLS handshake
    handshakes: "set[Handshake]" = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        """Whether the bus refuses more connections."""
        return len(self.peers) + len(self.handshakes) >= self.most_connections


class PeerProtocol(asyncio.Protocol):
    """One client, whichever way it comes."""

    def __init__(self, registry: PeerRegistry) -> None:
        self._registry = registry
        self._transport: asyncio.Transport
        self._first_bytes = b""
        self._decoder: Decoder | None = None
        self._connection: Connection | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self.was_ignored = False

    # ---- the transport's calls ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=MOST_UNREAD)
        _notice_dead_peers(self._transport)
        if self._registry.is_full:
            self._refuse(f"there are {self._registry.most_connections} connections already")
            return
        self._registry.peers.add(self)
        self._within(self._registry.handshake_seconds, self._not_introduced)

    def connection_lost(self, exc: Exception | None) -> None:
        self._registry.peers.discard(self)
        self._end_deadline()
        if self._connection is not None:
            self._connection.lost()

    def data_received(self, data: bytes) -> None:
        faults = self._registry.bus.faults
        if faults.silent:
            self.was_ignored = True
        elif faults.slow_seconds:
            # nothing more is read meanwhile, so that the order holds and nothing piles up
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(faults.slow_seconds, self._late, data)
        else:
            self._take(data)

    def _late(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._take(data)

    def _take(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        try:
            if self._decoder is None:
                data = self._first_bytes = self._first_bytes + data
                self._decoder, data = self._choose(data)
            if self._decoder is not None and data:
                self._decoder.receive(data)
            if isinstance(self._decoder, HttpConnection):
                # its clients keep connections for later, and ours need not
                self._within(self._registry.stall_seconds, self._transport.close)
        except MalformedPeer as error:
            self._refuse(str(error))
        except Exception:
            # a defect of ours must not take the other clients down
            log.exception("a defect ended the connection of %s", self._name())
            self._transport.abort()

    def pause_writing(self) -> None:
        if self._connection is not None:
            self._connection.room(False)
        # it must not have more answers made either
        self._transport.pause_reading()
        self._within(self._registry.stall_seconds, self._stalled)

    def resume_writing(self) -> None:
        self._end_deadline()
        if not self._transport.is_closing():
            self._transport.resume_reading()
            if self._connection is not None:
                self._connection.room(True)

    # ---- the end ----

    def shut_down(self) -> None:
        """The bus ends: tell the client, so that it comes back later."""
        if self._connection is not None:
            self._connection.shut_down("amqp:connection:forced", "The service bus is being stopped.")
        self._transport.close()

    def drop(self) -> None:
        """End the connection without a word."""
        self._transport.abort()

    def _refuse(self, reason: str) -> None:
        log.warning("cut off %s: %s", self._name(), reason)
        if self._connection is not None:
            self._connection.shut_down("amqp:connection:framing-error", reason)
        self._transport.close()
        # a peer that does not even read why must not stay
        self._within(self._registry.handshake_seconds, self._transport.abort)

    def _not_introduced(self) -> None:
        if not self._registry.bus.faults.silent and not (self._connection and self._connection.is_open):
            log.warning("cut off %s: it did not open a connection within %g s", self._name(), self._registry.handshake_seconds)
            self._transport.abort()

    def _stalled(self) -> None:
        log.warning("cut off %s: it has not read what it was sent for %g s", self._name(), self._registry.stall_seconds)
        self._transport.abort()

    def _within(self, seconds: float, otherwise: Callable[[], None]) -> None:
        self._end_deadline()
        self._deadline = asyncio.get_running_loop().call_later(seconds, otherwise)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()

    # ---- what the peer speaks ----

    def _choose(self, start: bytes) -> tuple[Decoder | None, bytes]:
        if b"AMQP".startswith(start[:4]):
            if len(start) < 4:
                return None, b""
            self._connection = Connection(self._registry.bus, self._transport.write, self._transport.close)
            return self._connection, start
        found = read_head(start)
        if found is None:
            return None, b""
        request, rest = found
        if "upgrade" not in request.fields:
            return HttpConnection(self._transport, self._registry.answer), start
        self._transport.write(accept_web_socket(request.target, request.fields))
        web_socket = WebSocket(self._transport)
        self._connection = web_socket.connection = Connection(self._registry.bus, web_socket.send, web_socket.close)
        return web_socket, rest

    def _name(self) -> str:
        return name_of(self._transport)


def name_of(transport: asyncio.Transport) -> str:
    """Host and port of the peer, for the log."""
    host, port, *_ = transport.get_extra_info("peername") or ("?", "?")
    return f"{host}:{port}"


def _notice_dead_peers(transport: asyncio.Transport) -> None:
    """Have the system find out when a peer's machine is gone: a client that only waits never writes."""
    connected = transport.get_extra_info("socket")
    if connected is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, option):
                connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
