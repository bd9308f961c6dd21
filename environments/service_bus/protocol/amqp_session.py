"""One session of a connection: its links, its deliveries, and which node of the bus each link belongs to.

Source: OASIS AMQP 1.0, part 2, and what azure-servicebus 7.15 insists on.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from ..authorization import Grants
from ..bus import Bus
from ..codec.composites import Attach, Begin, Composite, Detach, Disposition, Flow, Source, Transfer
from ..codec.frames import frame_bytes
from ..codec.types import Symbol, ULong
from ..errors import MalformedPeer, Refusal
from ..faults import Loss
from ..queues.message_sessions import MessageSession
from .links import MAX_MESSAGE_SIZE, ConsumerLink, IncomingLink, Link, OutgoingLink, SessionLink, error_of
from .nodes import SESSION_FILTER, Nodes

HIGHEST_HANDLE = 4095
LARGE_WINDOW = 0x7FFFFFFF
# bytes; the limit of a batch does not grow with the limit of a message
MAX_BATCH_SIZE = 256 * 1024

# Source: the epoch of .NET's DateTime, in its ticks of 100 nanoseconds, before 1970
TICKS_BEFORE_1970 = 621355968000000000


class Carrier(Protocol):
    """The connection, as far as its sessions need it."""

    bus: Bus
    grants: Grants
    max_frame_size: int
    peer_is_python_sdk: bool
    takes_more: bool

    def send(self, channel: int, performative: Composite, payload: bytes = b"") -> None:
        """Send one frame."""

    def count_links(self, more: int) -> None:
        """So many links more, or less; raises MalformedPeer when there are too many."""

    def keep_unfinished(self, more: int) -> None:
        """So many bytes of messages whose end has not come more, or less; raises MalformedPeer when there are too many."""

    def after_next_frame(self, action: Callable[[], None]) -> None:
        """Do something once the next frame of the peer is answered."""


class Session:
    """One session: its links, and what was delivered on them and is not settled yet."""

    def __init__(self, connection: Carrier, channel: int, begin: Begin) -> None:
        self._connection = connection
        self.faults = connection.bus.faults
        self.keep_unfinished = connection.keep_unfinished
        self.after_next_frame = connection.after_next_frame
        self._channel = channel
        self._next_incoming_id = begin.next_outgoing_id
        self._next_outgoing_id = 0
        self._window = begin.incoming_window
        self._links: dict[int, Link] = {}
        self._nodes = Nodes(self, connection.bus, connection.grants)
        self._deliveries: dict[int, tuple[ConsumerLink, uuid.UUID]] = {}

    @property
    def peer_is_python_sdk(self) -> bool:
        """Whether the client is Azure's SDK for Python."""
        return self._connection.peer_is_python_sdk

    # ---- out ----

    def send(self, performative: Composite, payload: bytes = b"") -> None:
        """Send one frame on this session."""
        self._connection.send(self._channel, performative, payload)

    def send_flow(self, handle: int, delivery_count: int, credit: int, drain: bool = False) -> None:
        """Tell the peer where the session and one of its links stand."""
        here = self._next_incoming_id, LARGE_WINDOW, self._next_outgoing_id, LARGE_WINDOW
        self.send(Flow(*here, handle, delivery_count, credit, None, drain))

    def has_room(self) -> bool:
        """Whether the peer takes another transfer."""
        return self._window > 0 and self._connection.takes_more

    def send_message(self, handle: int, encoded: bytes, tag: bytes, settled: bool) -> int:
        """Send a message, in as many transfers as its length needs; returns the delivery id."""
        delivery_id = self._next_outgoing_id
        transfer = Transfer(handle, delivery_id, tag, 0, settled)
        room = self._connection.max_frame_size - len(frame_bytes(self._channel, transfer))
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
        self._connection.count_links(-len(self._links))
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
            self.pump()

    def _on_disposition(self, disposition: Disposition) -> None:
        if not disposition.from_receiver:
            return
        faults = self.faults
        last = disposition.first if disposition.last is None else disposition.last
        # the range is the peer's word: walk over what there is, not over the range
        several = [number for number in self._deliveries if disposition.first <= number <= last] if last != disposition.first else [last]
        for number in several:
            if delivery := self._deliveries.pop(number, None):
                link, token = delivery
                if faults.loses(Loss.SETTLEMENT, link.queue.path):
                    continue
                outcome = link.settle(token, disposition.state)
                if not disposition.settled and not faults.loses(Loss.ANSWER, link.queue.path):
                    self.send(Disposition(False, number, number, True, outcome))

    # ---- links ----

    def _on_attach(self, attach: Attach) -> None:
        if attach.handle in self._links or attach.handle > HIGHEST_HANDLE:
            raise MalformedPeer(f"Attach with handle {attach.handle}")
        self._connection.count_links(1)
        try:
            link = self._nodes.link_to_consume(attach) if attach.receives else self._nodes.link_to_send(attach)
            self._links[attach.handle] = link
            if isinstance(link, SessionLink):
                link.accept()
                return
        except Refusal as refusal:
            self.refuse(attach, refusal)
            return
        self.send(_attach_reply(attach))
        link.opened()

    def refuse(self, attach: Attach, refusal: Refusal) -> None:
        """Attach and detach at once: with a null terminus the SDK fails while it opens, not at its first operation."""
        self._links.pop(attach.handle, None)
        self._connection.count_links(-1)
        self.send(_attach_reply(attach, refused=True))
        self.send(Detach(attach.handle, True, error_of(refusal)))

    def attached_to(self, held: MessageSession, attach: Attach) -> None:
        """Tell a client which message session it got, and until when."""
        reply = _attach_reply(attach)
        if isinstance(attach.source, Source):
            reply.source = replace(attach.source, filter={SESSION_FILTER: held.session_id})
        ticks = int(held.locked_until * 10_000_000) + TICKS_BEFORE_1970
        reply.properties = {**(reply.properties or {}), Symbol("com.microsoft:locked-until-utc"): ticks}
        self.send(reply)

    def pump(self) -> None:
        """There is room again."""
        for link in list(self._links.values()):
            if isinstance(link, OutgoingLink):
                link.pump()

    def _on_detach(self, detach: Detach) -> None:
        if link := self._links.pop(detach.handle, None):
            self._connection.count_links(-1)
            # what the bus has detached itself is only confirmed by this
            if link.is_open:
                link.closed()
                self.send(Detach(detach.handle, True))


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
