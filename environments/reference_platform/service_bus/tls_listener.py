"""Takes TLS peers in, and tells whose handshake failed; asyncio's own server says nothing of those and does not count them."""

import asyncio
import logging
import socket
import ssl

from .transports import House, PeerProtocol

log = logging.getLogger(__name__)

MOST_WAITING = 500


class TlsListener:
    """Listens from the moment it is made, on the running loop; raises OSError when it cannot."""

    def __init__(self, house: House, context: ssl.SSLContext, host: str, port: int) -> None:
        self._house = house
        self._context = context
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=MOST_WAITING)
        self._socket.setblocking(False)
        self._handshakes: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    @property
    def port(self) -> int:
        """Where it listens."""
        taken: int = self._socket.getsockname()[1]
        return taken

    def close(self) -> None:
        """Take nobody in any more; handshakes under way end with it."""
        self._accepting.cancel()
        for handshake in self._handshakes:
            handshake.cancel()
        self._socket.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connected, address = await loop.sock_accept(self._socket)
            name = f"{address[0]}:{address[1]}"
            if len(self._handshakes) + len(self._house.peers) >= self._house.most_connections:
                log.warning("cut off %s: there are %d connections already", name, self._house.most_connections)
                connected.close()
                continue
            handshake = loop.create_task(self._shake_hands(connected, name))
            self._handshakes.add(handshake)
            handshake.add_done_callback(self._handshakes.discard)

    async def _shake_hands(self, connected: socket.socket, name: str) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: PeerProtocol(self._house), connected, ssl=self._context, ssl_handshake_timeout=self._house.handshake_seconds
            )
        except OSError as error:
            log.warning("cut off %s: the TLS handshake failed: %s", name, error)
            connected.close()
