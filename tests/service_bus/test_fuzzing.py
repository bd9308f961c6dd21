"""Bytes nobody should send: no crash, no hang, no memory without bound.

Quick here; `SERVICE_BUS_FUZZ_EXAMPLES=100000 pytest tests/service_bus/test_fuzzing.py` looks for as long as it is let.
"""

import asyncio
import contextlib
import os
import tracemalloc
import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from environments.service_bus.authorization import SharedAccessKey
from environments.service_bus.bus import Bus
from environments.service_bus.codec import types
from environments.service_bus.codec.composites import (
    Accepted,
    Attach,
    Begin,
    Composite,
    Detach,
    Disposition,
    End,
    Error,
    Flow,
    Modified,
    Open,
    Received,
    Rejected,
    Released,
    SaslInit,
    Source,
    Target,
    Transfer,
)
from environments.service_bus.codec.frames import AMQP_HEADER, SASL_HEADER, FrameReader, frame_bytes
from environments.service_bus.codec.message import (
    APPLICATION_PROPERTIES,
    DATA,
    MESSAGE_ANNOTATIONS,
    PROPERTIES,
    VALUE,
    Message,
    messages_of_transfer,
    section,
)
from environments.service_bus.codec.types import Symbol, Timestamp, Value
from environments.service_bus.entities.filters import Properties
from environments.service_bus.entities.namespace import Namespace
from environments.service_bus.entities.sql import InvalidExpression, SqlFilter
from environments.service_bus.errors import MalformedPeer
from environments.service_bus.protocol.connection import Connection
from environments.service_bus.queues.options import EntityOptions
from environments.service_bus.transports.http import HttpConnection, Response
from environments.service_bus.transports.web_socket import WebSocket
from tests.service_bus.bus import KEY, KEY_NAME
from tests.service_bus.test_access import signature
from tests.service_bus.test_codec import values

EXAMPLES = int(os.environ.get("SERVICE_BUS_FUZZ_EXAMPLES", "150"))
fuzz = settings(max_examples=EXAMPLES, deadline=2000, suppress_health_check=list(HealthCheck))


