"""Queues, subscriptions and dead-letter queues: what becomes of a message between its arrival and its end.

Source: Azure Service Bus's public behaviour, as the official SDK sees it.
"""

import asyncio
import heapq
import time
import uuid
from collections.abc import Iterator

from .errors import Refusal, message_lock_lost, message_not_found, quota_exceeded, session_lock_lost
from .intake import Entity, Surroundings
from .lines import CompetingConsumers, Consumer, Lock
from .message import ACTIVE, DEFERRED, LOCKED, Message
from .message_sessions import MessageSession, SessionConsumers
from .options import EntityOptions
from .timetable import Timetable

DEAD_LETTERS = "$DeadLetterQueue"

# Source: Azure Service Bus, "auto-forwarding: a message is dead-lettered after more than four hops"
MOST_HOPS = 4
TOO_MANY_HOPS, TRANSFER_FAILED = "MaxTransferHopCountExceeded", "TransferFailed"


class Queue(Entity):
    """One queue or subscription, or the dead-letter queue of one (which has none itself)."""

    def __init__(self, path: str, options: EntityOptions, surroundings: Surroundings, is_dead_letters: bool = False) -> None:
        super().__init__(path, options, surroundings)
        self.dead_letters = None if is_dead_letters else Queue(f"{path}/{DEAD_LETTERS}", _of_dead_letters(options), surroundings, True)
        self.consumers = CompetingConsumers(self._hand)
        self.sessions = SessionConsumers(self._hand, self._session_released, lambda: self.options.lock_seconds)
        self.dispatch: CompetingConsumers | SessionConsumers = self.sessions if options.requires_session else self.consumers
        self.locks: dict[uuid.UUID, Lock] = {}
        self.deferred: dict[int, Message] = {}
        self._expiries = Timetable(self._time_is_over)

    # ---- in ----

    def _arrive(self, message: Message) -> None:
        if self.options.forward_to:
            self._forward(message, self.options.forward_to)
            return
        if self.options.requires_session and message.session_id is None:
            # only a topic passes such a message on
            self._give_up(message, "SessionIdIsMissing", "The subscription requires sessions and the message has no session id.")
            return
        seconds = [s for s in (None if message.ttl is None else message.ttl / 1000, self.options.time_to_live) if s is not None]
        message.expires_at = message.enqueued_at + min(seconds) if seconds else None
        self._keep(message)

    def _keep(self, message: Message) -> None:
        message.state = ACTIVE
        self._enter(message)
        if message.expires_at is not None:
            self._expiries.add(message, message.expires_at)
        self.dispatch.add(message)

    def _forward(self, message: Message, path: str) -> None:
        message.hops += 1
        if message.hops > MOST_HOPS:
            self._give_up(message, TOO_MANY_HOPS, f"The message was forwarded more than {MOST_HOPS} times.")
            return
        try:
            self._surroundings.find(path).accept([message])
        except Refusal as refusal:
            self._give_up(message, TRANSFER_FAILED, f"The message could not be forwarded: {refusal.description}")

    def _give_up(self, message: Message, reason: str, words: str) -> None:
        if self.dead_letters is None:
            self._keep(message)
        else:
            self._to_dead_letters(message, reason, words)

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
        return self.sessions.states()

    def restore_session_state(self, session_id: str, state: bytes | None) -> None:
        self.set_session_state(session_id, state)

    def every_message(self) -> Iterator[Message]:
        yield from super().every_message()
        yield from self.dispatch
        yield from (lock.message for lock in self.locks.values())
        yield from self.deferred.values()

    # ---- out ----

    def deliver(self) -> None:
        """Hand over what is ready, in order, to the consumers that want something."""
        self.dispatch.deliver()

    def _hand(self, message: Message, consumer: Consumer, session: MessageSession | None) -> None:
        if message.expired(time.time()):
            self._leave(message)
            self._after_expiry(message)
        elif consumer.takes_for_good:
            self._leave(message)
            consumer.hand_over(message, None)
        else:
            consumer.hand_over(message, self._lock(message, session))

    def receive_deferred(self, numbers: list[int], for_good: bool, session_id: str | None = None) -> list[tuple[Message, Lock | None]]:
        """Hand out deferred messages; raises Refusal, before any is handed out, when one is missing."""
        for number in numbers:
            if number not in self.deferred:
                raise message_not_found(number)
        session = next((held for held in self.sessions.locked() if held.session_id == session_id), None)
        handed_out: list[tuple[Message, Lock | None]] = []
        for number in numbers:
            message = self.deferred.pop(number)
            if for_good:
                self._leave(message)
            handed_out.append((message, None if for_good else self._lock(message, session)))
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

    # ---- locks ----

    def _lock(self, message: Message, session: MessageSession | None) -> Lock:
        message.state = LOCKED
        if session is not None:
            lock = Lock(message, session.locked_until, session)
        else:
            lock = Lock(message, time.time() + self.options.lock_seconds)
            lock.expiry = asyncio.get_running_loop().call_later(self.options.lock_seconds, self._lock_expired, lock)
        self.locks[lock.token] = lock
        return lock

    def renew(self, token: uuid.UUID) -> float:
        """Hold a lock for another full time; returns until when. Raises Refusal when it is lost."""
        lock = self._held(token)
        if lock.expiry:
            lock.expiry.cancel()
        lock.until = time.time() + self.options.lock_seconds
        lock.expiry = asyncio.get_running_loop().call_later(self.options.lock_seconds, self._lock_expired, lock)
        return lock.until

    def _held(self, token: uuid.UUID) -> Lock:
        lock = self.locks.get(token)
        if lock is None or (lock.session.locked_until if lock.session else lock.until) <= time.time():
            raise session_lock_lost() if self.options.requires_session else message_lock_lost()
        return lock

    def _unlock(self, token: uuid.UUID) -> Message:
        lock = self._held(token)
        if lock.expiry:
            lock.expiry.cancel()
        return self.locks.pop(token).message

    def expire_locks(self) -> int:
        """Let the time of every lock be up now; returns how many there were. A session keeps its own time."""
        held = [lock for lock in self.locks.values() if lock.expiry]
        for lock in held:
            if lock.expiry:
                lock.expiry.cancel()
            self._lock_expired(lock)
        return len(held)

    def _lock_expired(self, lock: Lock) -> None:
        del self.locks[lock.token]
        self._delivery_failed(lock.message)

    def _session_released(self, session: MessageSession, failed: bool) -> None:
        held = [lock for lock in self.locks.values() if lock.session is session]
        for lock in held:
            del self.locks[lock.token]
        for lock in held:
            if failed:
                self._delivery_failed(lock.message)
            else:
                self._put_back(lock.message)

    def set_session_state(self, session_id: str, state: bytes | None) -> None:
        """Leave something for the next consumer of a session; raises Refusal when there is no room for it."""
        before = len(self.sessions.state(session_id) or b"")
        memory, added = self._surroundings.memory, len(state or b"") - before
        if added > 0 and memory.used + added > memory.limit:
            raise quota_exceeded("the namespace", memory.limit)
        memory.used += added
        self.sessions.set_state(session_id, state)
        if self._surroundings.journal:
            self._surroundings.journal.session_state(self.path, session_id, state)

    # ---- settlement; each raises Refusal when the lock is lost ----

    def complete(self, token: uuid.UUID) -> None:
        """The message is done."""
        message = self._unlock(token)
        self._leave(message)
        message.bare = b""

    def release(self, token: uuid.UUID) -> None:
        """The message was not looked at: it is ready again."""
        self._put_back(self._unlock(token))

    def abandon(self, token: uuid.UUID) -> None:
        """The message was not handled: it comes again, or goes to the dead-letter queue after too many times."""
        self._delivery_failed(self._unlock(token))

    def defer(self, token: uuid.UUID) -> None:
        """The message stays, and is handed out only by its sequence number."""
        message = self._unlock(token)
        message.deferred = True
        self._put_back(message)

    def dead_letter(self, token: uuid.UUID, reason: str | None, description: str | None) -> None:
        """The message goes to the dead-letter queue."""
        message = self._unlock(token)
        if self.dead_letters is None:
            self._put_back(message)
            return
        self._leave(message)
        self._to_dead_letters(message, reason, description)

    def _delivery_failed(self, message: Message) -> None:
        message.delivery_count += 1
        too_often = message.delivery_count >= self.options.max_delivery_count
        if too_often and self.dead_letters is not None and not message.deferred:
            words = f"Message could not be consumed after {self.options.max_delivery_count} delivery attempts."
            self._leave(message)
            self._to_dead_letters(message, "MaxDeliveryCountExceeded", words)
            return
        self._put_back(message)

    def _put_back(self, message: Message) -> None:
        message.state = DEFERRED if message.deferred else ACTIVE
        if self._surroundings.journal:
            self._surroundings.journal.changed(self.path, message)
        if message.expired(time.time()):
            self._leave(message)
            self._after_expiry(message)
        elif message.deferred:
            self.deferred[message.sequence_number] = message
        else:
            self.dispatch.add(message)

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

    def _after_expiry(self, message: Message) -> None:
        if self.options.dead_letters_expired and self.dead_letters is not None:
            self._to_dead_letters(message, "TTLExpiredException", "The message expired and was dead lettered.")
        else:
            message.bare = b""

    def _to_dead_letters(self, message: Message, reason: str | None, description: str | None) -> None:
        if self.dead_letters is None:
            return
        # the one that is gone may still stand in a line
        dead, message.bare = message.copy(), b""
        said = {"DeadLetterReason": reason, "DeadLetterErrorDescription": description}
        dead.add_application_properties({name: words for name, words in said.items() if words})
        dead.annotate({"x-opt-deadletter-source": self.path}, removed=("x-opt-scheduled-enqueue-time",))
        # what lies in a dead-letter queue does not expire
        dead.ttl = dead.expires_at = None
        dead.delivery_count = 0
        dead.deferred = False
        if reason not in (TOO_MANY_HOPS, TRANSFER_FAILED):
            dead.hops = 0
        self.dead_letters.adopt(dead)

    def adopt(self, message: Message) -> None:
        """Take a dead letter in: it keeps its number, so that it can be told from the outside which message this was."""
        if forward_to := self.options.forward_to:
            self._forward(message, forward_to)
            return
        self.last_sequence_number = max(self.last_sequence_number, message.sequence_number)
        self._keep(message)

    def change_dead_letters(self) -> None:
        """The options were changed: those of the dead-letter queue follow from them."""
        if self.dead_letters is not None:
            self.dead_letters.options = _of_dead_letters(self.options)

    def closed(self) -> None:
        super().closed()
        self._expiries.close()
        self.consumers.close()
        self.sessions.close()
        for message in list(self.every_message()):
            self._depart(message)
        for lock in self.locks.values():
            if lock.expiry:
                lock.expiry.cancel()
        self.locks.clear()
        self.deferred.clear()
        if self.dead_letters is not None:
            self.dead_letters.closed()


def _of_dead_letters(options: EntityOptions) -> EntityOptions:
    seconds, forward_to = options.lock_seconds, options.forward_dead_letters_to
    return EntityOptions(lock_seconds=seconds, max_delivery_count=1 << 30, forward_to=forward_to, max_bytes=options.max_bytes)
