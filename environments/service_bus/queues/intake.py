"""How queues and topics take messages in: numbers, duplicates, schedules, limits."""

import time
import uuid
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..authorization import SharedAccessKey
from ..codec.message import ACTIVE, GONE, MESSAGE_ID, SCHEDULED, Message
from ..codec.types import Value
from ..errors import argument_error, entity_disabled, entity_not_found, message_not_found, quota_exceeded, session_id_required
from .options import REFUSES_SENDING, EntityOptions, Status
from .timetable import Timetable

# an entry of the history of message ids, roughly, in bytes
HISTORY_ENTRY = 200
# Source: Azure Service Bus's quotas
LONGEST_MESSAGE_ID = 128


@dataclass(slots=True)
class Memory:
    """What the messages of all entities take together, in bytes."""

    limit: int = 1 << 30
    used: int = 0


class Recorder(Protocol):
    """Where everything is written that has to survive the process: the journal."""

    def entered(self, path: str, message: Message) -> None:
        """A message is kept."""

    def changed(self, path: str, message: Message) -> None:
        """A message that is kept was tried once more, or deferred."""

    def left(self, path: str, number: int) -> None:
        """A message is not kept any more."""

    def session_state(self, path: str, session_id: str, state: bytes | None) -> None:
        """A message session has another state."""

    def seen(self, path: str, message_id: Value, when: float) -> None:
        """A message id counts as known."""

    def made(self, kind: str, path: str, description: str) -> None:
        """An entity was made or changed by the administration client."""

    def removed(self, path: str) -> None:
        """An entity was removed."""

    def flush(self) -> None:
        """Write what has happened."""

    def close(self) -> None:
        """Write what is left, and nothing after it."""


@dataclass(slots=True)
class SharedState:
    """What all entities of a bus share: its memory, its journal, and the way to another entity."""

    find: "Callable[[str], Entity]"
    memory: Memory = field(default_factory=Memory)
    journal: Recorder | None = None


