"""What a service lets in: a body that is too large is not read, and one that cannot be worked with never reaches an endpoint.

Source: our choice.
"""

import re
from collections.abc import Awaitable, Callable, Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from environments.platforms.tracebloc.common.sent_json import UnusableJson, parse
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

# bytes that are taken of whoever has not said who they are
SMALL_BODY = 64 * 1024
# all that is JSON, and forms without files
USUAL_BODY = 4 * 2**20

# others can spell what is no text
_CHARSETS = ("utf-8", "utf8", "us-ascii", "iso-8859-1")
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\";\s]*)", re.IGNORECASE)
_CODES = {400: "INVALID_REQUEST", 401: "NOT_AUTHENTICATED", 413: "TOO_LARGE", 503: "UNAVAILABLE"}

Known = Callable[[Headers], Awaitable[bool]]
"""Whether whoever sends these headers may send much; may raise HTTPException 503 when nobody can tell now."""


class Bodies:
    """Takes more than SMALL_BODY bytes only of whoever is `known`, and more than USUAL_BODY only where `with_files` says how many.

    Answers 413 for what is too much, 401 for what is much and comes of nobody known, 400 for JSON and forms that cannot be worked with.
    """

    def __init__(self, app: ASGIApp, known: Known, with_files: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._known = known
        self._most = with_files or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            receive = await self._checked(scope, receive)
        except HTTPException as error:
            refusal = JSONResponse({"message": error.detail, "code": _CODES[error.status_code]}, error.status_code)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive) -> Receive:
        """What an endpoint receives the body by; raises HTTPException."""
        headers = Headers(scope=scope)
        counted = _Counted(receive, headers, self._known, self._most.get(scope["path"], USUAL_BODY))
        await counted.check(_number(headers.get("content-length", "")))
        content_type = headers.get("content-type", "").lower()
        if content_type.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
            charset = _CHARSET.search(content_type)
            if charset and charset[1] not in _CHARSETS:
                raise HTTPException(400, "body: forms are sent in UTF-8")
            return counted
        body = await counted.all()
        media_type = content_type.partition(";")[0].strip()
        if body and (media_type == "application/json" or media_type.endswith("+json")):
            try:
                parse(body)
            except UnusableJson as error:
                raise HTTPException(400, f"body: {error}") from None
        return _again(body, receive)


class _Counted:
    """Receives a body; raises HTTPException once it is more than may be sent, whether or not its length was announced."""

    def __init__(self, receive: Receive, headers: Headers, known: Known, most: int) -> None:
        self._receive, self._headers, self._known, self._most = receive, headers, known, most
        self._checked = SMALL_BODY
        self._received = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        await self.check(self._received)
        return message

    async def check(self, size: int) -> None:
        """Raise HTTPException unless so many bytes may be sent."""
        if size <= self._checked or is_on(BackendSabotage.BODIES_OF_ANY_SIZE_READ):
            return
        if not await self._known(self._headers):
            raise HTTPException(401, f"A body of more than {SMALL_BODY} bytes is only taken of whoever has a valid token.")
        if size > self._most:
            raise HTTPException(413, f"The body is larger than {self._most} bytes.")
        self._checked = self._most

    async def all(self) -> bytes:
        """The whole body."""
        parts: list[bytes] = []
        more = True
        while more:
            message = await self()
            parts.append(message.get("body", b""))
            more = message["type"] == "http.request" and message.get("more_body", False)
        return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def once_more() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once_more


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
