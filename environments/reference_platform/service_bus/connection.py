"""One AMQP connection and its sessions, without any input or output of their own: bytes come in, bytes go out.

Source: OASIS AMQP 1.0, part 2, and what azure-servicebus 7.15 insists on.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from .authorization import Grants, SharedAccessKey, path_of
from .composites import (
    Attach,
    Begin,
    Close,
    Composite,
    Detach,
    Disposition,
    End,
    Error,
    Flow,
    Open,
    SaslInit,
    SaslMechanisms,
    SaslOutcome,
    Source,
    Target,
    Transfer,
)
from .entities import DEAD_LETTERS, Namespace
from .errors import MalformedPeer, Refusal, not_allowed, not_implemented, unauthorized
from .frames import AMQP_HEADER, EMPTY_FRAME, MAX_FRAME_SIZE, SASL_FRAME, SASL_HEADER, Frame, FrameReader, Header, frame_bytes
from .links import MAX_MESSAGE_SIZE, ConsumerLink, IncomingLink, Link, OutgoingLink, TokenLink, error_of
from .management import ManagementNode, TokenNode
from .message import messages_of_transfer
from .types import Array, Symbol, ULong

log = logging.getLogger(__name__)

CONTAINER = "ringmaster-service-bus"
HIGHEST_CHANNEL = 255
HIGHEST_HANDLE = 4095
LARGE_WINDOW = 0x7FFFFFFF
TOKENS, MANAGEMENT = "$cbs", "$management"
SASL_MECHANISMS = ("ANONYMOUS", "MSSBCBS")

# bytes; the limit of a batch does not grow with the limit of a message
MAX_BATCH_SIZE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Bus:
    """What all connections share."""

    namespace: Namespace
    access_key: SharedAccessKey


class Connection:
    """The server's side of one connection."""

    def __init__(self, bus: Bus, write: Callable[[bytes], None], close: Callable[[], None]) -> None:
        self.bus = bus
        self.grants = Grants()
        self.max_frame_size = 512
        self.peer_is_python_sdk = False
        self._write = write
        self._close = close
        self._reader = FrameReader()
        self._sessions: dict[int, Session] = {}
        self._is_open = False
        self._is_closing = False
        self._collected: list[bytes] | None = None
        self._postponed: list[Callable[[], None]] = []
        self._heartbeat: asyncio.TimerHandle | None = None

    # ---- bytes ----

    def receive(self, data: bytes) -> None:
        """Take in what the peer sent; raises MalformedPeer."""
        self._collected = []
        try:
            for item in self._reader.feed(data):
                if self._is_closing:
                    return
                postponed, self._postponed = self._postponed, []
                if isinstance(item, Header):
                    self._on_header(item)
                else:
                    self._on_frame(item)
                for action in postponed:
                    action()
        finally:
            collected, self._collected = self._collected, None
            if collected:
                self._write(b"".join(collected))

    def send(self, channel: int, performative: Composite, payload: bytes = b"") -> None:
        """Send one frame; what answers one read of the peer's bytes goes out in one piece."""
        self._send_bytes(frame_bytes(channel, performative, payload))

    def _send_bytes(self, data: bytes) -> None:
        if self._collected is None:
            self._write(data)
        else:
            self._collected.append(data)

    def after_next_frame(self, action: Callable[[], None]) -> None:
        """Do something once the next frame of the peer is answered."""
        self._postponed.append(action)

    # ---- the end ----

    def lost(self) -> None:
        """The transport is gone."""
        self._is_closing = True
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        for session in self._sessions.values():
            session.ended()
        self._sessions.clear()

    def shut_down(self, condition: str, words: str) -> None:
        """End the connection with an error that tells the peer why."""
        if not self._is_closing:
            self.lost()
            if self._is_open:
                self._write(frame_bytes(0, Close(Error(condition, words, {}))))
            self._close()

    # ---- frames ----

    def _on_header(self, header: Header) -> None:
        if header.protocol == SASL_HEADER:
            mechanisms = Array(map(Symbol, SASL_MECHANISMS))
            self._send_bytes(SASL_HEADER + frame_bytes(0, SaslMechanisms(mechanisms), kind=SASL_FRAME))
        elif header.protocol == AMQP_HEADER:
            self._send_bytes(AMQP_HEADER)
        else:
            raise MalformedPeer("a protocol that is not AMQP 1.0")

    def _on_frame(self, frame: Frame) -> None:
        match frame.performative:
            case SaslInit() as init:
                known = init.mechanism in SASL_MECHANISMS
                self._send_bytes(frame_bytes(0, SaslOutcome(0 if known else 1), kind=SASL_FRAME))
            case Open() as opening:
                self._on_open(opening)
            case Begin() as begin if self._is_open:
                self._on_begin(frame.channel, begin)
            case End():
                self._on_end(frame.channel)
            case Close():
                self.lost()
                self.send(0, Close())
                self._close()
            case performative if self._is_open:
                # the SDK ends a session and then still detaches its links
                if session := self._sessions.get(frame.channel):
                    session.on_frame(performative, frame.payload)
            case performative:
                raise MalformedPeer(f"{type(performative).__name__} on a connection that is not open")

    def _on_open(self, opening: Open) -> None:
        if self._is_open:
            raise MalformedPeer("a second Open")
        self._is_open = True
        self.max_frame_size = max(512, min(opening.max_frame_size, MAX_FRAME_SIZE))
        self.peer_is_python_sdk = str((opening.properties or {}).get("product", "")).startswith("azsdk-python")
        self.send(0, Open(CONTAINER, opening.hostname, MAX_FRAME_SIZE, HIGHEST_CHANNEL, properties={Symbol("product"): CONTAINER}))
        if opening.idle_time_out:
            self._beat(opening.idle_time_out / 2000)

    def _beat(self, seconds: float) -> None:
        self._send_bytes(EMPTY_FRAME)
        self._heartbeat = asyncio.get_running_loop().call_later(seconds, self._beat, seconds)

    def _on_begin(self, channel: int, begin: Begin) -> None:
        if channel in self._sessions or channel > HIGHEST_CHANNEL:
            raise MalformedPeer(f"Begin on channel {channel}")
        self._sessions[channel] = Session(self, channel, begin)
        self.send(channel, Begin(channel, 0, LARGE_WINDOW, LARGE_WINDOW, HIGHEST_HANDLE, properties={}))

    def _on_end(self, channel: int) -> None:
        if session := self._sessions.pop(channel, None):
            session.ended()
            self.send(channel, End())


