"""A client of the broker: what scenarios put on queues themselves, and find there."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError

from support.evidence.kinds import Kind
from support.evidence.recorder import record

SECONDS = 5.0
PASSING = (AMQPError, AMQPConnectorException, OSError)
"""What a broker that is away for a moment raises."""


class Broker:
    """Each call has a connection of its own, so that a broker that was away is found again."""

    def __init__(self, url: str) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.socket_timeout = self._parameters.stack_timeout = SECONDS
        self._parameters.heartbeat = int(SECONDS)

    def publish(self, queue: str, body: bytes) -> None:
        """Put a message on a queue; returns once the broker has it. Raises AMQPError."""
        self.publish_all(queue, [body])

    def publish_all(self, queue: str, bodies: Iterable[bytes]) -> None:
        """Put messages on a queue; returns once the broker has them. Raises AMQPError."""
        with self._channel() as channel:
            channel.confirm_delivery()
            for body in bodies:
                record(Kind.QUEUE, f"publish to {queue}", body.decode("utf-8", "replace"), service="rabbitmq")
                channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent), mandatory=True)

    def depth(self, queue: str) -> int:
        """How many messages wait on a queue for a consumer. Raises AMQPError."""
        with self._channel() as channel:
            return int(channel.queue_declare(queue, passive=True).method.message_count)

    def consumers(self, queue: str) -> int:
        """How many consumers a queue has. Raises AMQPError."""
        with self._channel() as channel:
            return int(channel.queue_declare(queue, passive=True).method.consumer_count)

    def take(self, queue: str, wanted: Callable[[Any], object]) -> list[Any]:
        """Take the wanted messages off a queue and leave the others; those that are no JSON are given as texts. Raises AMQPError."""
        taken = []
        with self._channel() as channel:
            while (found := channel.basic_get(queue))[0] is not None:
                method, _, body = found
                message = _read(body or b"")
                if wanted(message):
                    taken.append(message)
                    channel.basic_ack(method.delivery_tag)
        # what was not acknowledged is on the queue again once the channel is closed
        for message in taken:
            record(Kind.QUEUE, f"taken off {queue}", json.dumps(message), service="rabbitmq")
        return taken

    def waiting(self, queue: str) -> list[Any]:
        """The messages that wait on a queue, which stay there. Raises AMQPError."""
        seen: list[Any] = []
        self.take(queue, seen.append)
        return seen

    @contextmanager
    def _channel(self) -> Iterator[BlockingChannel]:
        with pika.BlockingConnection(self._parameters) as connection:
            yield connection.channel()


def _read(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
