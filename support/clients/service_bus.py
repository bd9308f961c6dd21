"""The platform's queues, seen without taking anything from them, through the official SDK.

Source: azure-servicebus 7.15.
"""

import threading
from typing import NamedTuple

from pydantic import SecretStr

from support.evidence.entries import Kind
from support.evidence.recorder import record


class QueueState(NamedTuple):
    """How many messages stand in a queue, and how many were dead-lettered."""

    waiting: int
    dead_lettered: int


class ServiceBus:
    """Peeks into queues; the SDK is imported at the first use."""

    def __init__(self, connection_string: SecretStr) -> None:
        self._connection_string = connection_string

    def state(self, queue: str) -> QueueState:
        """Count a queue's messages and its dead letters, up to 100 each."""
        from azure.servicebus import ServiceBusClient, ServiceBusSubQueue

        bus = ServiceBusClient.from_connection_string(self._connection_string.get_secret_value(), retry_total=2)
        try:
            waiting = bus.get_queue_receiver(queue).peek_messages(max_message_count=100)
            dead_letters = bus.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER).peek_messages(max_message_count=100)
            record(Kind.QUEUE, f"{queue}: {len(waiting)} waiting, {len(dead_letters)} dead-lettered")
            return QueueState(len(waiting), len(dead_letters))
        finally:
            # closing takes the SDK up to a second a receiver, and nobody has to wait for it
            threading.Thread(target=bus.close, daemon=True).start()
