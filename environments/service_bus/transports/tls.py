"""The TLS handshake: the log names the peers that fail it, and a peer in the middle of it counts as a connection.

asyncio's own TLS server does neither: it says nothing of a peer before the handshake is over.
"""

import asyncio
import logging
import ssl
from typing import cast

from .peers import PeerProtocol, PeerRegistry, name_of

log = logging.getLogger(__name__)


class TlsHandshake(asyncio.Protocol):
    """A peer that has connected and not finished its handshake; then a PeerProtocol takes over."""

    def __init__(self, registry: PeerRegistry, context: ssl.SSLContext) -> None:
        self._registry = registry
        self._context = context
        self._transport: asyncio.Transport
        self._early = b""
        self._handshake: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self._registry.is_full:
            log.warning("cut off %s: there are %d connections already", name_of(self._transport), self._registry.most_connections)
            self._transport.close()
            return
        # its first bytes belong to the handshake, which begins only when this method has returned
        self._transport.pause_reading()
        self._registry.handshakes.add(self)
        self._handshake = asyncio.get_running_loop().create_task(self._shake_hands())

    def data_received(self, data: bytes) -> None:
        # may come with the last bytes of the handshake, before the peer's own protocol is in place
        self._early += data

    def drop(self) -> None:
        """End the connection without a word."""
        self._transport.abort()

    async def _shake_hands(self) -> None:
        patience = self._registry.handshake_seconds
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self._transport, self, self._context, server_side=True, ssl_handshake_timeout=patience
            )
        except OSError as error:
            log.warning("cut off %s: the TLS handshake failed: %s", name_of(self._transport), error)
            return
        finally:
            self._registry.handshakes.discard(self)
        if transport is not None and not transport.is_closing():
            self._hand_over(transport)

    def _hand_over(self, transport: asyncio.Transport) -> None:
        peer = PeerProtocol(self._registry)
        transport.set_protocol(peer)
        peer.connection_made(transport)
        if self._early:
            peer.data_received(self._early)