class History:
    """The message ids of the last so many seconds. Source: Azure Service Bus's duplicate detection."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._ids: set[Any] = set()
        self._order: deque[tuple[float, Any]] = deque()

    def is_new(self, message_id: Value, now: float, window: float) -> bool:
        """Whether the id was not seen in the last `window` seconds; it is remembered from now on."""
        while self._order and self._order[0][0] <= now - window:
            self._ids.discard(self._order.popleft()[1])
            self._memory.used -= HISTORY_ENTRY
        if message_id in self._ids:
            return False
        self.remember(message_id, now)
        return True

    def remember(self, message_id: Value, when: float) -> None:
        """The id was seen then."""
        self._ids.add(message_id)
        self._order.append((when, message_id))
        self._memory.used += HISTORY_ENTRY

    def __iter__(self) -> Iterator[tuple[float, Any]]:
        return iter(self._order)


class Entity(ABC):
    """A queue or a topic, as a sender sees it."""

    def __init__(self, path: str, options: EntityOptions, shared: SharedState) -> None:
        self.path = path
        self.options = options
        self.history = History(shared.memory)
        self.last_sequence_number = 0
        self.bytes_kept = 0
        # whether the administration client has made it, and not a file or a variable, which declare it again at every start
        self.made_by_client = False
        # descriptive settings of the administration client that mean nothing to the bus
        self.described: dict[str, str] = {}
        # for those who may not use the whole namespace
        self.access_keys: tuple[SharedAccessKey, ...] = ()
        # seconds since 1970
        self.created_at = self.updated_at = self.accessed_at = time.time()
        self._shared = shared
        self.is_gone = False
        self._scheduled: dict[int, Message] = {}
        self._schedule_times = Timetable(self._due)

    # ---- in ----

    def accept(self, messages: list[Message]) -> list[int]:
        """Take messages in, all or none, now or when they are due; returns their sequence numbers. Raises Refusal."""
        if self.is_gone:
            raise entity_not_found(self.path)
        self._check(messages)
        self.accessed_at = now = time.time()
        return [self._accept_one(message, now) for message in messages]

    def _check(self, messages: list[Message]) -> None:
        check_sending(self)
        if self.options.requires_session and any(message.session_id is None for message in messages):
            raise session_id_required(self.path)
        if self.options.duplicate_window is not None and any(len(str(m.read_property(MESSAGE_ID))) > LONGEST_MESSAGE_ID for m in messages):
            raise argument_error(f"A message id is at most {LONGEST_MESSAGE_ID} characters long.")
        added = sum(message.size for message in messages) * self._copies()
        if self.bytes_in_all() + added > self.options.max_bytes:
            raise quota_exceeded(f"the entity '{self.path}'", self.options.max_bytes)
        memory = self._shared.memory
        if memory.used + added > memory.limit:
            raise quota_exceeded("the namespace", memory.limit)

    def _copies(self) -> int:
        """How often a message is kept, at most."""
        return 1

    def bytes_in_all(self) -> int:
        """What counts for the limit of this entity."""
        return self.bytes_kept

    def _accept_one(self, message: Message, now: float) -> int:
        if self.options.duplicate_window is not None:
            message_id = message.read_property(MESSAGE_ID)
            if not isinstance(message_id, str | int | bytes | uuid.UUID):
                message_id = None
            # a duplicate is accepted and dropped, so that a sender that tries again is content
            if message_id is not None and not self.history.is_new(message_id, now, self.options.duplicate_window):
                return self.last_sequence_number
            if message_id is not None and self._shared.journal:
                self._shared.journal.seen(self.path, message_id, now)
        self.last_sequence_number += 1
        message.sequence_number = self.last_sequence_number
        message.enqueued_at = now
        due = message.scheduled_for
        if due is not None and due > now:
            self._schedule(message, due)
        else:
            self._arrive(message)
        return message.sequence_number

    def take(self, message: Message) -> None:
        """Take in a message that its sender has checked already."""
        self.last_sequence_number += 1
        message.sequence_number = self.last_sequence_number
        message.enqueued_at = time.time()
        self._arrive(message)

    @abstractmethod
    def _arrive(self, message: Message) -> None:
        """The message is here and due."""

    # ---- schedules ----

    def _schedule(self, message: Message, due: float) -> None:
        message.state = SCHEDULED
        self._enter(message)
        self._scheduled[message.sequence_number] = message
        self._schedule_times.add(message, due)

    def cancel_scheduled(self, number: int) -> None:
        """Forget a message that is not due yet; raises Refusal when there is none with this sequence number."""
        if number not in self._scheduled:
            raise message_not_found(number)
        self._schedule_times.forget_one()
        self._depart(self._scheduled.pop(number))

    def _due(self, message: Message) -> None:
        del self._scheduled[message.sequence_number]
        self._depart(message)
        # from here on it is a new message with a sequence number of its own
        self.last_sequence_number += 1
        message.sequence_number = self.last_sequence_number
        message.enqueued_at = time.time()
        message.state = ACTIVE
        self._arrive(message)

    @property
    def scheduled(self) -> list[Message]:
        """What is not due yet."""
        return list(self._scheduled.values())

    # ---- the account of what is kept ----

    def _enter(self, message: Message) -> None:
        self.bytes_kept += message.size
        self._shared.memory.used += message.size
        if self._shared.journal:
            self._shared.journal.entered(self.path, message)

    def _depart(self, message: Message) -> None:
        self.bytes_kept -= message.size
        self._shared.memory.used -= message.size
        message.state = GONE
        if self._shared.journal:
            self._shared.journal.left(self.path, message.sequence_number)

    def restore(self, message: Message) -> None:
        """Take a message back that the journal has kept."""
        self.last_sequence_number = max(self.last_sequence_number, message.sequence_number)
        if message.state == SCHEDULED:
            self._schedule(message, message.scheduled_for or 0)

    def session_states(self) -> Iterator[tuple[str, bytes]]:
        """The states of message sessions, for the journal."""
        return iter(())

    def set_session_state(self, session_id: str, state: bytes | None) -> None:  # noqa: B027 - a topic has none
        """Leave something for the next consumer of a session; raises Refusal when there is no room for it."""

    def every_message(self) -> Iterator[Message]:
        """Everything that is kept, for the journal."""
        return iter(self.scheduled)

    def change(self, options: EntityOptions) -> None:
        """Give the entity other settings."""
        self.options = options
        self.updated_at = self.accessed_at = time.time()

    def closed(self) -> None:
        """The entity was deleted."""
        self.is_gone = True
        self._schedule_times.close()
        for message in self._scheduled.values():
            self._depart(message)
        self._scheduled.clear()


def check_sending(entity: Entity) -> None:
    """Raises Refusal if the status of the entity does not allow clients to send."""
    if entity.options.status is not Status.ACTIVE and entity.options.status in REFUSES_SENDING:
        raise entity_disabled("Sending to", entity.path)
