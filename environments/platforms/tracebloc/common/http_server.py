"""Serves an ASGI application on one port in a thread of its own, so that the service's main thread keeps the signals."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI


@contextmanager
def serving(application: "FastAPI", host: str, port: int) -> Iterator[None]:
    """Serve until the block ends; the port takes connections from the block's first line on. Raises OSError when it is taken."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(application, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2))
    # bound here, so that early connections wait in the backlog rather than being refused
    with socket.create_server((host, port), backlog=128) as listener:
        # asyncio does not do it for a socket made here; without it every answer waits 40 ms for the client's delayed acknowledgement
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="http server", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(timeout=5)
