"""One secure environment's own address of the database server that all of them share, so that it can be away for this one alone.

Run as `python -m environments.platforms.tracebloc.stores.mysql_client`.
Source: tracebloc client chart 1.9.62 (each release has a Service `mysql-client`).
"""

import asyncio
import contextlib
import signal

from pydantic_settings import BaseSettings

from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.egress_proxy.proxy import relay
from environments.platforms.tracebloc.stores.mariadb import LOOPBACK
from environments.reference_services.settings import read_settings


class Settings(BaseSettings):
    """Source: our choice."""

    database_host: str = LOOPBACK
    database_port: int
    server_host: str
    server_port: int


def main() -> None:
    """Serve until SIGTERM; whoever is connected then loses the database in the middle of what it does."""
    settings = read_settings(Settings)
    service.begin("mysql-client")
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            server = await asyncio.open_connection(settings.server_host, settings.server_port)
            try:
                await relay((reader, writer), server)
            finally:
                server[1].close()
        writer.close()

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await asyncio.start_server(handle, settings.database_host, settings.database_port)
    service.ready()
    await stop.wait()


if __name__ == "__main__":
    main()
