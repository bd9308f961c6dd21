"""The bus on its port."""

import asyncio
import logging

from .authorization import SharedAccessKey
from .connection import Bus
from .entities import Namespace, QueueOptions
from .settings import Settings
from .transports import PeerProtocol

log = logging.getLogger(__name__)


class Server:
    """Listens on one port for AMQP and for AMQP over WebSocket."""

    def __init__(self, settings: Settings) -> None:
        options = QueueOptions(settings.lock_seconds, settings.max_delivery_count)
        namespace = Namespace(options, settings.service_bus_queues, settings.service_bus_queues_on_demand)
        self._bus = Bus(namespace, SharedAccessKey(settings.service_bus_key_name, settings.service_bus_key))
        self._host, self._port = settings.http_host, settings.service_bus_port
        self._peers: set[PeerProtocol] = set()
        self._listener: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen; returns the port."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: PeerProtocol(self._bus, self._peers), self._host, self._port)
        port: int = self._listener.sockets[0].getsockname()[1]
        log.info("listening on %s:%d", self._host, port)
        return port

    async def stop(self) -> None:
        """Take nobody in any more and send everybody home."""
        if self._listener is not None:
            self._listener.close()
        for peer in list(self._peers):
            peer.shut_down()
        # lets the last bytes out
        await asyncio.sleep(0)
