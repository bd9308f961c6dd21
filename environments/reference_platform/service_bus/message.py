"""A message as the bus keeps it: the bare message stays the sender's bytes, only the rest is taken apart.

Source: OASIS AMQP 1.0, part 3.2 (message format); the `x-opt-` names are Azure Service Bus's.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from . import types
from .composites import Composite, described_as, wire
from .errors import MalformedPeer
from .types import Described, Symbol, Timestamp, UByte, UInt, Value

HEADER, DELIVERY_ANNOTATIONS, MESSAGE_ANNOTATIONS, PROPERTIES, APPLICATION_PROPERTIES = 0x70, 0x71, 0x72, 0x73, 0x74
DATA, SEQUENCE, VALUE, FOOTER = 0x75, 0x76, 0x77, 0x78

# a batch is one transfer of this format, whose data sections hold one encoded message each
BATCH_FORMAT = 0x80013700

ACTIVE, DEFERRED, SCHEDULED = 0, 1, 2


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
    """One message of one queue; times in seconds since 1970, the time to live in milliseconds as in the header."""

    header: MessageHeader = field(default_factory=MessageHeader)
    annotations: dict[Any, Any] = field(default_factory=dict)
    properties: bytes = b""
    application_properties: bytes = b""
    body: bytes = b""
    sequence_number: int = 0
    enqueued_at: float = 0.0
    state: int = ACTIVE
    delivery_count: int = 0

    @classmethod
    def decode(cls, encoded: bytes) -> "Message":
        """Take an encoded message apart; raises MalformedPeer."""
        message = cls()
        for code, start, value_start, end in _sections(encoded):
            section = encoded[start:end]
            if code == HEADER:
                message.header = _header(encoded, start)
            elif code == MESSAGE_ANNOTATIONS:
                message.annotations = _map(encoded, value_start)
            elif code == PROPERTIES:
                message.properties = section
            elif code == APPLICATION_PROPERTIES:
                message.application_properties = section
            elif code != DELIVERY_ANNOTATIONS:
                message.body += section
        return message

    def encoded(self, lock_token: uuid.UUID | None = None, locked_until: float | None = None) -> bytes:
        """The message as a receiver gets it, with what the bus knows about it."""
        header = MessageHeader(self.header.durable, self.header.priority, self.header.ttl, self.delivery_count == 0, self.delivery_count)
        annotations = self.annotations | {
            Symbol("x-opt-sequence-number"): self.sequence_number,
            Symbol("x-opt-enqueue-sequence-number"): self.sequence_number,
            Symbol("x-opt-enqueued-time"): Timestamp(self.enqueued_at * 1000),
            Symbol("x-opt-message-state"): self.state,
        }
        if locked_until is not None:
            annotations[Symbol("x-opt-locked-until")] = Timestamp(locked_until * 1000)
        delivery_annotations = b""
        if lock_token is not None:
            # SDKs up to 7.14 look for the token of a deferred message here
            delivery_annotations = section(DELIVERY_ANNOTATIONS, {Symbol("x-opt-lock-token"): lock_token})
        bare = self.properties + self.application_properties + self.body
        return header.encoded() + delivery_annotations + section(MESSAGE_ANNOTATIONS, annotations) + bare

    @property
    def scheduled_for(self) -> float | None:
        """When the sender wants it to appear in the queue."""
        due = self.annotations.get("x-opt-scheduled-enqueue-time")
        return due / 1000 if isinstance(due, int) else None

    def expired(self, now: float) -> bool:
        """Whether its time to live is over."""
        return self.header.ttl is not None and now >= self.enqueued_at + self.header.ttl / 1000

    def read_application_properties(self) -> dict[Any, Any]:
        """The application properties, decoded."""
        return _section_map(self.application_properties)

    def add_application_properties(self, added: dict[str, str]) -> None:
        """Add application properties, or change them."""
        self.application_properties = section(APPLICATION_PROPERTIES, self.read_application_properties() | added)

    def read_properties(self) -> list[Any]:
        """The standard properties (message-id, user-id, to, ...), as far as they were sent."""
        if not self.properties:
            return []
        value = types.decode(self.properties)[0].value
        if type(value) is not list:
            raise MalformedPeer("message properties are not a list")
        return value

    def read_value(self) -> Value:
        """The one AMQP value that is the body of a request."""
        if not self.body.startswith(b"\x00\x53\x77"):
            raise MalformedPeer("the body of a request is not an AMQP value")
        return types.decode(self.body)[0].value


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


def _sections(encoded: bytes) -> list[tuple[int, int, int, int]]:
    """Of each section: its code, where it begins, where its value begins, where it ends."""
    found = []
    position = 0
    while position < len(encoded):
        if encoded[position] != 0:
            raise MalformedPeer("a message section without a descriptor")
        descriptor, value_start = types.decode(encoded, position + 1)
        if not isinstance(descriptor, int) or not HEADER <= descriptor <= FOOTER:
            raise MalformedPeer("an unknown message section")
        end = types.skip(encoded, value_start)
        found.append((int(descriptor), position, value_start, end))
        position = end
    return found


def _header(encoded: bytes, start: int) -> MessageHeader:
    described = types.decode(encoded, start)[0]
    return MessageHeader.from_items(described.value if type(described) is Described and type(described.value) is list else [])


def _map(encoded: bytes, value_start: int) -> dict[Any, Any]:
    value = types.decode(encoded, value_start)[0]
    if value is not None and type(value) is not dict:
        raise MalformedPeer("message annotations or application properties are not a map")
    return value or {}


def _section_map(encoded: bytes) -> dict[Any, Any]:
    return _map(encoded, types.skip(encoded, 1)) if encoded else {}
