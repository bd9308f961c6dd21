"""Around every endpoint: a log line, and the refusal of SDKs that are too old."""

import logging
import re

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

log = logging.getLogger(__name__)

_SDK = re.compile(r"tracebloc-sdk/([0-9]{1,9}(?:\.[0-9]{1,9})*)")


class RequestLog:
    """One log line an answered request; without the query, which may hold what is nobody's business."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def logged(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["path"] != "/healthz":
                log.info("%s %s %s", scope["method"], scope["path"], message["status"])
            await send(message)

        await self._app(scope, receive, logged)


class SdkVersion:
    """Answers 426 to an SDK older than the platform wants. Source: tracebloc SDK 1.2.63 (`upgrade_required`, `min_version`)."""

    def __init__(self, app: ASGIApp, minimum: str) -> None:
        self._app = app
        self._minimum = minimum

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            agent = dict(scope["headers"]).get(b"user-agent", b"").decode("latin-1")
            sdk = _SDK.search(agent)
            too_old = sdk is not None and _numbers(sdk[1]) < _numbers(self._minimum)
            if too_old and not is_on(BackendSabotage.OLD_SDK_NOT_REFUSED):
                await JSONResponse({"error": "upgrade_required", "min_version": self._minimum}, 426)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
