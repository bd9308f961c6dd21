"""A message as the bus keeps it: the sender's bytes, and only what the bus decides about it taken apart.

Source: OASIS AMQP 1.0, part 3.2 (message format); the `x-opt-` names are Azure Service Bus's.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..errors import MalformedPeer
from . import types
from .composites import Composite, described_as, wire
from .types import Described, Symbol, Timestamp, UByte, UInt, Value

HEADER, DELIVERY_ANNOTATIONS, MESSAGE_ANNOTATIONS, PROPERTIES, APPLICATION_PROPERTIES = 0x70, 0x71, 0x72, 0x73, 0x74
DATA, SEQUENCE, VALUE, FOOTER = 0x75, 0x76, 0x77, 0x78

# a batch is one transfer of this format, whose data sections hold one encoded message each
BATCH_FORMAT = 0x80013700

# what a receiver is told as the state of a message; a locked message is told as active
ACTIVE, DEFERRED, SCHEDULED = 0, 1, 2
# states that only the bus knows
LOCKED, GONE = 3, 4

# bytes that a message takes beside its own: objects, its places in lines
MESSAGE_OVERHEAD = 256

MESSAGE_ID, TO, SUBJECT, REPLY_TO, CORRELATION_ID, CONTENT_TYPE = 0, 2, 3, 4, 5, 6
SESSION_ID, REPLY_TO_SESSION_ID = 10, 12


@described_as(HEADER)
@dataclass(slots=True)
class MessageHeader(Composite):
    durable: bool = wire(bool, False)
    priority: int | None = wire(UByte, None)
    ttl: int | None = wire(UInt, None)
    first_acquirer: bool = wire(bool, False)
    delivery_count: int = wire(UInt, 0)


@dataclass(slots=True, eq=False)
class Message:
    """One message of one entity; times in seconds since 1970, the time to live in milliseconds as in the header.

    `bare` holds the sections from the properties on, `annotations` the encoded map of the sender's annotations: a million
    messages have to fit into memory, and most are never looked into.
    """

    bare: bytes = b""
    annotations: bytes = b""
    durable: bool = False
    priority: int | None = None
    ttl: int | None = None
    sequence_number: int = 0
    enqueued_at: float = 0.0
    expires_at: float | None = None
    state: int = ACTIVE
    deferred: bool = False
    delivery_count: int = 0
    hops: int = 0

    @classmethod
    def decode(cls, encoded: bytes) -> "Message":
        """Take an encoded message apart; raises MalformedPeer."""
        message = cls()
        kept = []
        for code, start, value_start, end in _sections(encoded):
            if code == HEADER:
                header = _header(encoded, start)
                message.durable, message.priority, message.ttl = header.durable, header.priority, header.ttl
            elif code == MESSAGE_ANNOTATIONS:
                _map(encoded, value_start)
                message.annotations = encoded[value_start:end]
            elif code != DELIVERY_ANNOTATIONS:
                _check_section(code, encoded, value_start)
                kept.append(encoded[start:end])
        # the SDK sends them in order; whoever does not must not make them unreadable
        message.bare = b"".join(kept)
        return message

    def copy(self) -> "Message":
        """The same message for another entity."""
        return replace(self)

    @property
    def size(self) -> int:
        """Bytes it takes in memory, roughly."""
        return len(self.bare) + len(self.annotations) + MESSAGE_OVERHEAD

    def encoded(self, lock_token: uuid.UUID | None = None, locked_until: float | None = None) -> bytes:
        """The message as a receiver gets it, with what the bus knows about it."""
        header = MessageHeader(self.durable, self.priority, self.ttl, self.delivery_count == 0, self.delivery_count)
        annotations = self.read_annotations() | {
            Symbol("x-opt-sequence-number"): self.sequence_number,
            Symbol("x-opt-enqueue-sequence-number"): self.sequence_number,
            Symbol("x-opt-enqueued-time"): Timestamp(self.enqueued_at * 1000),
            Symbol("x-opt-message-state"): SCHEDULED if self.state == SCHEDULED else DEFERRED if self.deferred else ACTIVE,
        }
        if locked_until is not None:
            annotations[Symbol("x-opt-locked-until")] = Timestamp(locked_until * 1000)
        delivery_annotations = b""
        if lock_token is not None:
            # SDKs up to 7.14 look for the token of a deferred message here
            delivery_annotations = section(DELIVERY_ANNOTATIONS, {Symbol("x-opt-lock-token"): lock_token})
        return header.encoded() + delivery_annotations + section(MESSAGE_ANNOTATIONS, annotations) + self.bare

    # ---- annotations ----

    def read_annotations(self) -> dict[Any, Any]:
        """The sender's annotations, decoded."""
        return _map(self.annotations, 0) if self.annotations else {}

    def annotate(self, added: dict[str, Value], removed: tuple[str, ...] = ()) -> None:
        """Add annotations, or change them, or take some away."""
        kept = {name: value for name, value in self.read_annotations().items() if name not in removed}
        changed = kept | {Symbol(name): value for name, value in added.items()}
        self.annotations = types.encode(changed) if changed else b""

    @property
    def scheduled_for(self) -> float | None:
        """When the sender wants it to appear in the queue."""
        if not self.annotations:
            return None
        due = self.read_annotations().get("x-opt-scheduled-enqueue-time")
        return due / 1000 if isinstance(due, int) else None

    def limit_time_to_live(self, seconds: float) -> None:
        """Set the time to live to this, unless the sender chose a shorter one."""
        most = int(seconds * 1000)
        self.ttl = most if self.ttl is None else min(self.ttl, most)

    def expired(self, now: float) -> bool:
        """Whether its time to live is over."""
        return self.expires_at is not None and now >= self.expires_at

    # ---- properties and body ----

    def read_properties(self) -> list[Any]:
        """The standard properties (message-id, user-id, to, ...), as far as they were sent."""
        value = self._section_value(PROPERTIES)
        if value is None:
            return []
        if type(value) is not list:
            raise MalformedPeer("message properties are not a list")
        return value

    def read_property(self, index: int) -> Value:
        """One standard property by its place; None when it was not sent."""
        properties = self.read_properties()
        return properties[index] if index < len(properties) else None

    @property
    def session_id(self) -> str | None:
        """The session that the sender has put it into."""
        found = self.read_property(SESSION_ID)
        return str(found) if isinstance(found, str) else None

    def read_application_properties(self) -> dict[Any, Any]:
        """The application properties, decoded."""
        value = self._section_value(APPLICATION_PROPERTIES)
        if value is not None and type(value) is not dict:
            raise MalformedPeer("application properties are not a map")
        return value or {}

    def add_application_properties(self, added: dict[str, str]) -> None:
        """Add application properties, or change them."""
        changed = section(APPLICATION_PROPERTIES, self.read_application_properties() | added)
        before: list[bytes] = []
        after: list[bytes] = []
        for code, start, _, end in _sections(self.bare):
            if code != APPLICATION_PROPERTIES:
                (before if code < APPLICATION_PROPERTIES else after).append(self.bare[start:end])
        self.bare = b"".join([*before, changed, *after])

    def read_value(self) -> Value:
        """The one AMQP value that is the body of a request."""
        for code, _, value_start, _ in _sections(self.bare):
            if code == VALUE:
                return types.decode(self.bare, value_start)[0]
        raise MalformedPeer("the body of a request is not an AMQP value")

    def _section_value(self, wanted: int) -> Value:
        for code, _, value_start, _ in _sections(self.bare):
            if code == wanted:
                return types.decode(self.bare, value_start)[0]
            if code > wanted:
                break
        return None


