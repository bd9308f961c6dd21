"""What time it is for a request: the machine's own or, where that is allowed, so many seconds before or after it.

Whoever asks for another time has to know the key that the backend was started with; without a key nobody can. It holds for that request
alone, so that scenarios at other times run beside each other. What the backend does by itself knows the machine's time only.

Source: our choice.
"""

import hmac
import re
import time
from contextvars import ContextVar

from starlette.types import ASGIApp, Receive, Scope, Send

HEADER = "x-clock"
"""Holds the key and the seconds to add, with a space between."""

_moved_by: ContextVar[float] = ContextVar("moved_by", default=0.0)
_SECONDS = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")


def now() -> float:
    """The time, in unix seconds."""
    return time.time() + _moved_by.get()


def elapsed() -> float:
    """A clock that only goes forward, in seconds: for how long ago something was, whatever time the machine is set to."""
    return time.monotonic() + _moved_by.get()


class MovableClock:
    """Serves a request at the time that it asks for with the right key."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        key, _, seconds = dict(scope.get("headers", ())).get(HEADER.encode(), b"").rpartition(b" ")
        if hmac.compare_digest(key, self._key) and _SECONDS.fullmatch(text := seconds.decode("latin-1")):
            _moved_by.set(float(text))
        await self._app(scope, receive, send)
