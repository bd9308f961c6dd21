"""The AMQP codec: on its own, and against the one in the SDK."""

import contextlib
import math
import uuid
from decimal import Decimal

import pytest
from azure.servicebus._pyamqp import _decode, _encode, endpoints, message, outcomes, performatives
from hypothesis import given, settings
from hypothesis import strategies as st

from environments.service_bus.codec import composites, types
from environments.service_bus.codec.frames import AMQP_HEADER, EMPTY_FRAME, Frame, FrameReader, Header, frame_bytes
from environments.service_bus.codec.message import Message
from environments.service_bus.codec.types import (
    Array,
    Byte,
    Described,
    Float,
    Int,
    Short,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
    Value,
)
from environments.service_bus.errors import MalformedPeer

RANGES: dict[type, tuple[int, int]] = {
    UByte: (0, 8),
    UShort: (0, 16),
    UInt: (0, 32),
    ULong: (0, 64),
    Byte: (1, 8),
    Short: (1, 16),
    Int: (1, 32),
    int: (1, 64),
    Timestamp: (1, 64),
}


def integers(wire_type: type) -> st.SearchStrategy[int]:
    signed, bits = RANGES[wire_type]
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return st.integers(low, high).map(wire_type)


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
symbols = st.text("abc:-", max_size=300).map(Symbol)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False),
    st.floats(width=32, allow_nan=False).map(Float),
    st.binary(max_size=300),
    st.uuids(),
    text,
    symbols,
    *map(integers, RANGES),
)
arrays = st.one_of(*(st.lists(items, max_size=70).map(Array) for items in (st.uuids(), text, symbols, integers(int), integers(Timestamp))))
values = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=40)
        | st.dictionaries(text | symbols | integers(ULong), inner, max_size=20)
        | st.builds(Described, symbols | integers(ULong), inner)
    ),
    max_leaves=20,
)


def wire_types(value: Value) -> Value:
    if isinstance(value, list):
        return type(value), [wire_types(item) for item in value]
    if isinstance(value, dict):
        return [(wire_types(key), wire_types(item)) for key, item in value.items()]
    return (wire_types(value.descriptor), wire_types(value.value)) if isinstance(value, Described) else type(value)


@settings(max_examples=100, deadline=None)
@given(values)
def test_a_value_keeps_itself_and_its_type(value: Value) -> None:
    encoded = types.encode(value)
    decoded, end = types.decode(encoded)
    assert decoded == value
    assert wire_types(decoded) == wire_types(value)
    assert end == types.skip(encoded, 0) == len(encoded)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_a_value_or_malformed(garbage: bytes) -> None:
    for read in (types.decode, types.skip):
        with contextlib.suppress(MalformedPeer):
            assert read(garbage, 0) is not None


@settings(max_examples=100, deadline=None)
@given(values)
def test_a_value_cut_short_is_malformed(value: Value) -> None:
    encoded = types.encode(value)
    with pytest.raises(MalformedPeer):
        types.decode(encoded[:-1])


def test_what_python_has_no_type_for_is_kept() -> None:
    for encoded in (b"\x73\x00\x00\x00\x61", b"\x84" + bytes(8), b"\x94" + bytes(16)):
        assert types.encode(types.decode(encoded)[0]) == encoded


plain = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**31), 2**31 - 1), st.floats(allow_nan=False), text, st.uuids(), st.binary(max_size=300)
)


@settings(max_examples=100, deadline=None)
@given(st.recursive(plain, lambda inner: st.lists(inner, max_size=20) | st.dictionaries(text, inner, max_size=20), max_leaves=15))
def test_the_sdk_and_the_bus_read_each_other(value: Value) -> None:
    by_sdk = bytearray()
    _encode.encode_value(by_sdk, value)
    assert types.decode(bytes(by_sdk))[0] == value
    by_bus = types.encode(value)
    rest, decoded = _decode._DECODE_BY_CONSTRUCTOR[by_bus[0]](memoryview(by_bus)[1:])
    assert bytes(rest) == b""
    # the SDK leaves text as bytes
    assert decoded == as_bytes(value)


def as_bytes(value: Value) -> Value:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, list):
        return [as_bytes(item) for item in value]
    return {as_bytes(key): as_bytes(item) for key, item in value.items()} if isinstance(value, dict) else value


