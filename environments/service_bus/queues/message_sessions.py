"""Message sessions: messages of one session go, in order, to the one consumer that has locked the session.

Source: Azure Service Bus's public behaviour, as the official SDK sees it.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..codec.message import Message
from ..errors import Refusal, no_session_available, session_cannot_be_locked, session_lock_lost
from .lines import Consumer, Hand, Line, LockedSession

# Source: the SDK's "no filter" for listing sessions, the largest date of .NET as milliseconds since 1970
EVERY_SESSION = 253402300800000


@dataclass(slots=True, eq=False)
class MessageSession:
    """One session of one entity; it exists as long as it has messages, a state or an owner."""

    session_id: str
    line: Line = field(default_factory=Line)
    owner: Consumer | None = None
    locked_until: float = 0.0
    state: bytes | None = None
    state_changed_at: float = 0.0
    expiry: asyncio.TimerHandle | None = None


@dataclass(slots=True, eq=False)
class _Waiting:
    """A consumer that takes whichever session is next."""

    consumer: Consumer
    granted: Callable[[MessageSession], None]
    expiry: asyncio.TimerHandle | None = None


class KnownSessions:
    """The message sessions of one entity that have messages, a state or an owner."""

    def __init__(self) -> None:
        self._sessions: dict[str, MessageSession] = {}

    def __iter__(self) -> Iterator[MessageSession]:
        return iter(list(self._sessions.values()))

    def find(self, session_id: str) -> MessageSession | None:
        """The session of this name, if there is anything to know about it."""
        return self._sessions.get(session_id)

    def get(self, session_id: str) -> MessageSession:
        """The session of this name."""
        session = self._sessions.get(session_id)
        if session is None:
            session = self._sessions[session_id] = MessageSession(session_id)
        return session

    def tidy(self, session: MessageSession) -> None:
        """Forget a session about which there is nothing to know any more."""
        if not session.line.waiting and session.owner is None and session.state is None:
            self._sessions.pop(session.session_id, None)

    def state(self, session_id: str) -> bytes | None:
        """What a consumer has left there."""
        session = self._sessions.get(session_id)
        return session.state if session else None

    def set_state(self, session_id: str, state: bytes | None) -> None:
        """Leave something for the next consumer of the session; None takes it away."""
        session = self.get(session_id)
        session.state, session.state_changed_at = state, time.time()
        self.tidy(session)

    def states(self) -> Iterator[tuple[str, bytes]]:
        """The sessions that have a state, with it."""
        return ((session.session_id, session.state) for session in self if session.state is not None)

    def names(self, changed_after: float) -> list[str]:
        """The sessions with messages or a state; or, with a time in milliseconds, those whose state was set after it."""
        if changed_after >= EVERY_SESSION:
            return [session.session_id for session in self if session.line.waiting or session.state is not None]
        return [session.session_id for session in self if session.state is not None and session.state_changed_at * 1000 > changed_after]

    def locked(self) -> Iterator[MessageSession]:
        """The sessions that have an owner."""
        return (session for session in self if session.owner is not None)


class SessionConsumers:
    """A line for each session, and the consumers that have or want one."""

    def __init__(self, hand: Hand, released: Callable[[LockedSession, bool], None], lock_seconds: Callable[[], float]) -> None:
        """`released` puts back what is locked in a session; its second argument says whether that counts as a failed delivery."""
        self.known = KnownSessions()
        self._hand = hand
        self._released = released
        self._lock_seconds = lock_seconds
        # the keys of sessions that have messages and no owner, the longest waiting first
        self._available: dict[str, None] = {}
        self._queue: deque[_Waiting] = deque()

    # ---- messages ----

    @property
    def waiting(self) -> int:
        return sum(session.line.waiting for session in self.known)

    @property
    def in_use(self) -> bool:
        """Whether anybody has or wants a session."""
        return bool(self._queue) or any(True for _ in self.known.locked())

    def __iter__(self) -> Iterator[Message]:
        for session in self.known:
            yield from session.line

    def add(self, message: Message) -> None:
        session = self.known.get(message.session_id or "")
        session.line.add(message)
        self._offer(session)
        self.deliver_to(session)

    def withdraw(self, message: Message) -> None:
        session = self.known.get(message.session_id or "")
        session.line.withdraw()
        self._tidy(session)

    def deliver(self) -> None:
        for session in self.known:
            self.deliver_to(session)

    def deliver_to(self, session: MessageSession) -> None:
        """Hand out what can be handed out of one session."""
        while (owner := session.owner) is not None and session.line.waiting and owner.wants_message():
            if message := session.line.take():
                self._hand(message, owner, session)

    # ---- who has a session ----

    def accept(self, session_id: str, consumer: Consumer) -> MessageSession:
        """Lock the session of this name for the consumer; raises Refusal when another consumer holds it."""
        session = self.known.get(session_id)
        if session.owner is not None:
            raise session_cannot_be_locked(session_id)
        self._own(session, consumer)
        return session

    def accept_next(
        self, consumer: Consumer, seconds: float, granted: Callable[[MessageSession], None], refused: Callable[[Refusal], None]
    ) -> None:
        """Lock the next free session with messages, as soon as there is one; refuse after that many seconds."""
        if self._available:
            session = self.known.get(next(iter(self._available)))
            self._own(session, consumer)
            granted(session)
            return
        waiting = _Waiting(consumer, granted)

        def too_late() -> None:
            self._queue.remove(waiting)
            refused(no_session_available())

        waiting.expiry = asyncio.get_running_loop().call_later(seconds, too_late)
        self._queue.append(waiting)

    def leave(self, consumer: Consumer) -> None:
        """The consumer is gone: its session is free, and what it has locked there is put back."""
        for waiting in [waiting for waiting in self._queue if waiting.consumer is consumer]:
            if waiting.expiry:
                waiting.expiry.cancel()
            self._queue.remove(waiting)
        for session in self.known:
            if session.owner is consumer:
                self._release(session, failed=False)

    def renew(self, session_id: str) -> float:
        """Hold the session's lock for another full time; returns until when. Raises Refusal when no consumer holds it."""
        session = self.known.find(session_id)
        if session is None or session.owner is None:
            raise session_lock_lost()
        self._hold(session)
        return session.locked_until

    def _own(self, session: MessageSession, consumer: Consumer) -> None:
        session.owner = consumer
        self._available.pop(session.session_id, None)
        self._hold(session)

    def _hold(self, session: MessageSession) -> None:
        if session.expiry:
            session.expiry.cancel()
        seconds = self._lock_seconds()
        session.locked_until = time.time() + seconds
        session.expiry = asyncio.get_running_loop().call_later(seconds, self._expired, session)

    def _expired(self, session: MessageSession) -> None:
        owner = session.owner
        self._release(session, failed=True)
        if owner is not None:
            owner.dismiss(session_lock_lost())

    def _release(self, session: MessageSession, failed: bool) -> None:
        if session.expiry:
            session.expiry.cancel()
        session.owner = session.expiry = None
        self._released(session, failed)
        self._offer(session)
        self._tidy(session)

    def _offer(self, session: MessageSession) -> None:
        if session.owner is not None or not session.line.waiting:
            return
        self._available.setdefault(session.session_id)
        if self._queue:
            waiting = self._queue.popleft()
            if waiting.expiry:
                waiting.expiry.cancel()
            self._own(session, waiting.consumer)
            waiting.granted(session)

    def dismiss_all(self, refusal: Refusal) -> None:
        """Send every consumer away, say why, and put back what is locked in sessions."""
        while self._queue:
            waiting = self._queue.popleft()
            if waiting.expiry:
                waiting.expiry.cancel()
            waiting.consumer.dismiss(refusal)
        for session in self.known:
            owner = session.owner
            if owner is not None:
                self._release(session, failed=False)
                owner.dismiss(refusal)

    def _tidy(self, session: MessageSession) -> None:
        if not session.line.waiting:
            self._available.pop(session.session_id, None)
        self.known.tidy(session)
