"""Where messages wait, who holds a lock on one, and how competing consumers get them.

Everything runs on one event loop, so nothing here needs a lock of its own.
"""

import asyncio
import heapq
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ..codec.message import ACTIVE, Message
from ..errors import Refusal


class LockedSession(Protocol):
    """A message session, as far as the locks on its messages depend on it."""

    session_id: str
    locked_until: float


@dataclass(slots=True)
class Lock:
    """Someone's hold on a message, until it is settled or the time (seconds since 1970) is up; in a session, the session's time."""

    message: Message
    until: float
    session: LockedSession | None = None
    expiry: asyncio.TimerHandle | None = None
    token: uuid.UUID = field(default_factory=uuid.uuid4)


class Consumer(Protocol):
    """A link on which a client receives."""

    # receive-and-delete: a message is gone once it is handed over
    takes_for_good: bool

    def wants_message(self) -> bool:
        """Whether there is credit and room for one more."""

    def hand_over(self, message: Message, lock: Lock | None) -> None:
        """Deliver one message."""

    def dismiss(self, refusal: Refusal) -> None:
        """End the link: no more messages come; the refusal says why."""


class Line:
    """Active messages by sequence number.

    Arrivals come in order and wait in a plain double-ended queue, so that the cost of a message does not grow with their
    number; only what was put back waits in a heap. A message that is taken out of the middle stays until its turn, and
    is passed over then because it is not active any more.
    """

    def __init__(self) -> None:
        self._arrived: deque[Message] = deque()
        self._returned: list[tuple[int, Message]] = []
        self.waiting = 0

    def add(self, message: Message) -> None:
        """Let an active message wait."""
        if not self._arrived or message.sequence_number > self._arrived[-1].sequence_number:
            self._arrived.append(message)
        else:
            heapq.heappush(self._returned, (message.sequence_number, message))
        self.waiting += 1

    def withdraw(self) -> None:
        """One of the waiting messages is not active any more."""
        self.waiting -= 1
        if not self.waiting:
            self._arrived.clear()
            self._returned.clear()

    def take(self) -> Message | None:
        """The first one, which is not in the line any more."""
        arrived, returned = self._arrived, self._returned
        while arrived or returned:
            if returned and (not arrived or returned[0][0] < arrived[0].sequence_number):
                message = heapq.heappop(returned)[1]
            else:
                message = arrived.popleft()
            if message.state == ACTIVE:
                self.waiting -= 1
                return message
        return None

    def __iter__(self) -> Iterator[Message]:
        """In order."""
        returned = (message for _, message in sorted(self._returned, key=lambda entry: entry[0]))
        both = heapq.merge(self._arrived, returned, key=lambda message: message.sequence_number)
        return (message for message in both if message.state == ACTIVE)


# gives a message to a consumer, or makes it expire instead
Hand = Callable[[Message, Consumer, LockedSession | None], None]


class Dispatch(Protocol):
    """Which waiting message goes to which consumer."""

    def add(self, message: Message) -> None:
        """Let a message wait, and hand out what can be handed out."""

    def withdraw(self, message: Message) -> None:
        """The message does not wait any more."""

    def deliver(self) -> None:
        """Hand out what can be handed out."""

    def __iter__(self) -> Iterator[Message]:
        """The waiting messages; in order, as far as one session."""

    @property
    def waiting(self) -> int:
        """How many messages wait."""


class CompetingConsumers:
    """One line, and consumers that take turns."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._line = Line()
        self._consumers: deque[Consumer] = deque()

    @property
    def waiting(self) -> int:
        return self._line.waiting

    def __iter__(self) -> Iterator[Message]:
        return iter(self._line)

    def add(self, message: Message) -> None:
        self._line.add(message)
        if self._consumers:
            self.deliver()

    def withdraw(self, message: Message) -> None:
        self._line.withdraw()

    def add_consumer(self, consumer: Consumer) -> None:
        """From now on the consumer gets messages whenever it wants one."""
        self._consumers.append(consumer)

    @property
    def in_use(self) -> bool:
        """Whether anybody wants messages."""
        return bool(self._consumers)

    def remove_consumer(self, consumer: Consumer) -> None:
        """The consumer is gone; its locks hold until they expire, as in the real service."""
        if consumer in self._consumers:
            self._consumers.remove(consumer)

    def dismiss_all(self, refusal: Refusal) -> None:
        """Send every consumer away and say why."""
        while self._consumers:
            self._consumers.popleft().dismiss(refusal)

    def deliver(self) -> None:
        while consumer := self._next_consumer():
            message = self._line.take()
            if message is None:
                return
            self._hand(message, consumer, None)

    def _next_consumer(self) -> Consumer | None:
        for _ in range(len(self._consumers) if self._line.waiting else 0):
            consumer = self._consumers[0]
            self._consumers.rotate(-1)
            if consumer.wants_message():
                return consumer
        return None
