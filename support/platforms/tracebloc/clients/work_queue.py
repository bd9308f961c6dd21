"""The queue on which a secure environment gets its work, through the official SDK.

Source: azure-servicebus 7.15; that a login answer holds the connection string is the chart's (tracebloc client chart 1.9.62).
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import SecretStr

from environments.platforms.tracebloc.messaging.bus_client import bus_client
from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, StopTraining, TrainCycle, experiments_message
from support.evidence.kinds import Kind
from support.evidence.recorder import record

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusReceivedMessage, ServiceBusReceiver

SYSTEM_PROPERTIES = ("content_type", "correlation_id", "reply_to", "session_id", "subject", "time_to_live")
"""Of a message, what its sender sets or leaves out."""


class WorkQueue:
    """Receives work from one queue, and passes over orders to stop.

    The link, which takes the SDK almost half a second to open, is opened in the background.
    """

    def __init__(self, connection_string: SecretStr, queue: str) -> None:
        self._connection_string = connection_string
        self._queue = queue
        self._background = ThreadPoolExecutor(1, "work queue")
        self._receiver = self._background.submit(self._open)

    def take(self, within: float, *, done: bool = True) -> TrainCycle | ScoreSubmission | None:
        """The next piece of work; None when there is none within so many seconds.

        Args:
            within: seconds to wait.
            done: tell the bus that it may forget the message; otherwise it stays locked in our hands.
        """
        receiver = self._receiver.result()
        while messages := receiver.receive_messages(max_message_count=1, max_wait_time=within):
            work = experiments_message.validate_json(str(messages[0]))
            what, properties = f"{self._queue}: {work.kind} was taken", properties_of(messages[0])
            record(Kind.QUEUE, what, str(messages[0]), service="service_bus", headers=properties)
            if done or isinstance(work, StopTraining):
                receiver.complete_message(messages[0])
            if not isinstance(work, StopTraining):
                return work
        return None

    def open_again(self) -> None:
        """Begin anew with another link, as after a crash: what was taken and is not done stays locked."""
        self._leave()
        self._receiver = self._background.submit(self._open)

    def close(self) -> None:
        """Close the link."""
        self._leave()
        self._background.shutdown(wait=False)

    def _open(self) -> "ServiceBusReceiver":
        # often and soon: after an outage nobody should wait for the SDK's ever longer pauses
        bus = bus_client(self._connection_string.get_secret_value(), retry_total=10, retry_mode="fixed", retry_backoff_factor=0.1)
        receiver = bus.get_queue_receiver(self._queue, socket_timeout=0.02)
        receiver.__enter__()
        return receiver

    def _leave(self) -> None:
        # closing takes the SDK up to a second, and nobody has to wait for it
        threading.Thread(target=_close, args=(self._receiver,), daemon=True).start()


def _close(opened: "Future[ServiceBusReceiver]") -> None:
    # the bus may be gone by now, and what was to be received has been
    with suppress(Exception):
        opened.result().close()


def properties_of(message: "ServiceBusReceivedMessage") -> list[str]:
    """The names of the properties that a message has."""
    own = [name.decode() if isinstance(name, bytes) else str(name) for name in message.application_properties or {}]
    return sorted(own + [name for name in SYSTEM_PROPERTIES if getattr(message, name) is not None])
