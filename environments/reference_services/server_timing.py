"""What a service asked of others while it answered a request, told in the answer. Source: W3C Server Timing (`desc` holds how often)."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

HEADER = "server-timing"
METRIC = re.compile(r"""(?:^|,)\s*([\w.-]+);desc="(\d{1,9})"\s*(?=,|$)""")

_asked: ContextVar[Counter[str] | None] = ContextVar("asked", default=None)

Message = MutableMapping[str, Any]
Application = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


def note_call(service: str) -> None:
    """Count a call to another service towards the request that is being answered; outside of one nothing is counted."""
    asked = _asked.get()
    if asked is not None:
        asked[service] += 1


def calls_of(header: str) -> dict[str, int]:
    """How often each service was asked, from an answer's header; what is no count, as other programs send it, is left out."""
    return {service: int(times) for service, times in METRIC.findall(header)}


class ServerTiming:
    """Around an ASGI application: each answer tells the calls that were noted up to its first byte."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        """One request."""
        asked: Counter[str] = Counter()

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start" and asked:
                told = ", ".join(f'{service};desc="{times}"' for service, times in sorted(asked.items()))
                message["headers"] = [*message.get("headers", ()), (HEADER.encode(), told.encode())]
            await send(message)

        token = _asked.set(asked)
        try:
            await self._app(scope, receive, telling)
        finally:
            _asked.reset(token)