def read_frames(data: bytes) -> list[Header | Frame]:
    return list(FrameReader().feed(data))


def sent(kind: Value, **fields: Value) -> Value:
    """One of the SDK's named tuples; what is not given is null."""
    return kind(**dict.fromkeys(kind._fields) | fields)


SENT_BY_SDK = [
    (
        sent(performatives.OpenFrame, container_id="c", hostname="h", max_frame_size=1 << 20, channel_max=5, properties={b"product": "x"}),
        composites.Open("c", "h", 1 << 20, 5, properties={Symbol("product"): "x"}),
    ),
    (
        sent(performatives.BeginFrame, remote_channel=None, next_outgoing_id=0, incoming_window=1, outgoing_window=2, handle_max=3),
        composites.Begin(None, 0, 1, 2, 3),
    ),
    (
        sent(
            performatives.AttachFrame,
            name="n",
            handle=1,
            role=True,
            source=sent(endpoints.Source, address="sb://h/q"),
            target=sent(endpoints.Target, address="t"),
            send_settle_mode=0,
            rcv_settle_mode=1,
            max_message_size=9,
        ),
        composites.Attach("n", 1, True, 0, 1, composites.Source("sb://h/q"), composites.Target("t"), max_message_size=9),
    ),
    (
        sent(
            performatives.FlowFrame,
            next_incoming_id=1,
            incoming_window=2,
            next_outgoing_id=3,
            outgoing_window=4,
            handle=5,
            delivery_count=6,
            link_credit=7,
            drain=True,
        ),
        composites.Flow(1, 2, 3, 4, 5, 6, 7, drain=True),
    ),
    (
        sent(
            performatives.DispositionFrame, role=True, first=4, last=5, settled=False, state=sent(outcomes.Modified, delivery_failed=True)
        ),
        composites.Disposition(True, 4, 5, False, composites.Modified(delivery_failed=True)),
    ),
    (sent(performatives.DetachFrame, handle=3, closed=True, error=None), composites.Detach(3, True)),
    (sent(performatives.EndFrame, error=None), composites.End()),
    (sent(performatives.CloseFrame, error=None), composites.Close()),
]


@pytest.mark.parametrize(("by_sdk", "expected"), SENT_BY_SDK, ids=lambda value: type(value).__name__)
def test_the_frames_of_the_sdk_are_understood(by_sdk: Value, expected: composites.Composite) -> None:
    head, body = _encode.encode_frame(by_sdk)
    assert body is not None
    [frame] = read_frames(head + b"\x00\x00" + body)
    assert isinstance(frame, Frame)
    assert frame.performative == expected


@pytest.mark.parametrize("performative", [expected for _, expected in SENT_BY_SDK], ids=lambda value: type(value).__name__)
def test_the_sdk_finds_every_field_of_a_frame(performative: composites.Composite) -> None:
    code, fields = _decode.decode_frame(memoryview(frame_bytes(1, performative)[8:]))
    assert code == performative._descriptor
    assert len(fields) == len(performative._plan)
    [frame] = read_frames(frame_bytes(1, performative))
    assert isinstance(frame, Frame)
    assert frame.performative == performative


def test_frames_are_found_however_the_bytes_come() -> None:
    stream = AMQP_HEADER + frame_bytes(1, composites.End()) + EMPTY_FRAME + frame_bytes(2, composites.Transfer(0, 1), b"payload")
    reader = FrameReader()
    found = [item for byte in stream for item in reader.feed(bytes((byte,)))]
    assert found == [Header(AMQP_HEADER), Frame(0, 1, composites.End()), Frame(0, 2, composites.Transfer(0, 1), b"payload")]


