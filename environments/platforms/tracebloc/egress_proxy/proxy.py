"""An HTTPS proxy that stands in for the platform's public hosts: it ends TLS itself and hands the requests to the backend of this run.

`tracebloc-ingest` knows its backend only as constants, so this is how the unmodified wheel reaches another one.
Source: tracebloc client chart 1.9.62 (the allow-list), tracebloc-ingestor 0.8.94 (`Config.API_ENDPOINTS`).
"""

import asyncio
import contextlib
import logging
import ssl
from urllib.parse import SplitResult, urlsplit

from environments.network import reaching
from environments.platforms.tracebloc.egress_proxy.faults import Faults
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on

log = logging.getLogger(__name__)

ALLOWED_HOSTS = ("dev-api.tracebloc.io", "stg-api.tracebloc.io", "api.tracebloc.io")
HTTPS_PORT = "443"
PIECE_BYTES = 65_536
HEADER_SECONDS = 10
END_OF_HEAD = b"\r\n\r\n"


class EgressProxy:
    """Answers CONNECT for the allowed hosts with a certificate of `tls` and relays what is inside to `backend_url`."""

    def __init__(self, backend_url: str, tls: ssl.SSLContext, faults: Faults) -> None:
        self._backend = urlsplit(backend_url)
        self._tls = tls
        self._faults = faults

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client connection."""
        with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError, TimeoutError):
            request = await asyncio.wait_for(reader.readuntil(END_OF_HEAD), HEADER_SECONDS)
            await self._answer(request.split(b"\r\n", 1)[0].decode("latin-1"), reader, writer)
        writer.close()

    async def _answer(self, request_line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, _, rest = request_line.partition(" ")
        target = rest.partition(" ")[0]
        host, _, port = target.rpartition(":")
        anybody = is_on(EdgeSabotage.EVERY_HOST_LET_THROUGH)
        if method != "CONNECT" or port != HTTPS_PORT or (host not in ALLOWED_HOSTS and not anybody):
            # the query of a plain request could hold a secret
            log.warning("refused: %s %s", method, target.partition("?")[0])
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        try:
            to_backend = await self._connect()
        except OSError as error:
            log.warning("%s: the backend cannot be reached: %s", host, error.strerror)
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        log.info("let through: %s", host)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        try:
            await writer.start_tls(self._tls)
            await self._relay((reader, writer), to_backend)
        finally:
            to_backend[1].close()

    async def _relay(self, client: "Stream", backend: "Stream") -> None:
        """Pass on everything, but for the fault that may meet the first request."""
        head = await client[0].readuntil(END_OF_HEAD)
        method, _, target = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
        fault = self._faults.next(method, target)
        if fault is not None:
            log.warning("a registration meets a fault that was asked for: %s", fault.kind)
        if fault is not None and fault.kind == "answer":
            await client[0].readexactly(_body_bytes(head))
            client[1].write(f"HTTP/1.1 {fault.status} Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await client[1].drain()
            return
        backend[1].write(head)
        if fault is not None:
            backend[1].write(await client[0].readexactly(_body_bytes(head)))
            await backend[1].drain()
            await backend[0].readuntil(END_OF_HEAD)
            if fault.kind == "keep the answer":
                # until the client has had enough
                await client[0].read()
            return
        await relay(client, backend)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        encrypted = self._backend.scheme == "https"
        host, port = self._backend.hostname or "", self._backend.port or (443 if encrypted else 80)
        proxy = reaching.proxy_to(host)
        if proxy is None:
            return await asyncio.open_connection(host, port, ssl=encrypted or None)
        return await _through(urlsplit(proxy), host, port, encrypted=encrypted)


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _through(proxy: SplitResult, host: str, port: int, *, encrypted: bool) -> Stream:
    """A connection that a proxy on the way to the platform makes; raises ConnectionError when it does not."""
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port, ssl=proxy.scheme == "https" or None)
    writer.write(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.readuntil(END_OF_HEAD), HEADER_SECONDS)
    if answer.split(b" ", 2)[1:2] != [b"200"]:
        writer.close()
        raise ConnectionRefusedError(0, f"the proxy {proxy.hostname} does not let it through")
    if encrypted:
        await writer.start_tls(ssl.create_default_context(), server_hostname=host)
    return reader, writer


def _body_bytes(head: bytes) -> int:
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(lengths[0]) if lengths else 0


async def relay(one: Stream, other: Stream) -> None:
    """Copy both ways until either side is done."""
    copies = [asyncio.create_task(_copy(one[0], other[1])), asyncio.create_task(_copy(other[0], one[1]))]
    try:
        await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for copy in copies:
            copy.cancel()
        await asyncio.gather(*copies, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(PIECE_BYTES):
        writer.write(piece)
        await writer.drain()
