"""Links: the two directions in which messages travel between one client and one node of the bus."""

import uuid
from collections.abc import Callable
from typing import Protocol

from ..codec.composites import Accepted, Attach, Composite, Detach, Disposition, Error, Flow, Modified, Rejected, Released, Transfer
from ..codec.message import Message
from ..codec.types import Value
from ..errors import Refusal, message_too_large, not_implemented
from ..faults import Faults, Loss
from ..queues.lines import Lock
from ..queues.message_sessions import MessageSession
from ..queues.queue import Queue

# bytes; what the service allows on its larger tier
MAX_MESSAGE_SIZE = 1 << 20

# how many messages a client may send ahead, and when it is told again
FULL_CREDIT, LOW_CREDIT = 1000, 500

SETTLED_BY_SENDER = 1


def error_of(refusal: Refusal) -> Error:
    """The refusal as AMQP says it; always with all three fields, the SDK asks for each."""
    return Error(refusal.condition, refusal.description, {})


class LinkSession(Protocol):
    """The session of a connection, as far as its links need it."""

    faults: Faults

    @property
    def peer_is_python_sdk(self) -> bool:
        """Whether the client is Azure's SDK for Python."""

    def send(self, performative: Composite, payload: bytes = b"") -> None:
        """Send one frame on this session."""

    def send_flow(self, handle: int, delivery_count: int, credit: int, drain: bool = False) -> None:
        """Tell the peer where the session and one of its links stand."""

    def has_room(self) -> bool:
        """Whether the peer takes another transfer."""

    def send_message(self, handle: int, encoded: bytes, tag: bytes, settled: bool) -> int:
        """Send a message; returns the delivery id."""

    def remember_delivery(self, delivery_id: int, link: "ConsumerLink", token: uuid.UUID) -> None:
        """A delivery that the client is going to settle."""

    def forget_deliveries(self, link: "ConsumerLink") -> None:
        """The link is gone, so nothing can be settled on it."""

    def refuse(self, attach: Attach, refusal: Refusal) -> None:
        """Attach and detach at once."""

    def attached_to(self, held: MessageSession, attach: Attach) -> None:
        """Tell a client which message session it got, and until when."""

    def keep_unfinished(self, more: int) -> None:
        """So many bytes of messages whose end has not come more, or less; raises MalformedPeer when there are too many."""

    def after_next_frame(self, action: Callable[[], None]) -> None:
        """Do something once the next frame of the peer is answered."""


class Link:
    """What both directions have: a handle in a session, and an end."""

    def __init__(self, session: LinkSession, attach: Attach) -> None:
        self.handle = attach.handle
        self.session = session
        self.is_open = True

    def opened(self) -> None:
        """The client has been told that the link is attached."""

    def closed(self) -> None:
        """The link is gone, in order or not."""
        self.is_open = False

    def detach(self, refusal: Refusal) -> None:
        """End the link with an error."""
        if self.is_open:
            self.session.send(Detach(self.handle, True, error_of(refusal)))
            self.closed()


class IncomingLink(Link):
    """A client sends; each message goes to `accept`, which may raise Refusal."""

    def __init__(self, session: LinkSession, attach: Attach, accept: Callable[[bytes, int], None], path: str = "") -> None:
        super().__init__(session, attach)
        self._accept = accept
        self._path = path
        self._credit = 0
        self._delivery_count = 0
        self._first: Transfer | None = None
        self._received = bytearray()

    def opened(self) -> None:
        self.give_credit()

    def give_credit(self) -> None:
        """Allow the client to send more, when it is about to run out."""
        if self._credit < LOW_CREDIT and self.is_open:
            self._credit = FULL_CREDIT
            self.send_flow()

    def send_flow(self) -> None:
        """Tell the client where the link stands."""
        self.session.send_flow(self.handle, self._delivery_count, self._credit)

    def transfer(self, transfer: Transfer, payload: bytes) -> None:
        """One frame of a message; the last one settles it."""
        if self._first is None:
            self._first = transfer
        # what is too large is not kept, only counted
        if len(self._received) <= MAX_MESSAGE_SIZE:
            self._received += payload
            self.session.keep_unfinished(len(payload))
        if transfer.more and not transfer.aborted:
            return
        first, received = self._first, bytes(self._received)
        self._first = None
        self.session.keep_unfinished(-len(received))
        self._received.clear()
        self._delivery_count += 1
        self._credit -= 1
        if not transfer.aborted:
            self._settle(first, self._outcome(first, received))
        self.give_credit()

    def _outcome(self, first: Transfer, received: bytes) -> Accepted | Rejected:
        try:
            if len(received) > MAX_MESSAGE_SIZE:
                raise message_too_large(MAX_MESSAGE_SIZE)
            self._accept(received, first.message_format or 0)
        except Refusal as refusal:
            return Rejected(error_of(refusal))
        return Accepted()

    def _settle(self, first: Transfer, outcome: Accepted | Rejected) -> None:
        if self.session.faults.loses(Loss.ACCEPTANCE, self._path):
            return
        if not first.settled and first.delivery_id is not None:
            self.session.send(Disposition(True, first.delivery_id, first.delivery_id, True, outcome))


