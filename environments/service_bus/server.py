"""The bus on its ports."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .authorization import SharedAccessKey
from .bus import Bus
from .entities.namespace import Namespace
from .errors import Refusal
from .queues.intake import Memory
from .queues.options import MEBIBYTE, EntityOptions
from .settings import InvalidSettings, Settings
from .transports.http import Request, Response
from .transports.peers import PeerProtocol, PeerRegistry

if TYPE_CHECKING:
    import ssl

log = logging.getLogger(__name__)


class CannotServe(Exception):
    """What the bus needs is not as it should be; the text says what."""


class Server:
    """Listens for AMQP, AMQP over WebSocket and the administration client on one port, and for the same over TLS on another."""

    def __init__(self, settings: Settings) -> None:
        """Declares the entities; raises InvalidSettings."""
        self._settings = settings
        self.bus = Bus(_namespace(settings), SharedAccessKey(settings.service_bus_key_name, settings.service_bus_key))
        limits = settings.service_bus_most_connections, settings.service_bus_handshake_seconds, settings.service_bus_stall_seconds
        self._registry = PeerRegistry(self.bus, self._answer, *limits)
        self._port = settings.service_bus_port
        self._tls_port = settings.service_bus_tls_port
        self._context: ssl.SSLContext | None = None
        self._listeners: list[asyncio.Server] = []
        self._control: asyncio.Server | None = None

    async def start(self) -> None:
        """Read the journal, if there is one, and listen; raises CannotServe."""
        if self._settings.service_bus_journal:
            self._open_journal(Path(self._settings.service_bus_journal))
        if self._tls_port is not None:
            self._context = _tls_context(self._settings)
        self.bus.idle.look()
        await self.resume()
        log.info("listening on %s:%d", self._settings.http_host, self._port)
        if self._tls_port is not None:
            log.info("listening with TLS on %s:%d", self._settings.http_host, self._tls_port)
        if self._settings.service_bus_control_port is not None:
            await self._listen_for_control(self._settings.service_bus_control_port)

    def _open_journal(self, path: Path) -> None:
        from .journal import CorruptJournal, Journal

        journal = Journal(path, self.bus.namespace)
        try:
            journal.open()
        except (CorruptJournal, OSError) as error:
            raise CannotServe(str(error)) from error
        self.bus.journal = self.bus.namespace.shared.journal = journal

    @property
    def port(self) -> int:
        """Where it listens without TLS."""
        return self._port

    async def resume(self) -> None:
        """Listen, on the same ports as before an outage."""
        if self._listeners:
            return
        self._port = await self._listen(self._port, None)
        if self._tls_port is not None:
            self._tls_port = await self._listen(self._tls_port, self._context)

    async def _listen(self, port: int, context: "ssl.SSLContext | None") -> int:
        host = self._settings.http_host
        try:
            listener = await asyncio.get_running_loop().create_server(self._door(context), host, port, backlog=500)
        except OSError as error:
            raise CannotServe(f"cannot listen on {host}:{port}: {error}") from error
        self._listeners.append(listener)
        taken: int = listener.sockets[0].getsockname()[1]
        return taken

    def _door(self, context: "ssl.SSLContext | None") -> Callable[[], asyncio.Protocol]:
        if context is None:
            return lambda: PeerProtocol(self._registry)
        # only who wants TLS waits for it to be loaded
        from .transports.tls import TlsHandshake

        return lambda: TlsHandshake(self._registry, context)

    async def _listen_for_control(self, port: int) -> None:
        # only who wants to control it waits for this to be loaded
        from .administration.control import Control, ControlProtocol

        control, host = Control(self), self._settings.service_bus_control_host
        try:
            self._control = await asyncio.get_running_loop().create_server(lambda: ControlProtocol(control), host, port)
        except OSError as error:
            raise CannotServe(f"cannot listen on {host}:{port}: {error}") from error
        log.info("control port on %s:%d", host, self._control.sockets[0].getsockname()[1])

    def interrupt(self) -> None:
        """Begin an outage: refuse new connections and drop the open ones."""
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        for handshake in list(self._registry.handshakes):
            handshake.drop()
        self.drop_connections(lambda _peer: True)

    def drop_connections(self, which: Callable[[PeerProtocol], bool]) -> int:
        """End connections without a word; returns how many."""
        dropped = [peer for peer in self._registry.peers if which(peer)]
        for peer in dropped:
            peer.drop()
        return len(dropped)

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        for listener in [*self._listeners, *([self._control] if self._control else [])]:
            listener.close()
        for peer in list(self._registry.peers):
            peer.shut_down()
        # lets the last bytes out
        await asyncio.sleep(0)
        self.bus.idle.close()
        if self.bus.journal:
            self.bus.journal.close()

    def _answer(self, request: Request) -> Response:
        # only who uses the administration client waits for XML to be loaded
        from .administration.api import Administration

        return Administration(self.bus).answer(request)


def _namespace(settings: Settings) -> Namespace:
    options = EntityOptions(settings.lock_seconds, settings.max_delivery_count)
    memory = Memory(settings.service_bus_memory_mib * MEBIBYTE)
    namespace = Namespace(options, (), settings.service_bus_queues_on_demand, memory, settings.service_bus_shortest_idle_seconds)
    if settings.service_bus_config:
        from .entities.declarations import InvalidDeclaration, declare_from_file

        try:
            declare_from_file(namespace, Path(settings.service_bus_config))
        except InvalidDeclaration as error:
            raise InvalidSettings(str(error)) from error
    for name in settings.service_bus_queues:
        if name.lower() not in namespace.queues:
            try:
                namespace.add_queue(name, options)
            except Refusal as refusal:
                raise InvalidSettings(f"SERVICE_BUS_QUEUES: {refusal.description}") from refusal
    return namespace


def _tls_context(settings: Settings) -> "ssl.SSLContext":
    # most runs do without, and it takes longer to load than all the rest
    from .transports.certificates import make_authority

    try:
        return make_authority(settings.service_bus_tls_names, settings.service_bus_ca_file)
    except ImportError as error:
        raise CannotServe(f"TLS needs a package that is not installed: {error}. It comes with `ringmaster[reference-platform]`") from error
    except OSError as error:
        raise CannotServe(f"the authority's certificate cannot be written: {error}") from error
