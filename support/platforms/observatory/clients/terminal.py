"""A connection to the terminal server, as a browser makes it: what is told is kept, in order, with what the screen was told to show."""

import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import websocket

from support.evidence.kinds import Kind
from support.evidence.recorder import record
from support.redaction import learn_secret

TIMEOUT_SECONDS = 10.0
CLOSE_SECONDS = 1.0
SESSION, RECONNECTED, OUTPUT, ERROR = "session", "reconnected", "output", "error"


@dataclass(frozen=True)
class Ticket:
    """What somebody comes back to their session with."""

    session: str
    token: str
    seen: int
    """The last frame that they have seen."""


class TerminalConnection:
    """One WebSocket. A thread reads it, so that what is told while nobody looks is there too."""

    def __init__(self, url: str, *, bearer: str | None = None, origin: str | None = None, **query: str) -> None:
        """Connect.

        Args:
            url: of the server's page.
            bearer: goes along as a header.
            origin: the address on this machine to come from.
            query: what stands in the address.

        Raises:
            OSError, websocket.WebSocketException: nobody takes the connection.
        """
        place = urlsplit(url)
        began = time.monotonic()
        source = (origin, 0) if origin else None
        self._opened = socket.create_connection((str(place.hostname), int(place.port or 80)), TIMEOUT_SECONDS, source_address=source)
        header = [f"Authorization: Bearer {bearer}"] if bearer is not None else []
        address = f"ws://{place.netloc}/ws?{urlencode(query)}"
        self._socket = websocket.create_connection(address, socket=self._opened, header=header, timeout=TIMEOUT_SECONDS)
        self._socket.settimeout(None)
        self.messages: list[dict[str, Any]] = []
        self.over = False
        self.first_after: float | None = None
        """Seconds until it was told anything."""
        self._began = began
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """What it was told of one kind, in order."""
        return [message for message in list(self.messages) if message.get("type") == kind]

    @property
    def written(self) -> str:
        """Everything that the screen was told to show."""
        return "".join(message["data"] for message in self.of_kind(OUTPUT))

    @property
    def refusal(self) -> str | None:
        """The code of the error that it was told; None: it was told none."""
        return next((message["code"] for message in self.of_kind(ERROR)), None)

    @property
    def ticket(self) -> Ticket:
        """What to come back with; raises IndexError before the session is told."""
        told = [message for message in list(self.messages) if message.get("type") in (SESSION, RECONNECTED)][-1]
        seen = [message["seq"] for message in self.of_kind(OUTPUT) if "seq" in message]
        return Ticket(told["sessionId"], told["reconnectToken"], max(seen, default=0))

    def send(self, kind: str, **fields: object) -> None:
        """Tell the server something."""
        record(Kind.CALL, f"terminal: {kind}", json.dumps(fields))
        self._socket.send(json.dumps({"type": kind, **fields}))

    def close(self) -> None:
        """Close the connection, and wait until nothing comes any more; a server that does not answer that is left all the same."""
        with suppress(websocket.WebSocketException, OSError):
            self._socket.send_close()
        self._reader.join(CLOSE_SECONDS)
        # wakes the thread that reads, which may wait for ever
        with suppress(OSError):
            self._opened.shutdown(socket.SHUT_RDWR)
        self._reader.join(TIMEOUT_SECONDS)
        self._opened.close()

    def _read(self) -> None:
        try:
            while text := self._socket.recv():
                self.first_after = self.first_after or time.monotonic() - self._began
                self._take(json.loads(text))
        except (websocket.WebSocketException, OSError, ValueError):
            pass
        finally:
            self.over = True

    def _take(self, message: dict[str, Any]) -> None:
        if "reconnectToken" in message:
            learn_secret(message["reconnectToken"])
        record(Kind.CALL, f"terminal tells: {message.get('type')}", json.dumps(message))
        self.messages.append(message)
