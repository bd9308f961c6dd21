"""The HTTP server, in a thread of its own so that signals stay the service's."""

import socket
import threading

import uvicorn
from fastapi import FastAPI


class Server(uvicorn.Server):
    """Serves an application in the background."""

    def __init__(self, application: FastAPI, host: str, port: int) -> None:
        # what is still being answered at the end gets a second, idle connections nothing
        settings = {"log_config": None, "lifespan": "off", "ws": "none", "timeout_graceful_shutdown": 1}
        super().__init__(uvicorn.Config(application, host=host, port=port, **settings))
        self._serving = threading.Event()
        self._thread = threading.Thread(target=self.run, name="http", daemon=True)

    def start(self, timeout: float) -> bool:
        """Begin to serve; whether it does within `timeout` seconds."""
        self._thread.start()
        return self._serving.wait(timeout)

    def stop(self) -> None:
        """Serve nobody any more; returns when what was being answered is."""
        self.should_exit = True
        self._thread.join(2)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and tell whoever waits for it."""
        await super().startup(sockets)
        self._serving.set()
