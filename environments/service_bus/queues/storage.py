"""What a queue, a subscription or a dead-letter queue keeps: messages that wait, are locked or deferred, and until when."""

import heapq
import time
from abc import abstractmethod
from collections.abc import Iterator

from ..codec.message import ACTIVE, DEFERRED, LOCKED, Message
from ..errors import Refusal, message_lock_lost, message_not_found, quota_exceeded, session_lock_lost
from .intake import Entity, SharedState
from .lines import CompetingConsumers, Consumer, Lock, LockedSession
from .locks import Locks
from .message_sessions import SessionConsumers
from .options import EntityOptions
from .timetable import Timetable


class MessageStore(Entity):
    """Messages, and the consumers that they are handed to."""

    def __init__(self, path: str, options: EntityOptions, shared: SharedState) -> None:
        super().__init__(path, options, shared)

        def lock_seconds() -> float:
            return self.options.lock_seconds

        self.consumers = CompetingConsumers(self._hand)
        self.sessions = SessionConsumers(self._hand, self._session_released, lock_seconds)
        self.dispatch: CompetingConsumers | SessionConsumers = self.sessions if options.requires_session else self.consumers
        self.locks = Locks(lock_seconds, self._delivery_failed, self._lock_lost)
        self.deferred: dict[int, Message] = {}
        self._expiries = Timetable(self._time_is_over)

    def _lock_lost(self) -> Refusal:
        return session_lock_lost() if self.options.requires_session else message_lock_lost()

    # ---- in ----

    def _keep(self, message: Message) -> None:
        message.state = ACTIVE
        self._enter(message)
        if message.expires_at is not None:
            self._expiries.add(message, message.expires_at)
        self.dispatch.add(message)

    def restore(self, message: Message) -> None:
        super().restore(message)
        if message.deferred:
            message.state = DEFERRED
            self._enter(message)
            if message.expires_at is not None:
                self._expiries.add(message, message.expires_at)
            self.deferred[message.sequence_number] = message
        elif message.state in (ACTIVE, LOCKED):
            self._keep(message)

    def session_states(self) -> Iterator[tuple[str, bytes]]:
        return self.sessions.known.states()

    def set_session_state(self, session_id: str, state: bytes | None) -> None:
        before = len(self.sessions.known.state(session_id) or b"")
        memory, added = self._shared.memory, len(state or b"") - before
        if added > 0 and memory.used + added > memory.limit:
            raise quota_exceeded("the namespace", memory.limit)
        memory.used += added
        self.sessions.known.set_state(session_id, state)
        if self._shared.journal:
            self._shared.journal.session_state(self.path, session_id, state)

    def every_message(self) -> Iterator[Message]:
        yield from super().every_message()
        yield from self.dispatch
        yield from (lock.message for lock in self.locks)
        yield from self.deferred.values()

    @property
    def message_count(self) -> int:
        """How many messages are kept, whatever their state."""
        return self.dispatch.waiting + len(self.locks) + len(self.deferred) + len(self.scheduled)

    # ---- out ----

    def deliver(self) -> None:
        """Hand over what is ready, in order, to the consumers that want something."""
        self.dispatch.deliver()

    def _hand(self, message: Message, consumer: Consumer, session: LockedSession | None) -> None:
        self.accessed_at = now = time.time()
        if message.expired(now):
            self._leave(message)
            self._after_expiry(message)
        elif consumer.takes_for_good:
            self._leave(message)
            consumer.hand_over(message, None)
        else:
            consumer.hand_over(message, self.locks.lock(message, session))

    def receive_deferred(self, numbers: list[int], for_good: bool, session_id: str | None = None) -> list[tuple[Message, Lock | None]]:
        """Hand out deferred messages; raises Refusal, before any is handed out, when one is missing."""
        for number in numbers:
            if number not in self.deferred:
                raise message_not_found(number)
        session = next((held for held in self.sessions.known.locked() if held.session_id == session_id), None)
        handed_out: list[tuple[Message, Lock | None]] = []
        for number in numbers:
            message = self.deferred.pop(number)
            if for_good:
                self._leave(message)
            handed_out.append((message, None if for_good else self.locks.lock(message, session)))
        return handed_out

    def peek(self, first: int, count: int, now: float, session_id: str | None = None) -> list[Message]:
        """Up to `count` messages from sequence number `first` on, in order, whatever state they are in."""

        def wanted(messages: Iterator[Message]) -> Iterator[Message]:
            return (
                message
                for message in messages
                if message.sequence_number >= first
                and not message.expired(now)
                and (session_id is None or session_id == message.session_id)
            )

        return heapq.nsmallest(count, wanted(self.every_message()), key=lambda message: message.sequence_number)

    def _put_back(self, message: Message) -> None:
        message.state = DEFERRED if message.deferred else ACTIVE
        if self._shared.journal:
            self._shared.journal.changed(self.path, message)
        if message.expired(time.time()):
            self._leave(message)
            self._after_expiry(message)
        elif message.deferred:
            self.deferred[message.sequence_number] = message
        else:
            self.dispatch.add(message)

    # ---- what the kind of entity decides ----

    @abstractmethod
    def _delivery_failed(self, message: Message) -> None:
        """The lock on a message expired, or its consumer gave it back."""

    @abstractmethod
    def _after_expiry(self, message: Message) -> None:
        """The message is not kept any more, since its time to live is over."""

    def _session_released(self, session: LockedSession, failed: bool) -> None:
        for message in self.locks.take_all_of(session):
            if failed:
                self._delivery_failed(message)
            else:
                self._put_back(message)

    # ---- the end ----

    def _leave(self, message: Message) -> None:
        if message.expires_at is not None:
            self._expiries.forget_one()
        self._depart(message)

    def _time_is_over(self, message: Message) -> None:
        if message.state == DEFERRED:
            self.deferred.pop(message.sequence_number, None)
        elif message.state == ACTIVE:
            self.dispatch.withdraw(message)
        else:
            # it is locked: looked at again when it is put back
            return
        self._leave(message)
        self._after_expiry(message)

    def dismiss_consumers(self, refusal: Refusal) -> None:
        """Send every consumer away and say why."""
        self.consumers.dismiss_all(refusal)
        self.sessions.dismiss_all(refusal)

    def closed(self) -> None:
        super().closed()
        self._expiries.close()
        for message in list(self.every_message()):
            self._depart(message)
        self.locks.close()
        self.deferred.clear()
