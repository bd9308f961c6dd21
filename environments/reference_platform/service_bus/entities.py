"""Queues: what is in them, who holds a lock on what, and what goes to the dead-letter queue.

Everything runs on one event loop, so nothing here needs a lock of its own.

Source: Azure Service Bus's public behaviour, as the official SDK sees it.
"""

import asyncio
import heapq
import time
import uuid
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Protocol

from .errors import entity_not_found, message_lock_lost, message_not_found
from .message import ACTIVE, DEFERRED, SCHEDULED, Message
from .types import Symbol

DEAD_LETTERS = "$DeadLetterQueue"


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """How a queue treats its messages."""

    lock_seconds: float = 30.0
    max_delivery_count: int = 10


class Consumer(Protocol):
    """A link on which a client receives."""

    # receive-and-delete: a message is gone once it is handed over
    takes_for_good: bool

    def wants_message(self) -> bool:
        """Whether there is credit and room for one more."""

    def hand_over(self, message: Message, lock: "Lock | None") -> None:
        """Deliver one message."""


@dataclass(slots=True)
class Lock:
    """Someone's hold on a message, until it is settled or the time (seconds since 1970) is up."""

    message: Message
    until: float
    expiry: asyncio.TimerHandle
    token: uuid.UUID = field(default_factory=uuid.uuid4)


