"""One WebSocket: who it is, what it is told first, and what goes either way until it is closed."""

import asyncio
import hmac
import json
import logging
import shlex
import time
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from environments.platforms.observatory import web_terminal_sabotages as sabotages
from environments.platforms.observatory.pseudo_terminal.read_only import blocked_by
from environments.platforms.observatory.pseudo_terminal.terminal import DASHBOARD
from environments.platforms.observatory.web_terminal.sessions import Refused, Session, Sessions
from environments.platforms.observatory.web_terminal.settings import Settings

KEEP_ALIVE_SECONDS = 30.0
log = logging.getLogger("web_terminal")


class Connections:
    """Takes WebSockets in."""

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        """All share the sessions."""
        self._settings, self._sessions = settings, sessions

    async def take(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one WebSocket until it is closed."""
        socket = web.WebSocketResponse(heartbeat=KEEP_ALIVE_SECONDS)
        await socket.prepare(request)
        try:
            await self._inject(request)
            self._authenticate(request)
            session, seen = await self._session(request)
        except Refused as refused:
            log.warning("a connection from %s is refused: %s", request.remote, refused.code)
            await _send(socket, type="error", code=refused.code, message=str(refused))
            await socket.close()
            return socket
        try:
            await self._serve(socket, session, seen)
        finally:
            if not session.over:
                self._sessions.leave(session)
            log.info("session %s is %s", session.identity, "over" if session.over else "left")
        return socket

    async def _inject(self, request: web.Request) -> None:
        """What tests ask for: by a setting for all, by the query for one."""
        asked = request.query.get("test_mode") or self._settings.pty_test_mode
        mode = "" if sabotages.is_on(sabotages.TEST_MODE_IGNORED) else asked
        if mode == "fail":
            raise Refused("INTERNAL_ERROR", "Test mode: connection rejected")
        if mode.startswith("delay:") and mode[6:].isdecimal():
            await asyncio.sleep(int(mode[6:]) / 1000)

    def _authenticate(self, request: web.Request) -> None:
        expected = self._settings.pty_auth_token.get_secret_value()
        if not expected or ("session" in request.query and sabotages.is_on(sabotages.NO_TOKEN_TO_COME_BACK)):
            return
        header = request.headers.get("Authorization")
        given = request.query.get("auth") if header is None else header.removeprefix("Bearer ").strip()
        if sabotages.is_on(sabotages.TOKEN_LOGGED):
            log.info("somebody comes with the token %s", given)
        if given is None:
            raise Refused("AUTH_REQUIRED", "Authorization required")
        malformed = header is not None and not header.startswith("Bearer ")
        if malformed or not hmac.compare_digest(given.encode(), expected.encode()):
            raise Refused("AUTH_FAILED", "Invalid token")

    async def _session(self, request: web.Request) -> tuple[Session, int | None]:
        """The session, and for one that was left the last frame that its owner has seen."""
        address = request.remote or ""
        if "session" in request.query:
            session = self._sessions.come_back(request.query["session"], request.query.get("token", ""), address)
            seen = request.query.get("last_seq", "")
            return session, int(seen) if seen.isdecimal() else 0
        session = self._sessions.new(address)
        urls = {"READ_MODEL_URL": self._settings.read_model_url, "GATEWAY_URL": self._settings.gateway_url}
        try:
            await session.terminal.start(shlex.split(self._settings.pty_tui_binary) or DASHBOARD, urls)
        except OSError as error:
            if not sabotages.is_on(sabotages.FAILED_START_COUNTED):
                self._sessions.end(session)
            raise Refused("PTY_SPAWN_FAILED", f"Failed to spawn PTY: {error.strerror}") from error
        return session, None

    async def _serve(self, socket: web.WebSocketResponse, session: Session, seen: int | None) -> None:
        hello: dict[str, Any] = {"sessionId": session.identity, "reconnectToken": session.token}
        if seen is None:
            await _send(socket, type="session", **hello)
        else:
            size = {"restore_size": {"cols": session.size[0], "rows": session.size[1]}} if session.size else {}
            await _send(socket, type="reconnected", **hello, **size)
            seen = await _replay(socket, session, 0 if sabotages.is_on(sabotages.REPLAY_FROM_THE_BEGINNING) else seen)
        writer = asyncio.create_task(_write(socket, session, seen or 0))
        try:
            async for message in socket:
                session.seen = time.monotonic()
                if message.type is WSMsgType.TEXT:
                    await self._heed(socket, session, message.data)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await writer

    async def _heed(self, socket: web.WebSocketResponse, session: Session, text: str) -> None:
        try:
            said = json.loads(text)
            kind = said["type"]
            if kind == "input":
                await self._typed(socket, session, str(said["data"]))
            elif kind == "resize" and not sabotages.is_on(sabotages.SIZE_IGNORED):
                session.size = (min(max(int(said["cols"]), 1), 1000), min(max(int(said["rows"]), 1), 1000))
                session.terminal.resize(*session.size)
            elif kind == "ping":
                await _send(socket, type="pong")
        except (ValueError, TypeError, KeyError):
            # what was said is not logged: it may be a password that somebody typed
            log.warning("session %s says something that is no message", session.identity)

    async def _typed(self, socket: web.WebSocketResponse, session: Session, typed: str) -> None:
        action = blocked_by(typed) if self._settings.pty_read_only else None
        if action is None or (typed == "\r" and sabotages.is_on(sabotages.ENTER_GETS_THROUGH)):
            session.terminal.type(typed)
        elif session.notices.is_due(action):
            await _send(socket, type="notice", message=f"\u26a0 Read-only mode: {action} disabled")


async def _replay(socket: web.WebSocketResponse, session: Session, seen: int) -> int:
    """Tell what was missed; returns the last frame that was told."""
    frames = [] if sabotages.is_on(sabotages.REPLAY_LOST) else session.ring.after(seen)
    if missing := session.ring.missing_after(seen):
        await _send(socket, type="buffer_truncated", frames_dropped=missing)
    await _send(socket, type="replay_begin", from_seq=frames[0][0] if frames else seen)
    for number, text in frames:
        await _send(socket, type="output", data=text, seq=number)
    last = session.ring.last if sabotages.is_on(sabotages.REPLAY_LOST) else (frames[-1][0] if frames else seen)
    await _send(socket, type="replay_end", last_seq=last)
    return last


async def _write(socket: web.WebSocketResponse, session: Session, seen: int) -> None:
    """Tell what the terminal writes; a slow reader is told what it missed."""
    while not session.over:
        if missing := session.ring.missing_after(seen):
            await _send(socket, type="buffer_truncated", frames_dropped=missing)
        for number, text in session.ring.after(seen):
            await _send(socket, type="output", data=text, seq=number)
            seen = number
        if session.ring.last == seen:
            await session.news.wait()
            session.news.clear()
    for number, text in session.ring.after(seen):
        await _send(socket, type="output", data=text, seq=number)
    await socket.close()


async def _send(socket: web.WebSocketResponse, **message: object) -> None:
    await socket.send_str(json.dumps(message))
