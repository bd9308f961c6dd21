"""The services' way to the Service Bus, over the official SDK: send until it is accepted, consume until told to stop.

Source: azure-servicebus 7.15 (its retries and the handler re-use it wants are measured facts, see `service_bus/`).
"""

import logging
import threading
from collections.abc import Callable

from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusReceivedMessage, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import MessageLockLostError, ServiceBusError
from pydantic import BaseModel

log = logging.getLogger(__name__)

JSON = "application/json"

# seconds: how long one look at the queue lasts; stop() waits for the end of it
LOOK = 0.1
# seconds in which a stopped consumer has given back what it did not handle; the SDK's thread needs up to one more to end
CLOSING = 0.3
# characters of a dead-letter description that the service keeps
LONGEST_DESCRIPTION = 4096


class QueueUnavailable(Exception):
    """The Service Bus did not accept a message; the text names the queue and never the connection string."""


class PoisonMessage(Exception):
    """A message that can never be handled: it goes to the dead-letter queue with this text as the reason."""


def _client(connection_string: str) -> ServiceBusClient:
    # few and quick retries: a caller waits for the answer, and ours reopen the link themselves
    return ServiceBusClient.from_connection_string(connection_string, retry_total=2, retry_mode="fixed", retry_backoff_factor=0.3)


class QueueSender:
    """Sends to one queue from any thread; opens its link once and again after a failure."""

    def __init__(self, connection_string: str, queue: str) -> None:
        self._connection_string = connection_string
        self._queue = queue
        self._lock = threading.Lock()
        self._sender: ServiceBusSender | None = None
        self._bus: ServiceBusClient | None = None

    def open(self) -> None:
        """Open the link ahead of the first message (it takes about 0.4 s); raises QueueUnavailable."""
        with self._lock:
            try:
                self._opened()
            except ServiceBusError as error:
                self._drop()
                raise QueueUnavailable(f"queue {self._queue}: {type(error).__name__}") from error

    def send(self, message: BaseModel, message_id: str) -> None:
        """Send one JSON message; returns when the bus has accepted it, else raises QueueUnavailable."""
        envelope = ServiceBusMessage(message.model_dump_json(), message_id=message_id, content_type=JSON)
        with self._lock:
            for last_try in (False, True):
                try:
                    self._opened().send_messages(envelope, timeout=5)
                    return
                except (ServiceBusError, OSError) as error:
                    self._drop()
                    if last_try:
                        raise QueueUnavailable(f"queue {self._queue}: {type(error).__name__}") from error

    def close(self) -> None:
        """Close the link; the sender can be used again."""
        with self._lock:
            self._drop()

    def _opened(self) -> ServiceBusSender:
        if self._sender is None:
            self._bus = _client(self._connection_string)
            # keep_alive=0 makes close() instant
            self._sender = self._bus.get_queue_sender(self._queue, keep_alive=0)
            self._sender.__enter__()
        return self._sender

    def _drop(self) -> None:
        for handler in (self._sender, self._bus):
            if handler is not None:
                handler.close()
        self._sender = self._bus = None


class QueueConsumer:
    """Hands each message of one queue to `handle`, in a thread of its own.

    Handled: completed. PoisonMessage: dead-lettered with its text. Any other error: logged and abandoned, so that it comes again.
    """

    def __init__(self, connection_string: str, queue: str, handle: Callable[[str], None]) -> None:
        self._connection_string = connection_string
        self._queue = queue
        self._handle = handle
        self._stopping = threading.Event()
        self._receiving = threading.Event()
        self._handling = threading.Lock()
        self._outage_told = False
        self._thread = threading.Thread(target=self._run, name=f"consumer of {queue}", daemon=True)

    def start(self) -> None:
        """Begin to receive in the background."""
        self._thread.start()

    def wait_until_receiving(self, timeout: float) -> bool:
        """Whether the link to the queue was opened within `timeout` seconds."""
        return self._receiving.wait(timeout)

    def stop(self) -> None:
        """Take no further message; returns when the one in hand is settled and the link is given back (0.3 s at most)."""
        self._stopping.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            with self._handling:
                pass
            self._thread.join(CLOSING)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with _client(self._connection_string) as bus, bus.get_queue_receiver(self._queue, socket_timeout=0.02) as receiver:
                    self._receive_from(receiver)
            except Exception as error:
                # whatever it was: a consumer that ends in silence is worse than one that tries again
                self._lost(error)
                self._stopping.wait(0.3)

    def _receive_from(self, receiver: ServiceBusReceiver) -> None:
        self._receiving.set()
        self._outage_told = False
        log.info("receiving from queue %s", self._queue)
        while not self._stopping.is_set():
            for message in receiver.receive_messages(max_message_count=1, max_wait_time=LOOK):
                with self._handling:
                    self._settle(receiver, message)

    def _lost(self, error: Exception) -> None:
        self._receiving.clear()
        if not isinstance(error, ServiceBusError | OSError):
            log.error("queue %s: unexpected error, opening it again", self._queue, exc_info=error)
        elif not self._outage_told:
            log.warning("queue %s: %s, opening it again", self._queue, type(error).__name__)
        self._outage_told = True

    def _settle(self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> None:
        try:
            if self._stopping.is_set():
                # nobody should have to wait until its lock expires
                receiver.abandon_message(message)
            else:
                self._handle_and_settle(receiver, message)
        except MessageLockLostError:
            log.warning("queue %s: the lock on message %s was lost; it will come again", self._queue, message.message_id)

    def _handle_and_settle(self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> None:
        try:
            self._handle(str(message))
        except PoisonMessage as error:
            log.error("queue %s: dead-lettered message %s: %s", self._queue, message.message_id, error)
            receiver.dead_letter_message(message, reason="PoisonMessage", error_description=str(error)[:LONGEST_DESCRIPTION])
        except Exception:
            log.exception("queue %s: message %s was not handled and will come again", self._queue, message.message_id)
            receiver.abandon_message(message)
        else:
            receiver.complete_message(message)