def test_a_message_of_the_sdk_goes_through_unchanged() -> None:
    by_sdk = bytearray()
    properties = message.Properties(message_id=uuid.UUID(int=7), subject="s")
    _encode.encode_payload(
        by_sdk, message.Message(properties=properties, application_properties={"a": 1, "b": math.pi}, data=[b"x" * 300, b"y"], footer=None)
    )
    kept = Message.decode(bytes(by_sdk))
    kept.add_application_properties({"DeadLetterReason": "r"})
    received = _decode.decode_payload(memoryview(kept.encoded(uuid.UUID(int=9), 12.5)))
    assert received.properties is not None
    assert received.message_annotations is not None
    assert received.properties.message_id == uuid.UUID(int=7)
    assert received.application_properties == {b"a": 1, b"b": math.pi, b"DeadLetterReason": b"r"}
    assert [bytes(part) for part in received.data or []] == [b"x" * 300, b"y"]
    assert received.message_annotations[b"x-opt-locked-until"] == 12500


# each type that the SDK knows, under its name there: values at the borders, and how the bus takes them
OF_EVERY_TYPE: dict[str, list[tuple[Value, Value]]] = {
    "NULL": [(None, None)],
    "BOOL": [(True, True), (False, False)],
    "UBYTE": [(n, UByte(n)) for n in (0, 255)],
    "BYTE": [(n, Byte(n)) for n in (-128, 0, 127)],
    "USHORT": [(n, UShort(n)) for n in (0, 65535)],
    "SHORT": [(n, Short(n)) for n in (-32768, 32767)],
    "UINT": [(n, UInt(n)) for n in (0, 255, 256, (1 << 32) - 1)],
    "INT": [(n, Int(n)) for n in (-(1 << 31), -129, -128, 127, 128, (1 << 31) - 1)],
    "ULONG": [(n, ULong(n)) for n in (0, 255, 256, (1 << 64) - 1)],
    "LONG": [(n, n) for n in (-(1 << 63), -129, -128, 127, 128, (1 << 63) - 1)],
    "FLOAT": [(0.5, Float(0.5)), (-1.25, Float(-1.25))],
    "DOUBLE": [(math.pi, math.pi), (math.inf, math.inf)],
    "TIMESTAMP": [(n, Timestamp(n)) for n in (-1, 0, 1_800_000_000_000)],
    "UUID": [(uuid.UUID(int=7), uuid.UUID(int=7))],
    "BINARY": [(b"x" * n, b"x" * n) for n in (0, 255, 256)],
    "STRING": [("é" * n, "é" * n) for n in (0, 127, 128)],
    "SYMBOL": [(b"s" * n, Symbol("s" * n)) for n in (1, 255, 256)],
    "LIST": [([], []), ([1, "a"], [Int(1), "a"]), (list(range(300)), [Int(n) for n in range(300)])],
    "MAP": [({"a": 1, "b": b"c"}, {"a": Int(1), "b": b"c"})],
    "ARRAY": [([1, 2], Array([Int(1), Int(2)])), (["a", "b"], Array(["a", "b"]))],
    "DESCRIBED": [((1, "a"), Described(Int(1), "a"))],
}


@pytest.mark.parametrize(("name", "pairs"), OF_EVERY_TYPE.items(), ids=OF_EVERY_TYPE.keys())
def test_every_type_goes_to_the_sdk_and_back(name: str, pairs: list[tuple[Value, Value]]) -> None:
    for theirs, ours in pairs:
        by_sdk = bytearray()
        _encode.encode_value(by_sdk, {"TYPE": name, "VALUE": theirs})
        decoded, end = types.decode(bytes(by_sdk))
        assert end == len(by_sdk)
        assert decoded == ours
        assert wire_types(decoded) == wire_types(ours)
        by_bus = types.encode(ours)
        rest, read = _decode._DECODE_BY_CONSTRUCTOR[by_bus[0]](memoryview(by_bus)[1:])
        assert bytes(rest) == b""
        assert as_bytes(theirs[1] if name == "DESCRIBED" else theirs) == (list(read) if name in ("LIST", "ARRAY") else read)


def test_every_type_of_the_sdk_is_there() -> None:
    # decimals are kept as they are, see below
    assert set(_encode._ENCODE_MAP) - {None, "DECIMAL128"} == OF_EVERY_TYPE.keys()


def test_decimals_of_the_sdk_go_through_unchanged() -> None:
    by_sdk = bytearray()
    _encode.encode_value(by_sdk, {"TYPE": "DECIMAL128", "VALUE": Decimal("-12.5")})
    assert types.encode(types.decode(bytes(by_sdk))[0]) == bytes(by_sdk)