class Queue:
    """One queue, or one dead-letter queue (which has none itself)."""

    def __init__(self, name: str, options: QueueOptions, dead_letters: "Queue | None") -> None:
        self.name = name
        self.dead_letters = dead_letters
        self._options = options
        self._ready: list[tuple[int, Message]] = []
        self._locks: dict[uuid.UUID, Lock] = {}
        self._deferred: dict[int, Message] = {}
        self._scheduled: dict[int, tuple[Message, asyncio.TimerHandle]] = {}
        self._consumers: deque[Consumer] = deque()
        self._last_sequence_number = 0

    # ---- in ----

    def put(self, message: Message) -> int:
        """Take a message in, now or when it is due; returns its sequence number."""
        self._last_sequence_number += 1
        number = message.sequence_number = self._last_sequence_number
        message.enqueued_at = time.time()
        wait = (message.scheduled_for or 0) - message.enqueued_at
        if wait > 0:
            message.state = SCHEDULED
            self._scheduled[number] = message, asyncio.get_running_loop().call_later(wait, self._due, number)
        else:
            self._add_ready(message)
        return number

    def cancel_scheduled(self, number: int) -> None:
        """Forget a message that is not due yet; raises Refusal when there is none with this sequence number."""
        if number not in self._scheduled:
            raise message_not_found(number)
        self._scheduled.pop(number)[1].cancel()

    def _due(self, number: int) -> None:
        message, _ = self._scheduled.pop(number)
        # from here on it is a new message with a sequence number of its own
        self._last_sequence_number += 1
        message.sequence_number = self._last_sequence_number
        message.enqueued_at = time.time()
        self._add_ready(message)

    def _add_ready(self, message: Message) -> None:
        message.state = ACTIVE
        heapq.heappush(self._ready, (message.sequence_number, message))
        self.deliver()

    # ---- out ----

    def add_consumer(self, consumer: Consumer) -> None:
        """From now on the consumer gets messages whenever it wants one."""
        self._consumers.append(consumer)

    def remove_consumer(self, consumer: Consumer) -> None:
        """The consumer is gone; its locks hold until they expire, as in the real service."""
        if consumer in self._consumers:
            self._consumers.remove(consumer)

    def deliver(self) -> None:
        """Hand over what is ready, in order, to the consumers that want something, in turn."""
        while consumer := self._next_consumer():
            message = self._next_ready()
            if message is None:
                return
            consumer.hand_over(message, None if consumer.takes_for_good else self._lock(message))

    def _next_consumer(self) -> Consumer | None:
        for _ in range(len(self._consumers) if self._ready else 0):
            consumer = self._consumers[0]
            self._consumers.rotate(-1)
            if consumer.wants_message():
                return consumer
        return None

    def _next_ready(self) -> Message | None:
        now = time.time()
        while self._ready:
            message = heapq.heappop(self._ready)[1]
            if not message.expired(now):
                return message
        return None

    def receive_deferred(self, numbers: list[int], for_good: bool) -> Iterator[tuple[Message, Lock | None]]:
        """Hand out deferred messages; raises Refusal, before any is handed out, when one is missing."""
        for number in numbers:
            if number not in self._deferred:
                raise message_not_found(number)
        for number in numbers:
            message = self._deferred.pop(number)
            yield message, None if for_good else self._lock(message)

    def peek(self, first: int, count: int, now: float) -> list[Message]:
        """Up to `count` messages from sequence number `first` on, in order, whatever state they are in."""
        ready = (message for _, message in self._ready if not message.expired(now))
        locked = (lock.message for lock in self._locks.values())
        scheduled = (message for message, _ in self._scheduled.values())
        every = [*ready, *locked, *self._deferred.values(), *scheduled]
        return sorted((m for m in every if m.sequence_number >= first), key=lambda m: m.sequence_number)[:count]

    # ---- locks ----

    def _lock(self, message: Message) -> Lock:
        seconds = self._options.lock_seconds
        lock: Lock = Lock(message, time.time() + seconds, asyncio.get_running_loop().call_later(seconds, lambda: self._lock_expired(lock)))
        self._locks[lock.token] = lock
        return lock

    def renew(self, token: uuid.UUID) -> float:
        """Hold a lock for another full time; returns until when. Raises Refusal when it is lost."""
        lock = self._held(token)
        seconds = self._options.lock_seconds
        lock.expiry.cancel()
        lock.until = time.time() + seconds
        lock.expiry = asyncio.get_running_loop().call_later(seconds, lambda: self._lock_expired(lock))
        return lock.until

    def _held(self, token: uuid.UUID) -> Lock:
        lock = self._locks.get(token)
        if lock is None or lock.until <= time.time():
            raise message_lock_lost()
        return lock

    def _unlock(self, token: uuid.UUID) -> Message:
        lock = self._held(token)
        lock.expiry.cancel()
        return self._locks.pop(token).message

    def _lock_expired(self, lock: Lock) -> None:
        del self._locks[lock.token]
        self._delivery_failed(lock.message)

    # ---- settlement; each raises Refusal when the lock is lost ----

    def complete(self, token: uuid.UUID) -> None:
        """The message is done."""
        self._unlock(token)

    def release(self, token: uuid.UUID) -> None:
        """The message was not looked at: it is ready again."""
        self._put_back(self._unlock(token))

    def abandon(self, token: uuid.UUID) -> None:
        """The message was not handled: it comes again, or goes to the dead-letter queue after too many times."""
        self._delivery_failed(self._unlock(token))

    def defer(self, token: uuid.UUID) -> None:
        """The message stays, and is handed out only by its sequence number."""
        message = self._unlock(token)
        message.state = DEFERRED
        self._deferred[message.sequence_number] = message

    def dead_letter(self, token: uuid.UUID, reason: str | None, description: str | None) -> None:
        """The message goes to the dead-letter queue."""
        self._to_dead_letters(self._unlock(token), reason, description)

    def _delivery_failed(self, message: Message) -> None:
        message.delivery_count += 1
        too_often = message.delivery_count >= self._options.max_delivery_count
        if too_often and self.dead_letters is not None and message.state == ACTIVE:
            words = f"Message could not be consumed after {self._options.max_delivery_count} delivery attempts."
            self._to_dead_letters(message, "MaxDeliveryCountExceeded", words)
        else:
            self._put_back(message)

    def _put_back(self, message: Message) -> None:
        if message.state == DEFERRED:
            self._deferred[message.sequence_number] = message
        else:
            self._add_ready(message)

    def _to_dead_letters(self, message: Message, reason: str | None, description: str | None) -> None:
        if self.dead_letters is None:
            self._put_back(message)
            return
        said = {"DeadLetterReason": reason, "DeadLetterErrorDescription": description}
        message.add_application_properties({name: words for name, words in said.items() if words})
        message.annotations[Symbol("x-opt-deadletter-source")] = self.name
        message.annotations.pop("x-opt-scheduled-enqueue-time", None)
        # what lies in a dead-letter queue does not expire
        message.header.ttl = None
        message.delivery_count = 0
        self.dead_letters._adopt(message)

    def _adopt(self, message: Message) -> None:
        # it keeps its sequence number, so that it can be told from the outside which message this was
        self._last_sequence_number = max(self._last_sequence_number, message.sequence_number)
        self._add_ready(message)


class Namespace:
    """The queues of one bus: the declared ones, and those that are made when somebody first asks for them."""

    def __init__(self, options: QueueOptions, queues: tuple[str, ...] = (), on_demand: tuple[str, ...] = ()) -> None:
        self._options = options
        self._on_demand = on_demand
        self._queues: dict[str, Queue] = {}
        for name in queues:
            self._add(name)

    def queue(self, path: str) -> Queue:
        """The queue `name` or `name/$DeadLetterQueue`, in any case; raises Refusal when there is none."""
        name, _, sub_queue = path.partition("/")
        if sub_queue.lower() not in ("", DEAD_LETTERS.lower()):
            raise entity_not_found(path)
        queue = self._queues.get(name.lower())
        if queue is None:
            if not any(fnmatchcase(name.lower(), pattern.lower()) for pattern in self._on_demand):
                raise entity_not_found(path)
            queue = self._add(name)
        if not sub_queue:
            return queue
        if queue.dead_letters is None:
            raise entity_not_found(path)
        return queue.dead_letters

    def _add(self, name: str) -> Queue:
        dead_letters = Queue(f"{name}/{DEAD_LETTERS}", self._options, None)
        self._queues[name.lower()] = queue = Queue(name, self._options, dead_letters)
        return queue
