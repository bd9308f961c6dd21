"""Queues, subscriptions and dead-letter queues: what becomes of a message between its arrival and its end.

Source: Azure Service Bus's public behaviour, as the official SDK sees it.
"""

import uuid
from collections.abc import Iterator

from ..codec.message import Message
from ..errors import Refusal, entity_disabled, entity_not_found, not_allowed
from .intake import SharedState
from .options import REFUSES_RECEIVING, EntityOptions
from .storage import MessageStore

DEAD_LETTERS, TRANSFER = "$DeadLetterQueue", "$Transfer"
DEAD_LETTER_SOURCE = "x-opt-deadletter-source"

# Source: Azure Service Bus, "auto-forwarding: a message is dead-lettered after more than four hops"
MOST_HOPS = 4
TOO_MANY_HOPS, TRANSFER_FAILED = "MaxTransferHopCountExceeded", "TransferFailed"


class Queue(MessageStore):
    """One queue or subscription, or a dead-letter queue of one (which has none itself)."""

    def __init__(self, path: str, options: EntityOptions, shared: SharedState, parent: "Queue | None" = None) -> None:
        """`parent` is the queue whose dead letters this one keeps."""
        super().__init__(path, options, shared)
        self.parent = parent
        self.dead_letters: Queue | None = None
        # what could not be forwarded
        self.transfer_dead_letters: Queue | None = None
        if parent is None:
            of_dead_letters = _of_dead_letters(options, options.forward_dead_letters_to)
            self.dead_letters = Queue(f"{path}/{DEAD_LETTERS}", of_dead_letters, shared, self)
            self.transfer_dead_letters = Queue(f"{path}/{TRANSFER}/{DEAD_LETTERS}", _of_dead_letters(options), shared, self)

    @property
    def sub_queues(self) -> "Iterator[Queue]":
        """The queues that belong to this one."""
        return (queue for queue in (self.dead_letters, self.transfer_dead_letters) if queue is not None)

    # ---- whether and what clients may receive ----

    @property
    def refuses_receiving(self) -> bool:
        """Whether the status of the queue, or of the one it belongs to, keeps clients from its messages."""
        return self.options.status in REFUSES_RECEIVING if self.parent is None else self.parent.refuses_receiving

    def change(self, options: EntityOptions) -> None:
        """Give the queue other settings, and its dead-letter queues those that follow from them."""
        super().change(options)
        if self.dead_letters is not None:
            self.dead_letters.change(_of_dead_letters(options, options.forward_dead_letters_to))
        if self.transfer_dead_letters is not None:
            self.transfer_dead_letters.change(_of_dead_letters(options))
        self.obey_status()

    def obey_status(self) -> None:
        """Send consumers away who may not receive any more, and forward what has waited for that."""
        if self.refuses_receiving:
            self.dismiss_consumers(entity_disabled("Receiving from", self.path))
        elif (path := self.options.forward_to) is not None:
            if self.parent is None:
                self.dismiss_consumers(not_allowed(f"The messages of '{self.path}' are forwarded."))
            for message in list(self.dispatch):
                self.dispatch.withdraw(message)
                self._leave(message)
                if self.parent is None:
                    self._forward(message.copy(), path)
                else:
                    self.adopt(message.copy())
        for queue in self.sub_queues:
            queue.obey_status()

    # ---- in ----

    def bytes_in_all(self) -> int:
        if self.dead_letters is None or self.transfer_dead_letters is None:
            return self.bytes_kept
        return self.bytes_kept + self.dead_letters.bytes_kept + self.transfer_dead_letters.bytes_kept

    def _arrive(self, message: Message) -> None:
        options = self.options
        if options.time_to_live is not None:
            message.limit_time_to_live(options.time_to_live)
        if options.forward_to is not None and not self.refuses_receiving:
            self._forward(message, options.forward_to)
            return
        if options.requires_session and message.session_id is None:
            # only a topic passes such a message on
            self._give_up(message, "Session ID is null", "The entity requires sessions and the message has no session id.")
            return
        message.expires_at = None if message.ttl is None else message.enqueued_at + message.ttl / 1000
        self._keep(message)

    def _forward(self, message: Message, path: str) -> None:
        message.hops += 1
        if message.hops <= MOST_HOPS:
            try:
                self._shared.find(path).accept([message])
                return
            except Refusal as refusal:
                reason, words = TRANSFER_FAILED, f"The message could not be forwarded: {refusal.description}"
        else:
            reason, words = TOO_MANY_HOPS, f"The message was forwarded more than {MOST_HOPS} times."
        if self.transfer_dead_letters is not None:
            self._move(message, self.transfer_dead_letters, reason, words)
            return
        # a dead letter that cannot be forwarded stays where it is
        message.annotate({}, removed=(DEAD_LETTER_SOURCE,))
        self._take_in(message)

    # ---- settlement; each raises Refusal when the lock is lost ----

    def complete(self, token: uuid.UUID) -> None:
        """The message is done."""
        message = self.locks.take(token)
        self._leave(message)
        message.bare = b""

    def release(self, token: uuid.UUID) -> None:
        """The message was not looked at: it is ready again."""
        self._put_back(self.locks.take(token))

    def abandon(self, token: uuid.UUID) -> None:
        """The message was not handled: it comes again, or goes to the dead-letter queue after too many times."""
        self._delivery_failed(self.locks.take(token))

    def defer(self, token: uuid.UUID) -> None:
        """The message stays, and is handed out only by its sequence number."""
        message = self.locks.take(token)
        message.deferred = True
        self._put_back(message)

    def dead_letter(self, token: uuid.UUID, reason: str | None, description: str | None) -> None:
        """The message goes to the dead-letter queue; raises Refusal if it lies in one already, and the lock holds on."""
        self.locks.held(token)
        if self.parent is not None:
            raise not_allowed("A dead letter cannot be dead-lettered again: complete, abandon or defer it.")
        message = self.locks.take(token)
        self._leave(message)
        self._give_up(message, reason, description)

    def _delivery_failed(self, message: Message) -> None:
        message.delivery_count += 1
        too_often = message.delivery_count >= self.options.max_delivery_count
        if too_often and self.parent is None and not message.deferred:
            words = f"Message could not be consumed after {self.options.max_delivery_count} delivery attempts."
            self._leave(message)
            self._give_up(message, "MaxDeliveryCountExceeded", words)
            return
        self._put_back(message)

    # ---- the end ----

    def _after_expiry(self, message: Message) -> None:
        if self.options.dead_letters_expired and self.parent is None:
            self._give_up(message, "TTLExpiredException", "The message expired and was dead lettered.")
        else:
            message.bare = b""

    def _give_up(self, message: Message, reason: str | None, words: str | None) -> None:
        if self.dead_letters is not None:
            message.hops = 0
            self._move(message, self.dead_letters, reason, words)

    def _move(self, message: Message, to: "Queue", reason: str | None, words: str | None) -> None:
        # the one that is gone may still stand in a line
        dead, message.bare = message.copy(), b""
        said = {"DeadLetterReason": reason, "DeadLetterErrorDescription": words}
        dead.add_application_properties({name: text for name, text in said.items() if text})
        dead.annotate({}, removed=("x-opt-scheduled-enqueue-time",))
        # what lies in a dead-letter queue does not expire
        dead.ttl = dead.expires_at = None
        dead.delivery_count = 0
        dead.deferred = False
        to.adopt(dead)

    def adopt(self, message: Message) -> None:
        """Take a dead letter in: it keeps its number, so that a reader knows which message this was."""
        if (forward_to := self.options.forward_to) is not None and self.parent is not None:
            # Source: the SDK: only what was dead-lettered and then forwarded says where that was
            message.annotate({DEAD_LETTER_SOURCE: self.parent.path})
            self._forward(message, forward_to)
            return
        self._take_in(message)

    def _take_in(self, message: Message) -> None:
        self.last_sequence_number = max(self.last_sequence_number, message.sequence_number)
        self._keep(message)

    def closed(self) -> None:
        self.dismiss_consumers(entity_not_found(self.path))
        super().closed()
        for queue in self.sub_queues:
            queue.closed()


def _of_dead_letters(options: EntityOptions, forward_to: str | None = None) -> EntityOptions:
    return EntityOptions(options.lock_seconds, 1 << 30, forward_to=forward_to, max_bytes=options.max_bytes)


def check_receiving(queue: Queue) -> None:
    """Raises Refusal if the status of the queue does not allow clients to receive."""
    if queue.refuses_receiving:
        raise entity_disabled("Receiving from", queue.path)
