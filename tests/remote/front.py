"""What lies between scenarios and a deployment elsewhere: TLS, a slow network that loses packets, and a proxy."""

import asyncio
import random
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import trustme

LOOPBACK = "127.0.0.1"
PIECE_BYTES = 16_384
SENT_AGAIN_SECONDS = 0.2
"""What a lost packet costs over TCP: it is sent again that much later."""
END_OF_HEAD = b"\r\n\r\n"
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Between:
    """Serves on loopback in a thread of its own until it is closed; `port` is where, `passed` what went through."""

    def __init__(self) -> None:
        self.port = 0
        self.passed: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def close(self) -> None:
        """End, with all connections."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        raise NotImplementedError

    def tls(self) -> ssl.SSLContext | None:
        """With which it is served; None: without."""
        return None

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._handle, LOOPBACK, 0, ssl=self.tls()))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, asyncio.CancelledError):
            await self.handle(reader, writer)
        writer.close()


class Front(Between):
    """Stands before a port of this machine."""

    def __init__(self, port: int, certificate: trustme.LeafCert | None = None, *, delay: float = 0.0, loss: float = 0.0) -> None:
        """`delay` is in seconds, for each piece in each direction; `loss` is the share of pieces that has to be sent again."""
        self._to, self._certificate, self._delay, self._loss = port, certificate, delay, loss
        self._chance = random.Random(port)  # noqa: S311 - chance, not a secret
        super().__init__()

    def tls(self) -> ssl.SSLContext | None:
        """With the certificate, if there is one."""
        if self._certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.configure_cert(context)
        return context

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass everything on, later."""
        self.passed.append("connection")
        await relay((reader, writer), await asyncio.open_connection(LOOPBACK, self._to), self._wait)

    async def _wait(self) -> None:
        seconds = self._delay
        while self._chance.random() < self._loss:
            seconds += SENT_AGAIN_SECONDS
        if seconds:
            await asyncio.sleep(seconds)


class Proxy(Between):
    """An HTTP proxy that alone knows where hosts with a name are: on this machine."""

    def __init__(self, refusal: str = "") -> None:
        """`refusal` is the status with which it answers whatever it is asked, such as `407 Proxy Authentication Required`."""
        self._refusal = refusal
        super().__init__()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Let through what asks with CONNECT."""
        head = await reader.readuntil(END_OF_HEAD)
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        host, _, port = target.rpartition(":")
        if self._refusal or method != "CONNECT" or host == LOOPBACK:
            writer.write(f"HTTP/1.1 {self._refusal or '403 Forbidden'}\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            return
        self.passed.append(host)
        there = await asyncio.open_connection(LOOPBACK, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await relay((reader, writer), there, _at_once)


async def _at_once() -> None:
    """Wait for nothing."""


async def relay(one: Stream, other: Stream, wait: Callable[[], Awaitable[None]]) -> None:
    """Copy both ways until either side is done."""
    copies = [asyncio.create_task(_copy(one[0], other[1], wait)), asyncio.create_task(_copy(other[0], one[1], wait))]
    try:
        await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for copy in copies:
            copy.cancel()
        other[1].close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: Callable[[], Awaitable[None]]) -> None:
    while piece := await reader.read(PIECE_BYTES):
        await wait()
        writer.write(piece)
        await writer.drain()


@contextmanager
def closing(*between: Between) -> Iterator[None]:
    """Close them all in the end."""
    try:
        yield
    finally:
        for each in between:
            each.close()
