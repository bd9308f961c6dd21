"""One session of a connection: its links, its deliveries, and which node of the bus each link belongs to.

Source: OASIS AMQP 1.0, part 2, and what azure-servicebus 7.15 insists on.
"""

import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from .authorization import path_of
from .composites import Attach, Begin, Composite, Detach, Disposition, Flow, Source, Target, Transfer
from .errors import MalformedPeer, Refusal, not_allowed, not_implemented, server_busy, unauthorized
from .faults import Loss
from .frames import frame_bytes
from .links import MAX_MESSAGE_SIZE, ConsumerLink, IncomingLink, Link, OutgoingLink, SessionLink, TokenLink, error_of
from .management import ManagementNode, TokenNode
from .message import messages_of_transfer
from .message_sessions import MessageSession
from .queue import DEAD_LETTERS, Queue
from .types import Described, Symbol, ULong

if TYPE_CHECKING:
    from .connection import Connection

HIGHEST_HANDLE = 4095
LARGE_WINDOW = 0x7FFFFFFF
TOKENS, MANAGEMENT = "$cbs", "$management"

# bytes; the limit of a batch does not grow with the limit of a message
MAX_BATCH_SIZE = 256 * 1024

SESSION_FILTER = Symbol("com.microsoft:session-filter")
# Source: the epoch of .NET's DateTime, in its ticks of 100 nanoseconds, before 1970
TICKS_BEFORE_1970 = 621355968000000000
# seconds, if the client does not say how long it waits for a session
WAIT_FOR_SESSION = 60.0


class Session:
    """One session: its links, and what was delivered on them and is not settled yet."""

    def __init__(self, connection: "Connection", channel: int, begin: Begin) -> None:
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
        return self._window > 0 and self.connection.takes_more

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
        self.connection.count_links(-len(self._links))
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
        faults = self.connection.bus.faults
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
        self.connection.count_links(1)
        try:
            link = self._link_to_consume(attach) if attach.receives else self._link_to_send(attach)
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
        self.connection.count_links(-1)
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

    def _link_to_consume(self, attach: Attach) -> OutgoingLink:
        path = _path(attach.source, Source)
        node = path.lower()
        if node == TOKENS or node.endswith(f"/{MANAGEMENT}"):
            if node != TOKENS:
                self._check_access(path)
            self._replies[node] = link = OutgoingLink(self, attach)
            return link
        self._check_access(path)
        entity = self.connection.bus.namespace.entity(path)
        if not isinstance(entity, Queue):
            raise not_allowed(f"Cannot receive from the topic '{path}': receive from one of its subscriptions.")
        if entity.options.forward_to and entity.dead_letters is not None:
            raise not_allowed(f"Cannot receive from '{path}', whose messages are forwarded.")
        return self._consumer(attach, entity)

    def _consumer(self, attach: Attach, queue: Queue) -> ConsumerLink:
        filters = (isinstance(attach.source, Source) and attach.source.filter) or {}
        if SESSION_FILTER not in filters:
            if queue.options.requires_session:
                words = "It is not possible for an entity that requires sessions to create a non-sessionful message receiver."
                raise not_allowed(words)
            return ConsumerLink(self, attach, queue)
        if not queue.options.requires_session:
            raise not_allowed("A sessionful message receiver can not be created on an entity that does not require sessions.")
        wanted = filters[SESSION_FILTER]
        session_id = wanted.value if isinstance(wanted, Described) else wanted
        wait = (attach.properties or {}).get("com.microsoft:timeout")
        seconds = wait / 1000 if isinstance(wait, int) and wait >= 0 else WAIT_FOR_SESSION
        return SessionLink(self, attach, queue, None if session_id is None else str(session_id), seconds)

    def _link_to_send(self, attach: Attach) -> IncomingLink:
        path = _path(attach.target, Target)
        node = path.lower()
        bus = self.connection.bus
        if node == TOKENS:
            tokens = TokenNode(bus.access_key, self.connection.grants)
            return TokenLink(self, attach, lambda encoded, _format: self._reply(node, tokens.answer(encoded)))
        self._check_access(path)
        if node.endswith(f"/{MANAGEMENT}"):
            management = ManagementNode(bus, bus.namespace.entity(path[: -len(MANAGEMENT) - 1]), time.time)
            return IncomingLink(self, attach, lambda encoded, _format: self._reply(node, management.answer(encoded)))
        if node.endswith(f"/{DEAD_LETTERS.lower()}"):
            raise not_allowed("Cannot send to a dead-letter queue.")
        entity = bus.namespace.destination(path)

        def publish(encoded: bytes, message_format: int) -> None:
            if bus.faults.is_busy(entity.path):
                raise server_busy()
            entity.accept(messages_of_transfer(encoded, message_format))

        return IncomingLink(self, attach, publish, entity.path)

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
            self.connection.count_links(-1)
            # what the bus has detached itself is only confirmed by this
            if link.is_open:
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