class Session:
    """One session: its links, and what was delivered on them and is not settled yet."""

    def __init__(self, connection: Connection, channel: int, begin: Begin) -> None:
        self.connection = connection
        self._channel = channel
        self._next_incoming_id = begin.next_outgoing_id
        self._next_outgoing_id = 0
        self._window = begin.incoming_window
        self._links: dict[int, Link] = {}
        self._replies: dict[str, OutgoingLink] = {}
        self._deliveries: dict[int, tuple[ConsumerLink, uuid.UUID]] = {}

    # ---- out ----

    def send(self, performative: Composite, payload: bytes = b"") -> None:
        """Send one frame on this session."""
        self.connection.send(self._channel, performative, payload)

    def send_flow(self, handle: int, delivery_count: int, credit: int, drain: bool = False) -> None:
        """Tell the peer where the session and one of its links stand."""
        here = self._next_incoming_id, LARGE_WINDOW, self._next_outgoing_id, LARGE_WINDOW
        self.send(Flow(*here, handle, delivery_count, credit, None, drain))

    def has_room(self) -> bool:
        """Whether the peer takes another transfer."""
        return self._window > 0

    def send_message(self, handle: int, encoded: bytes, tag: bytes, settled: bool) -> int:
        """Send a message, in as many transfers as its length needs; returns the delivery id."""
        delivery_id = self._next_outgoing_id
        transfer = Transfer(handle, delivery_id, tag, 0, settled)
        room = self.connection.max_frame_size - len(frame_bytes(self._channel, transfer))
        for start in range(0, len(encoded), room):
            transfer.more = start + room < len(encoded)
            self.send(transfer, encoded[start : start + room])
            self._next_outgoing_id += 1
            self._window -= 1
        return delivery_id

    def remember_delivery(self, delivery_id: int, link: ConsumerLink, token: uuid.UUID) -> None:
        """A delivery that the client is going to settle."""
        self._deliveries[delivery_id] = link, token

    def forget_deliveries(self, link: ConsumerLink) -> None:
        """The link is gone, so nothing can be settled on it."""
        self._deliveries = {number: (owner, token) for number, (owner, token) in self._deliveries.items() if owner is not link}

    def ended(self) -> None:
        """The session is gone, and its links with it."""
        for link in self._links.values():
            link.closed()
        self._links.clear()

    # ---- in ----

    def on_frame(self, performative: Composite, payload: bytes) -> None:
        """One frame of this session; raises MalformedPeer."""
        match performative:
            case Transfer() as transfer:
                self._on_transfer(transfer, payload)
            case Flow() as flow:
                self._on_flow(flow)
            case Disposition() as disposition:
                self._on_disposition(disposition)
            case Attach() as attach:
                self._on_attach(attach)
            case Detach() as detach:
                self._on_detach(detach)
            case _:
                raise MalformedPeer(f"{type(performative).__name__} on a session")

    def _on_transfer(self, transfer: Transfer, payload: bytes) -> None:
        self._next_incoming_id += 1
        # a client may still send on a link that was just refused
        if isinstance(link := self._links.get(transfer.handle), IncomingLink):
            link.transfer(transfer, payload)

    def _on_flow(self, flow: Flow) -> None:
        self._window = (flow.next_incoming_id or 0) + flow.incoming_window - self._next_outgoing_id
        link = None if flow.handle is None else self._links.get(flow.handle)
        if isinstance(link, OutgoingLink):
            link.flow(flow)
        elif isinstance(link, IncomingLink) and flow.echo:
            link.send_flow()
        elif flow.handle is None:
            for any_link in list(self._links.values()):
                if isinstance(any_link, OutgoingLink):
                    any_link.pump()

    def _on_disposition(self, disposition: Disposition) -> None:
        if not disposition.from_receiver:
            return
        last = disposition.first if disposition.last is None else disposition.last
        # the range is the peer's word: walk over what there is, not over the range
        several = [number for number in self._deliveries if disposition.first <= number <= last] if last != disposition.first else [last]
        for number in several:
            if delivery := self._deliveries.pop(number, None):
                link, token = delivery
                outcome = link.settle(token, disposition.state)
                if not disposition.settled:
                    self.send(Disposition(False, number, number, True, outcome))

    # ---- links ----

    def _on_attach(self, attach: Attach) -> None:
        if attach.handle in self._links or attach.handle > HIGHEST_HANDLE:
            raise MalformedPeer(f"Attach with handle {attach.handle}")
        try:
            link = self._link_to_consume(attach) if attach.receives else self._link_to_send(attach)
        except Refusal as refusal:
            # with a null terminus the SDK fails while it opens, not at its first operation
            self.send(_attach_reply(attach, refused=True))
            self.send(Detach(attach.handle, True, error_of(refusal)))
            return
        self._links[attach.handle] = link
        self.send(_attach_reply(attach))
        link.opened()

    def _link_to_consume(self, attach: Attach) -> OutgoingLink:
        path = _path(attach.source, Source)
        node = path.lower()
        if node == TOKENS or node.endswith(f"/{MANAGEMENT}"):
            if node != TOKENS:
                self._check_access(path)
            self._replies[node] = link = OutgoingLink(self, attach)
            return link
        self._check_access(path)
        return ConsumerLink(self, attach, self.connection.bus.namespace.queue(path))

    def _link_to_send(self, attach: Attach) -> IncomingLink:
        path = _path(attach.target, Target)
        node = path.lower()
        bus = self.connection.bus
        if node == TOKENS:
            tokens = TokenNode(bus.access_key, self.connection.grants)
            return TokenLink(self, attach, lambda encoded, _format: self._reply(node, tokens.answer(encoded)))
        self._check_access(path)
        if node.endswith(f"/{MANAGEMENT}"):
            management = ManagementNode(bus.namespace.queue(path[: -len(MANAGEMENT) - 1]), time.time)
            return IncomingLink(self, attach, lambda encoded, _format: self._reply(node, management.answer(encoded)))
        if node.endswith(f"/{DEAD_LETTERS.lower()}"):
            raise not_allowed("Cannot send to a dead-letter queue.")
        queue = bus.namespace.queue(path)

        def publish(encoded: bytes, message_format: int) -> None:
            for message in messages_of_transfer(encoded, message_format):
                queue.put(message)

        return IncomingLink(self, attach, publish)

    def _check_access(self, path: str) -> None:
        if not self.connection.grants.allow(path):
            raise unauthorized(path)

    def _reply(self, node: str, encoded: bytes) -> None:
        link = self._replies.get(node)
        if link is None or not link.is_open:
            raise not_allowed(f"There is no link to receive the replies of {node}.")
        link.deliver(encoded, uuid.uuid4().bytes, settled=True)

    def _on_detach(self, detach: Detach) -> None:
        if link := self._links.pop(detach.handle, None):
            link.closed()
            self.send(Detach(detach.handle, True))


def _path(terminus: object, kind: type[Source] | type[Target]) -> str:
    if not isinstance(terminus, kind):
        raise not_implemented("a link without an address")
    return path_of(terminus.address or "")


def _attach_reply(attach: Attach, refused: bool = False) -> Attach:
    """The attach as the client sent it: the SDK wants its source and target echoed."""
    return Attach(
        attach.name,
        attach.handle,
        not attach.receives,
        attach.snd_settle_mode,
        attach.rcv_settle_mode,
        None if refused and attach.receives else attach.source,
        None if refused and not attach.receives else attach.target,
        initial_delivery_count=0 if attach.receives else None,
        max_message_size=MAX_MESSAGE_SIZE,
        properties={Symbol("com.microsoft:max-message-batch-size"): ULong(MAX_BATCH_SIZE)},
    )