class NoTransport(asyncio.Transport):
    """Takes everything and keeps nothing."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert data

    def close(self) -> None:
        """Nothing to close."""


def fresh_bus() -> Bus:
    namespace = Namespace(EntityOptions(), ("queue",))
    namespace.add_queue("sessions", EntityOptions(requires_session=True))
    namespace.add_topic("topic", EntityOptions(duplicate_window=60.0))
    namespace.add_subscription("topic", "sub", EntityOptions())
    return Bus(namespace, SharedAccessKey(KEY_NAME, KEY))


def connection(bus: Bus) -> Connection:
    return Connection(bus, lambda data: None, lambda: None)


def introduced(bus: Bus) -> Connection:
    made = connection(bus)
    made.receive(AMQP_HEADER + frame_bytes(0, Open("c", "h")) + frame_bytes(0, Begin(None, 0, 1000, 1000)))
    made.grants.add(bus.access_key.check(signature("sb://h/", 1 << 34)))
    return made


@fuzz
@given(st.lists(st.binary(max_size=200), max_size=5))
def test_garbage_on_a_connection(pieces: list[bytes]) -> None:
    async def run() -> None:
        peer = connection(fresh_bus())
        with contextlib.suppress(MalformedPeer):
            for piece in [AMQP_HEADER, *pieces]:
                peer.receive(piece)
        peer.lost()

    asyncio.run(run())


addresses = st.sampled_from(
    ["queue", "sessions", "topic", "topic/Subscriptions/sub", "queue/$management", "$cbs", "queue/$deadletterqueue", ""]
)
numbers = st.integers(0, 5) | st.integers(0, (1 << 32) - 1)
filters = st.none() | st.dictionaries(st.just(Symbol("com.microsoft:session-filter")), st.none() | st.text(max_size=3), max_size=1)
outcomes = st.sampled_from(
    [None, Accepted(), Released(), Modified(True), Modified(False, True), Rejected(Error("x", "y", {})), Received(0, 0)]
)
sources = st.none() | st.builds(Source, addresses, filter=filters) | values
targets = st.none() | st.builds(Target, addresses) | values
performatives: st.SearchStrategy[Composite] = st.one_of(
    st.builds(Attach, st.text(max_size=3), st.integers(0, 5), st.booleans(), source=sources, target=targets),
    st.builds(Flow, numbers, numbers, numbers, numbers, st.none() | st.integers(0, 5), numbers, numbers, drain=st.booleans()),
    st.builds(Transfer, st.integers(0, 5), numbers, st.binary(max_size=4), st.sampled_from([0, 0x80013700]), more=st.booleans()),
    st.builds(Disposition, st.booleans(), numbers, st.none() | numbers, st.booleans(), outcomes | values),
    st.builds(Detach, st.integers(0, 5), st.booleans()),
    st.builds(End),
    st.builds(Begin, st.none(), numbers, numbers, numbers),
    st.builds(SaslInit, st.text(max_size=5).map(Symbol)),
)
operations = st.sampled_from(
    [
        *("peek-message", "renew-lock", "schedule-message", "receive-by-sequence-number", "update-disposition"),
        *("get-session-state", "set-session-state", "get-message-sessions", "renew-session-lock"),
    ]
)
annotations = st.dictionaries(st.just(Symbol("x-opt-scheduled-enqueue-time")), st.integers(0, 1 << 62).map(Timestamp) | values, max_size=1)
messages = st.one_of(
    st.binary(max_size=50),
    st.builds(
        lambda noted, properties, named, body: (
            section(MESSAGE_ANNOTATIONS, noted)
            + section(PROPERTIES, properties)
            + section(APPLICATION_PROPERTIES, named)
            + section(VALUE, body)
        ),
        annotations | values,
        st.lists(values, max_size=13) | values,
        st.builds(lambda name: {"operation": f"com.microsoft:{name}"}, operations) | values,
        values | st.dictionaries(st.sampled_from(["messages", "lock-tokens", "session-id", "skip", "top", "last-updated-time"]), values),
    ),
)


@fuzz
@given(st.lists(st.tuples(performatives, messages), max_size=12))
def test_frames_in_any_order_with_anything_in_them(frames: list[tuple[Composite, bytes]]) -> None:
    async def run() -> None:
        peer = introduced(fresh_bus())
        with contextlib.suppress(MalformedPeer):
            for performative, payload in frames:
                peer.receive(frame_bytes(0, performative, payload if isinstance(performative, Transfer) else b""))
        peer.lost()

    asyncio.run(run())


@fuzz
@given(messages, st.sampled_from([0, 0x80013700]))
def test_a_message_is_readable_or_malformed_at_once(encoded: bytes, message_format: int) -> None:
    try:
        found = messages_of_transfer(encoded, message_format)
    except MalformedPeer:
        return
    for message in found:
        # whatever came in can be delivered, filtered and dead-lettered later, when its sender is gone
        Message.decode(message.encoded(uuid.uuid4(), 1.0))
        Properties(message).system("messageid")
        assert Properties(message).user is not None
        message.add_application_properties({"DeadLetterReason": "x"})
        assert message.session_id is None or isinstance(message.session_id, str)


@fuzz
@given(st.lists(st.binary(max_size=100), max_size=4), st.booleans())
def test_garbage_in_a_web_socket_and_over_http(pieces: list[bytes], masked: bool) -> None:
    async def run() -> None:
        web_socket = WebSocket(NoTransport())
        web_socket.connection = connection(fresh_bus())
        http = HttpConnection(NoTransport(), lambda request: Response(404))
        for decoder in (web_socket, http):
            with contextlib.suppress(MalformedPeer):
                for piece in pieces:
                    decoder.receive(b"\x82\x84\x00\x00\x00\x00" + piece if masked else piece)

    asyncio.run(run())


words = st.sampled_from(
    [*"()<>=,.%*+-/", "<>", "AND", "OR", "NOT", "IN", "LIKE", "IS", "NULL", "'a%'", "1", "sys.Label", "rows", "[x y]", "@p", "é"]
)


@fuzz
@given(
    st.lists(words, max_size=20).map(" ".join) | st.text(max_size=60), st.dictionaries(st.sampled_from(["rows", "x y"]), values, max_size=2)
)
def test_a_filter_is_a_condition_or_invalid(expression: str, user: dict[str, Value]) -> None:
    try:
        condition = SqlFilter(expression, {"@p": 1})
    except InvalidExpression:
        return
    assert condition.matches(Properties(Message(section(APPLICATION_PROPERTIES, user) + section(DATA, b"")))) in (True, False)


def test_lengths_that_are_not_there_take_no_memory() -> None:
    """Whatever a head promises, no more is kept than what came."""
    promises = [
        AMQP_HEADER + b"\x00\x0f\xff\xff\x02\x00\x00\x00",
        frame_bytes(0, Transfer(0))[:8] + b"\x00\x53\x14\xd0\x7f\xff\xff\xff\x7f\xff\xff\xff",
        b"\xf0\x7f\xff\xff\xff\x7f\xff\xff\xff\x40" * 10,
        SASL_HEADER + b"\xff" * 8,
    ]
    tracemalloc.start()
    for promise in promises:
        with contextlib.suppress(MalformedPeer):
            list(FrameReader().feed(promise))
        with contextlib.suppress(MalformedPeer):
            types.decode(promise)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000
