# ruff: noqa: RUF009  (`wire` is `dataclasses.field` with metadata)
"""AMQP's composite types as dataclasses: how one is declared, decoded and encoded, and those that frames carry.

Every field is always sent, nulls too: older SDKs index into the list without asking how long it is.

Source: OASIS AMQP 1.0, parts 2 (transport) and 3 (messaging).
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, Self, TypeVar

from ..errors import MalformedPeer
from . import types
from .types import Described, Symbol, UByte, UInt, ULong, UShort, Value


@dataclass(slots=True)
class Composite:
    """A described list whose items have names."""

    _descriptor: ClassVar[int]
    _plan: ClassVar[list["_FieldPlan"]]

    @classmethod
    def from_items(cls, items: list[Any]) -> Self:
        """Make one of the items of a decoded list; raises MalformedPeer for missing and wrong ones."""
        if len(items) > len(cls._plan):
            raise MalformedPeer(f"{cls.__name__} with {len(items)} fields")
        values = [plan.read(items[index] if index < len(items) else None) for index, plan in enumerate(cls._plan)]
        return cls(*values)

    def encoded(self) -> bytes:
        """The bytes of the described list."""
        items = [plan.write(getattr(self, plan.name)) for plan in self._plan]
        return b"\x00\x53" + bytes((self._descriptor,)) + types.encode_list(items)


class _FieldPlan:
    """How one field is read from and written to the wire."""

    def __init__(self, owner: str, declared: Field[Any]) -> None:
        self.name = declared.name
        self._words = f"{owner}.{declared.name}"
        self._default = declared.default
        self._nullable: bool = declared.metadata.get("nullable", False)
        self._wire_type: type | None = declared.metadata.get("wire_type")
        self._accepts: type = int if self._wire_type in (UByte, UShort, UInt, ULong) else self._wire_type or object

    def read(self, value: Value) -> Value:
        if value is None:
            if self._default is MISSING and not self._nullable:
                raise MalformedPeer(f"{self._words} is missing")
            return None if self._nullable else self._default
        if type(value) is Described:
            value = composite_of(value)
        if not isinstance(value, self._accepts):
            raise MalformedPeer(f"{self._words} is a {type(value).__name__}")
        return value

    def write(self, value: Value) -> bytes:
        if value is None:
            return b"\x40"
        if isinstance(value, Composite):
            return value.encoded()
        wire_type = self._wire_type
        return types.encode(value if wire_type is None or type(value) is wire_type else wire_type(value))


_known: dict[int, type[Composite]] = {}
_CompositeType = TypeVar("_CompositeType", bound=Composite)


def described_as(descriptor: int) -> Callable[[type[_CompositeType]], type[_CompositeType]]:
    """Register the dataclass below under its AMQP descriptor."""

    def register(composite: type[_CompositeType]) -> type[_CompositeType]:
        composite._descriptor = descriptor
        composite._plan = [_FieldPlan(composite.__name__, declared) for declared in fields(composite)]
        _known[descriptor] = composite
        return composite

    return register


def composite_of(described: Described) -> "Composite | Described":
    """The composite that a decoded value stands for; the value itself if its descriptor is not one of ours."""
    composite = _known.get(described.descriptor) if isinstance(described.descriptor, int) else None
    if composite is None:
        return described
    if type(described.value) is not list:
        raise MalformedPeer(f"{composite.__name__} is not a list")
    return composite.from_items(described.value)


def wire(wire_type: type, default: Value = MISSING, *, nullable: bool = False) -> Value:
    """A field that is `wire_type` on the wire; without a default the peer has to send it, as null only if it is `nullable`."""
    return field(default=default, metadata={"wire_type": wire_type, "nullable": nullable})


# ---- connections, sessions, links ----


@described_as(0x10)
@dataclass(slots=True)
class Open(Composite):
    container_id: str = wire(str)
    hostname: str | None = wire(str, None)
    max_frame_size: int = wire(UInt, 0xFFFFFFFF)
    channel_max: int = wire(UShort, 0xFFFF)
    idle_time_out: int | None = wire(UInt, None)
    outgoing_locales: Value = None
    incoming_locales: Value = None
    offered_capabilities: Value = None
    desired_capabilities: Value = None
    properties: dict[Any, Any] | None = wire(dict, None)


@described_as(0x11)
@dataclass(slots=True)
class Begin(Composite):
    remote_channel: int | None = wire(UShort, nullable=True)
    next_outgoing_id: int = wire(UInt)
    incoming_window: int = wire(UInt)
    outgoing_window: int = wire(UInt)
    handle_max: int = wire(UInt, 0xFFFFFFFF)
    offered_capabilities: Value = None
    desired_capabilities: Value = None
    properties: dict[Any, Any] | None = wire(dict, None)


@described_as(0x12)
@dataclass(slots=True)
class Attach(Composite):
    name: str = wire(str)
    handle: int = wire(UInt)
    receives: bool = wire(bool)
    snd_settle_mode: int = wire(UByte, 2)
    rcv_settle_mode: int = wire(UByte, 0)
    source: Value = None
    target: Value = None
    unsettled: Value = None
    incomplete_unsettled: bool = wire(bool, False)
    initial_delivery_count: int | None = wire(UInt, None)
    max_message_size: int | None = wire(ULong, None)
    offered_capabilities: Value = None
    desired_capabilities: Value = None
    properties: dict[Any, Any] | None = wire(dict, None)


@described_as(0x13)
@dataclass(slots=True)
class Flow(Composite):
    next_incoming_id: int | None = wire(UInt, nullable=True)
    incoming_window: int = wire(UInt)
    next_outgoing_id: int = wire(UInt)
    outgoing_window: int = wire(UInt)
    handle: int | None = wire(UInt, None)
    delivery_count: int | None = wire(UInt, None)
    link_credit: int | None = wire(UInt, None)
    available: int | None = wire(UInt, None)
    drain: bool = wire(bool, False)
    echo: bool = wire(bool, False)
    properties: dict[Any, Any] | None = wire(dict, None)


@described_as(0x14)
@dataclass(slots=True)
class Transfer(Composite):
    handle: int = wire(UInt)
    delivery_id: int | None = wire(UInt, None)
    delivery_tag: bytes | None = wire(bytes, None)
    message_format: int | None = wire(UInt, None)
    settled: bool | None = wire(bool, None)
    more: bool = wire(bool, False)
    rcv_settle_mode: int | None = wire(UByte, None)
    state: Value = None
    resume: bool = wire(bool, False)
    aborted: bool = wire(bool, False)
    batchable: bool = wire(bool, False)


@described_as(0x15)
@dataclass(slots=True)
class Disposition(Composite):
    from_receiver: bool = wire(bool)
    first: int = wire(UInt)
    last: int | None = wire(UInt, None)
    settled: bool = wire(bool, False)
    state: Value = None
    batchable: bool = wire(bool, False)


@described_as(0x1D)
@dataclass(slots=True)
class Error(Composite):
    condition: str = wire(Symbol)
    description: str | None = wire(str, None)
    info: dict[Any, Any] | None = wire(dict, None)


@described_as(0x16)
@dataclass(slots=True)
class Detach(Composite):
    handle: int = wire(UInt)
    closed: bool = wire(bool, False)
    error: Error | None = wire(Error, None)


@described_as(0x17)
@dataclass(slots=True)
class End(Composite):
    error: Error | None = wire(Error, None)


@described_as(0x18)
@dataclass(slots=True)
class Close(Composite):
    error: Error | None = wire(Error, None)


# ---- where links begin and end ----


@described_as(0x28)
@dataclass(slots=True)
class Source(Composite):
    address: str | None = wire(str, None)
    durable: int = wire(UInt, 0)
    expiry_policy: Value = None
    timeout: int = wire(UInt, 0)
    dynamic: bool = wire(bool, False)
    dynamic_node_properties: Value = None
    distribution_mode: Value = None
    filter: dict[Any, Any] | None = wire(dict, None)
    default_outcome: Value = None
    outcomes: Value = None
    capabilities: Value = None


@described_as(0x29)
@dataclass(slots=True)
class Target(Composite):
    address: str | None = wire(str, None)
    durable: int = wire(UInt, 0)
    expiry_policy: Value = None
    timeout: int = wire(UInt, 0)
    dynamic: bool = wire(bool, False)
    dynamic_node_properties: Value = None
    capabilities: Value = None


# ---- what became of a delivery ----


@described_as(0x23)
@dataclass(slots=True)
class Received(Composite):
    section_number: int = wire(UInt)
    section_offset: int = wire(ULong)


@described_as(0x24)
@dataclass(slots=True)
class Accepted(Composite):
    pass


@described_as(0x25)
@dataclass(slots=True)
class Rejected(Composite):
    error: Error | None = wire(Error, None)


@described_as(0x26)
@dataclass(slots=True)
class Released(Composite):
    pass


@described_as(0x27)
@dataclass(slots=True)
class Modified(Composite):
    delivery_failed: bool = wire(bool, False)
    undeliverable_here: bool = wire(bool, False)
    message_annotations: dict[Any, Any] | None = wire(dict, None)


# ---- SASL ----


@described_as(0x40)
@dataclass(slots=True)
class SaslMechanisms(Composite):
    mechanisms: Value = None


@described_as(0x41)
@dataclass(slots=True)
class SaslInit(Composite):
    mechanism: str = wire(Symbol)
    initial_response: bytes | None = wire(bytes, None)
    hostname: str | None = wire(str, None)


@described_as(0x44)
@dataclass(slots=True)
class SaslOutcome(Composite):
    code: int = wire(UByte)
    additional_data: bytes | None = wire(bytes, None)
