"""The services' way to the Service Bus, over the official SDK: send until it is accepted, consume until told to stop.

Source: azure-servicebus 7.15 (its retries and the handler re-use it wants are measured facts, see `service_bus/`).
"""

import logging
import threading
from collections.abc import Callable

from azure.servicebus import (
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceivedMessage,
    ServiceBusReceiveMode,
    ServiceBusReceiver,
    ServiceBusSender,
)
from azure.servicebus.exceptions import MessageLockLostError, ServiceBusError, ServiceBusServerBusyError
from pydantic import BaseModel
from tenacity import RetryCallState, Retrying, retry_if_exception_type, sleep_using_event, stop_after_delay, stop_any, stop_when_event_set
from tenacity.wait import wait_exponential

from environments.platforms.tracebloc.common.outages import Unavailable
from environments.platforms.tracebloc.messaging.bus_client import bus_client
from environments.platforms.tracebloc.sabotages import QueueSabotage, is_on
from environments.reference_services import jitter
from environments.texts import shortened

log = logging.getLogger(__name__)

JSON = "application/json"

# seconds: how long one look at the queue lasts; stop() waits for the end of it
LOOK = 0.1
# seconds: for how long the SDK at times misses the answer that a message is settled; shorter ones cost more while nothing comes
SOCKET_LOOK = 0.05
# seconds in which a stopped consumer has looked at the queue for the last time, and given back what came by then
CLOSING = 0.3
# seconds in which the bus has to say that it has taken a message in
SENDING = 5.0
# seconds in which the bus has to say that a message is settled; then it is settled another way, and the next ones need not wait
SETTLING = 1.0
# seconds for which a message is kept in hand while something it needs is away; its lock lasts longer
PATIENCE = 20.0
# characters of a dead-letter description that the service keeps
LONGEST_DESCRIPTION = 4096


class QueueUnavailable(Unavailable):
    """The Service Bus did not accept a message; the text names the queue and never the connection string."""


class PoisonMessage(Exception):
    """A message that can never be handled: it goes to the dead-letter queue with this text as the reason."""


def _client(connection_string: str) -> ServiceBusClient:
    # few and quick retries: a caller waits for the answer, and ours reopen the link themselves
    return bus_client(connection_string, retry_total=1, retry_mode="fixed", retry_backoff_factor=0.1)


def queue_of(connection_string: str) -> str:
    """The queue that a connection string is for; raises KeyError when it is for all of them."""
    return dict(part.split("=", 1) for part in connection_string.split(";") if part)["EntityPath"]


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
        patience = 0.1 if is_on(QueueSabotage.IMPATIENT_WITH_A_SLOW_BUS) else SENDING
        with self._lock:
            for last_try in (False, True):
                try:
                    self._opened().send_messages(envelope, timeout=patience)
                    return
                except (ServiceBusError, OSError) as error:
                    self._drop()
                    # who was told to come back later need not ask over another link
                    if last_try or isinstance(error, ServiceBusServerBusyError):
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

    Handled: completed. PoisonMessage: dead-lettered with its text. Unavailable: tried again for a while. Any other error, or
    unavailable for too long: logged and abandoned, so that it comes again.
    """

    def __init__(self, connection_string: str, queue: str, handle: Callable[[str], None]) -> None:
        self._connection_string = connection_string
        self._queue = queue
        self._handle = handle
        self._stopping = threading.Event()
        self._receiving = threading.Event()
        self._handling = threading.Lock()
        self._looked_last = threading.Event()
        self._looked_last.set()
        self._outage_told = False
        given_for_good = is_on(QueueSabotage.WORK_GONE_WHEN_DELIVERED)
        self._mode = ServiceBusReceiveMode.RECEIVE_AND_DELETE if given_for_good else ServiceBusReceiveMode.PEEK_LOCK
        self._thread = threading.Thread(target=self._run, name=f"consumer of {queue}", daemon=True)

    def start(self) -> None:
        """Begin to receive in the background."""
        self._thread.start()

    def wait_until_receiving(self, timeout: float) -> bool:
        """Whether the link to the queue was opened within `timeout` seconds."""
        return self._receiving.wait(timeout)

    def stop(self) -> None:
        """Take no further message; returns when the one in hand is settled and what came meanwhile is given back (0.3 s at most).

        The link is not closed yet by then: the SDK needs up to a second for that, and the end of the process does as well.
        """
        self._stopping.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            with self._handling:
                pass
            self._looked_last.wait(CLOSING)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with (
                    _client(self._connection_string) as bus,
                    bus.get_queue_receiver(self._queue, receive_mode=self._mode, socket_timeout=SOCKET_LOOK, timeout=SETTLING) as receiver,
                ):
                    self._receive_from(receiver)
            except Exception as error:
                # whatever it was: a consumer that ends in silence is worse than one that tries again
                self._lost(error)
                if is_on(QueueSabotage.CONSUMER_ENDS_WITH_ITS_CONNECTION):
                    return
                self._stopping.wait(0.3)

    def _receive_from(self, receiver: ServiceBusReceiver) -> None:
        self._receiving.set()
        self._outage_told = False
        log.info("receiving from queue %s", self._queue)
        self._looked_last.clear()
        try:
            while not self._stopping.is_set():
                for message in receiver.receive_messages(max_message_count=1, max_wait_time=LOOK):
                    with self._handling:
                        self._settle(receiver, message)
        finally:
            self._looked_last.set()

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
                settle = receiver.complete_message if is_on(QueueSabotage.LATE_MESSAGE_TAKEN_FOR_DONE) else receiver.abandon_message
                settle(message)
            else:
                self._handle_and_settle(receiver, message)
        except MessageLockLostError:
            log.warning("queue %s: the lock on message %s was lost; it will come again", self._queue, message.message_id)

    def _handle_and_settle(self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> None:
        jitter.pause()
        try:
            self._handle_patiently(str(message))
        except PoisonMessage as error:
            if is_on(QueueSabotage.POISON_MESSAGE_GIVEN_BACK):
                receiver.abandon_message(message)
                return
            log.error("queue %s: dead-lettered message %s: %s", self._queue, message.message_id, error)
            receiver.dead_letter_message(message, reason="PoisonMessage", error_description=shortened(str(error), LONGEST_DESCRIPTION))
        except Exception:
            log.exception("queue %s: message %s was not handled and will come again", self._queue, message.message_id)
            if is_on(QueueSabotage.BROKEN_HANDLING_TAKEN_FOR_DONE):
                receiver.complete_message(message)
                return
            receiver.abandon_message(message)
        else:
            if self._mode == ServiceBusReceiveMode.PEEK_LOCK:
                receiver.complete_message(message)

    def _handle_patiently(self, body: str) -> None:
        # a message given back comes again at once and only so many times, so a short outage is sat out here
        retrying = Retrying(
            retry=retry_if_exception_type(Unavailable),
            wait=wait_exponential(multiplier=0.1, max=1),
            stop=stop_any(stop_after_delay(PATIENCE), stop_when_event_set(self._stopping)),
            sleep=sleep_using_event(self._stopping),
            before_sleep=self._tell_the_wait,
            reraise=True,
        )
        retrying(self._handle, body)

    def _tell_the_wait(self, state: RetryCallState) -> None:
        if state.attempt_number == 1:
            log.warning("queue %s: a message waits: %s", self._queue, state.outcome.exception() if state.outcome else None)
