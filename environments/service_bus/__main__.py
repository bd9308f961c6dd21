"""Runs the bus: `python -m environments.service_bus`, configured by environment variables."""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from .server import CannotServe, Server
from .settings import InvalidSettings, Settings


async def serve(settings: Settings, announce: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT; calls `announce` with the port."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    server = Server(settings)
    await server.start()
    announce(server.port)
    if settings.ready_file:
        Path(settings.ready_file).touch()
    await stopping.wait()
    await server.stop()


def main(environment: Mapping[str, str] = os.environ, announce: Callable[[int], None] = lambda _port: None) -> None:
    """Read the settings and serve; settings that do not fit end the process with exit code 2, a broken journal with 3."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    # messages never refer back to anything: looking through a million of them for cycles is time for nothing
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        asyncio.run(serve(Settings.from_environment(environment), announce))
    except InvalidSettings as error:
        sys.stderr.write(f"the environment does not fit this service: {error}\n")
        raise SystemExit(2) from None
    except CannotServe as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(3) from None


if __name__ == "__main__":
    main()
