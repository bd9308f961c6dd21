"""Sessions: who may have one, how somebody comes back to it, and when it is over."""

import asyncio
import hmac
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from environments.platforms.observatory import web_terminal_sabotages as sabotages
from environments.platforms.observatory.pseudo_terminal.read_only import Notices
from environments.platforms.observatory.pseudo_terminal.ring import Ring
from environments.platforms.observatory.pseudo_terminal.terminal import Terminal
from environments.platforms.observatory.web_terminal.settings import Settings


class Refused(Exception):
    """Nobody gets in; `code` is for programs, the text for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(eq=False)
class Session:
    """One person's terminal; it outlives a lost connection for a while."""

    address: str
    ring: Ring
    terminal: Terminal = field(init=False)
    identity: str = field(default_factory=lambda: str(uuid.uuid4()))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    issued: float = field(default_factory=time.monotonic)
    seen: float = field(default_factory=time.monotonic)
    left: float | None = None
    """When its connection was lost; None: somebody is connected."""
    over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)
    size: tuple[int, int] | None = None
    notices: Notices = field(default_factory=Notices)


class Sessions:
    """All sessions of the server."""

    def __init__(self, settings: Settings) -> None:
        """Limits are the settings'."""
        self._settings = settings
        self.all: dict[str, Session] = {}

    def new(self, address: str) -> Session:
        """A session whose terminal is not started; raises Refused where a limit is reached."""
        counted = [each for each in self.all.values() if each.left is None or not sabotages.is_on(sabotages.CAP_FORGETS_LEAVERS)]
        if len(counted) >= self._settings.pty_global_cap and not sabotages.is_on(sabotages.TOTAL_CAP_OFF):
            raise Refused("GLOBAL_CAP", "Maximum session limit reached")
        if sum(each.address == address for each in counted) >= self._settings.pty_per_ip_cap:
            raise Refused("PER_IP_CAP", "Maximum sessions per IP reached")
        session = Session(address, Ring(self._settings.pty_ring_max_bytes, self._settings.pty_ring_max_frames))
        session.terminal = Terminal(self._writer(session), lambda: self.end(session))
        self.all[session.identity] = session
        return session

    def come_back(self, identity: str, token: str, address: str) -> Session:
        """The session that somebody left, under a new token; raises Refused, in the same words whatever is wrong."""
        session = self.all.get(identity)
        refused = Refused("INVALID_TOKEN", "Invalid reconnect token")
        if session is None or session.left is None or session.address != address:
            raise refused
        age = time.monotonic() - session.issued
        too_old = age > self._settings.pty_token_ttl_secs and not sabotages.is_on(sabotages.TOKEN_NEVER_EXPIRES)
        if too_old or not hmac.compare_digest(session.token.encode(), token.encode()):
            raise refused
        session.left, session.seen = None, time.monotonic()
        if not sabotages.is_on(sabotages.TOKEN_STAYS_GOOD):
            session.token, session.issued = secrets.token_urlsafe(32), time.monotonic()
        return session

    def leave(self, session: Session) -> None:
        """The connection is lost; the session waits for a while."""
        session.left = time.monotonic()

    def end(self, session: Session) -> None:
        """It is over, and its program too."""
        self.all.pop(session.identity, None)
        session.over = True
        session.terminal.end()
        if not sabotages.is_on(sabotages.END_NOT_TOLD):
            session.news.set()

    def end_the_forgotten(self) -> None:
        """End those that were left for too long, or in which nothing happened for too long."""
        now, settings = time.monotonic(), self._settings
        for session in list(self.all.values()):
            left_too_long = session.left is not None and now - session.left > settings.pty_disconnect_grace_secs
            idle = now - session.seen > settings.pty_idle_timeout_secs and not sabotages.is_on(sabotages.IDLE_FOR_EVER)
            if left_too_long or idle:
                self.end(session)

    def _writer(self, session: Session) -> Callable[[str], None]:
        def wrote(text: str) -> None:
            for each in list(self.all.values()) if sabotages.is_on(sabotages.SESSIONS_SHARE_SCREEN) else [session]:
                each.ring.add(text)
                each.news.set()

        return wrote