class TokenLink(IncomingLink):
    """The client's link to `$cbs`.

    The SDK sleeps 50 ms for each frame that it reads while it opens, and waits only for the answer to its token. So it gets no credit
    (it does not look at it here), and the outcome of its transfer after the next thing it asks for.
    """

    def give_credit(self) -> None:
        if not self.session.peer_is_python_sdk:
            super().give_credit()

    def _settle(self, first: Transfer, outcome: Accepted | Rejected) -> None:
        if self.session.peer_is_python_sdk:
            self.session.after_next_frame(lambda: super(TokenLink, self)._settle(first, outcome))
        else:
            super()._settle(first, outcome)


class OutgoingLink(Link):
    """A client receives."""

    def __init__(self, session: LinkSession, attach: Attach) -> None:
        super().__init__(session, attach)
        self._credit = 0
        self._delivery_count = 0

    def wants_message(self) -> bool:
        """Whether there is credit and room for one more."""
        return self.is_open and self._credit > 0 and self.session.has_room()

    def deliver(self, encoded: bytes, tag: bytes, settled: bool) -> int:
        """Send one message; returns its delivery id."""
        self._credit -= 1
        self._delivery_count += 1
        return self.session.send_message(self.handle, encoded, tag, settled)

    def flow(self, flow: Flow) -> None:
        """The client says how many messages it wants, and perhaps to give up on those that are not there (drain)."""
        if flow.link_credit is not None:
            self._credit = (flow.delivery_count or 0) + flow.link_credit - self._delivery_count
        self.pump()
        if flow.drain and self.is_open:
            self._delivery_count += max(self._credit, 0)
            self._credit = 0
            self.session.send_flow(self.handle, self._delivery_count, 0, drain=True)

    def pump(self) -> None:
        """Send what is waiting."""


class ConsumerLink(OutgoingLink):
    """A client receives from a queue, either for good or with a lock that it settles."""

    def __init__(self, session: LinkSession, attach: Attach, queue: Queue) -> None:
        super().__init__(session, attach)
        self.queue = queue
        self.takes_for_good = attach.snd_settle_mode == SETTLED_BY_SENDER

    def opened(self) -> None:
        self.queue.consumers.add_consumer(self)

    def closed(self) -> None:
        super().closed()
        self.queue.consumers.remove_consumer(self)
        self.session.forget_deliveries(self)

    def pump(self) -> None:
        self.queue.deliver()

    def dismiss(self, refusal: Refusal) -> None:
        """End the link: no more messages come; the refusal says why."""
        self.detach(refusal)

    def hand_over(self, message: Message, lock: Lock | None) -> None:
        """Deliver one message of the queue."""
        if lock is None:
            self.deliver(message.encoded(), uuid.uuid4().bytes_le, settled=True)
            return
        # the SDK reads the lock token out of the delivery tag
        delivery_id = self.deliver(message.encoded(lock.token, lock.until), lock.token.bytes_le, settled=False)
        self.session.remember_delivery(delivery_id, self, lock.token)

    def settle(self, token: uuid.UUID, state: Value) -> Composite:
        """Do what the client decided; returns the outcome to tell it: an echo, or a rejection that says why not."""
        try:
            self._apply(token, state)
        except Refusal as refusal:
            return Rejected(error_of(refusal))
        # an echo with an error would mean that the settlement failed
        if isinstance(state, Rejected):
            return Rejected()
        return state if isinstance(state, Composite) else Accepted()

    def _apply(self, token: uuid.UUID, state: Value) -> None:
        match state:
            case None | Accepted():
                self.queue.complete(token)
            case Released():
                self.queue.release(token)
            case Modified(undeliverable_here=True):
                self.queue.defer(token)
            case Modified(delivery_failed=True):
                self.queue.abandon(token)
            case Modified():
                self.queue.release(token)
            case Rejected():
                info = (state.error and state.error.info) or {}
                self.queue.dead_letter(token, info.get("DeadLetterReason"), info.get("DeadLetterErrorDescription"))
            case _:
                raise not_implemented(type(state).__name__)


class SessionLink(ConsumerLink):
    """A client receives the messages of one session, which it names or takes as it comes."""

    def __init__(self, session: LinkSession, attach: Attach, queue: Queue, session_id: str | None, wait: float) -> None:
        """`wait` is how many seconds the client waits for a session with messages."""
        super().__init__(session, attach, queue)
        self._attach = attach
        self._session_id = session_id
        self._wait = wait
        self._held: MessageSession | None = None

    def accept(self) -> None:
        """Get the session, now or later, and tell the client; raises Refusal."""
        if self._session_id is None:
            self.queue.sessions.accept_next(self, self._wait, self._granted, self._refused)
        else:
            self._granted(self.queue.sessions.accept(self._session_id, self))

    def _granted(self, held: MessageSession) -> None:
        self._held = held
        self.session.attached_to(held, self._attach)

    def _refused(self, refusal: Refusal) -> None:
        self.is_open = False
        self.session.refuse(self._attach, refusal)

    def dismiss(self, refusal: Refusal) -> None:
        if self._held is None:
            # the client has not been told yet that it is attached
            self._refused(refusal)
            return
        self._held = None
        self.detach(refusal)

    def opened(self) -> None:
        """Messages come once there is credit."""

    def closed(self) -> None:
        self._held = None
        super().closed()
        self.queue.sessions.leave(self)

    def pump(self) -> None:
        if self._held is not None:
            self.queue.sessions.deliver_to(self._held)
