"""The platform's queues, seen without taking anything from them, through the official SDK.

Source: azure-servicebus 7.15.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from pydantic import SecretStr

from environments.platforms.tracebloc.messaging.bus_client import bus_client
from support.evidence.kinds import Kind
from support.evidence.recorder import record

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver


class QueueState(NamedTuple):
    """How many messages stand in a queue, and how many were dead-lettered."""

    waiting: int
    dead_lettered: int


class DeadLetter(NamedTuple):
    """A message that was put aside, and why."""

    message_id: str
    reason: str
    description: str


class ServiceBus:
    """Peeks into queues, sends into them and tidies up their dead letters; the SDK is imported at the first use."""

    def __init__(self, connection_string: SecretStr) -> None:
        self._connection_string = connection_string

    def state(self, queue: str) -> QueueState:
        """Count a queue's messages and its dead letters, up to 100 each."""
        from azure.servicebus import ServiceBusSubQueue

        # beside each other: the SDK takes almost half a second to open a link
        with self._connected() as bus, ThreadPoolExecutor(1) as beside:
            dead_letters = beside.submit(_peek, bus.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER))
            state = QueueState(waiting=len(_peek(bus.get_queue_receiver(queue))), dead_lettered=len(dead_letters.result()))
        record(Kind.QUEUE, f"{queue}: {state.waiting} waiting, {state.dead_lettered} dead-lettered", service="service_bus")
        return state

    def dead_letters(self, queue: str) -> list[DeadLetter]:
        """A queue's dead letters, oldest first, up to 100."""
        from azure.servicebus import ServiceBusSubQueue

        with self._connected() as bus:
            found = _peek(bus.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER))
        letters = [DeadLetter(str(one.message_id), str(one.dead_letter_reason), str(one.dead_letter_error_description)) for one in found]
        record(
            Kind.QUEUE,
            f"{queue}: dead letters",
            "; ".join(f"{letter.message_id}: {letter.description}" for letter in letters),
            service="service_bus",
        )
        return letters

    def send(self, queue: str, body: str, message_id: str) -> None:
        """Put a message into a queue."""
        from azure.servicebus import ServiceBusMessage

        with self._connected() as bus:
            # keep_alive=0 makes closing quick
            bus.get_queue_sender(queue, keep_alive=0).send_messages(ServiceBusMessage(body, message_id=message_id))
        record(Kind.QUEUE, f"{queue}: {message_id} was sent", body, service="service_bus")

    def take_dead_letter(self, queue: str, words: str) -> str | None:
        """Take a queue's dead letter whose body holds these words, and leave all others; None when there is none."""
        from azure.servicebus import ServiceBusSubQueue

        found = None
        with self._connected() as bus:
            receiver = bus.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER)
            for message in receiver.receive_messages(max_message_count=100, max_wait_time=1):
                if words in str(message):
                    found = str(message)
                    receiver.complete_message(message)
                else:
                    receiver.abandon_message(message)
        return found

    @contextmanager
    def _connected(self) -> "Iterator[ServiceBusClient]":
        bus = bus_client(self._connection_string.get_secret_value(), retry_total=2)
        try:
            yield bus
        finally:
            # closing takes the SDK up to a second a receiver, and nobody has to wait for it
            threading.Thread(target=bus.close, daemon=True).start()


def _peek(receiver: "ServiceBusReceiver") -> "list[ServiceBusReceivedMessage]":
    return receiver.peek_messages(max_message_count=100)