def section(code: int, value: Value) -> bytes:
    """One encoded section of a message."""
    return b"\x00\x53" + bytes((code,)) + types.encode(value)


def messages_of_transfer(encoded: bytes, message_format: int) -> list[Message]:
    """The one message, or the messages of a batch, that a sender has transferred; raises MalformedPeer."""
    if message_format != BATCH_FORMAT:
        return [Message.decode(encoded)]
    members = [types.decode(encoded, value_start)[0] for code, _, value_start, _ in _sections(encoded) if code == DATA]
    if not all(type(member) is bytes for member in members):
        raise MalformedPeer("a batch whose data is not binary")
    return [Message.decode(member) for member in members]


def _sections(encoded: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Of each section: its code, where it begins, where its value begins, where it ends."""
    position = 0
    while position < len(encoded):
        if encoded[position] != 0:
            raise MalformedPeer("a message section without a descriptor")
        descriptor, value_start = types.decode(encoded, position + 1)
        if not isinstance(descriptor, int) or not HEADER <= descriptor <= FOOTER:
            raise MalformedPeer("an unknown message section")
        end = types.skip(encoded, value_start)
        yield int(descriptor), position, value_start, end
        position = end


def _check_section(code: int, encoded: bytes, value_start: int) -> None:
    """Refuse what a filter or a dead-letter queue could not read later, when the sender has gone."""
    if code == APPLICATION_PROPERTIES:
        _map(encoded, value_start)
    elif code == PROPERTIES and type(types.decode(encoded, value_start)[0]) is not list:
        raise MalformedPeer("message properties are not a list")


def _header(encoded: bytes, start: int) -> MessageHeader:
    described = types.decode(encoded, start)[0]
    return MessageHeader.from_items(described.value if type(described) is Described and type(described.value) is list else [])


def _map(encoded: bytes, value_start: int) -> dict[Any, Any]:
    value = types.decode(encoded, value_start)[0]
    if value is not None and type(value) is not dict:
        raise MalformedPeer("message annotations or application properties are not a map")
    return value or {}
