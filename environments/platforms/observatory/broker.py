"""Connections to the broker that never hang: whatever takes longer than it may raises `BrokerAway`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from logging import Logger
from threading import Event
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError

from environments.platforms.observatory.queues import QUEUES
from environments.platforms.observatory.sabotages import Sabotage
from environments.reference_services.defects import is_on

SECONDS = 3.0
HEARTBEAT_SECONDS = 2
"""After two of them without a sign of life a connection counts as lost."""
RETRY_SECONDS = 0.2
LOST = (AMQPError, AMQPConnectorException, OSError)
"""What pika raises when the broker is away, hangs, or closes a connection."""


class BrokerAway(Exception):
    """The broker does not answer, perhaps for a moment only."""


@contextmanager
def connection(url: str, seconds: float = SECONDS) -> Iterator[pika.BlockingConnection]:
    """A connection for one purpose; raises BrokerAway when there is none in time, or when it breaks."""
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = parameters.stack_timeout = parameters.blocked_connection_timeout = seconds
    parameters.heartbeat, parameters.connection_attempts = HEARTBEAT_SECONDS, 1
    opened = None
    try:
        opened = pika.BlockingConnection(parameters)
        yield opened
    except LOST as error:
        raise BrokerAway(f"the broker does not answer: {type(error).__name__}") from error
    finally:
        if opened is not None:
            with suppress(*LOST):
                opened.close()


def declared(opened: pika.BlockingConnection) -> BlockingChannel:
    """A channel of a connection; the queues are there, and what is published is confirmed."""
    channel = opened.channel()
    channel.confirm_delivery()
    for queue in QUEUES:
        channel.queue_declare(queue, durable=True)
    return channel


def publish(channel: BlockingChannel, queue: str, message: object) -> None:
    """Send a message that survives the broker's restart; returns once the broker has it."""
    properties = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent, content_type="application/json")
    channel.basic_publish("", queue, json.dumps(message).encode(), properties, mandatory=True)


def consume_until_stopped(
    url: str, queue: str, take: Callable[[BlockingChannel, bytes], None], ready: Callable[[], None], stopping: Event, log: Logger
) -> None:
    """Hand over each message of a queue until told to stop; a broker that is away is waited for."""
    while not stopping.is_set():
        try:
            consume(url, queue, take, ready, stopping.is_set)
        except BrokerAway as error:
            log.warning("%s", error)
            stopping.wait(RETRY_SECONDS)


def consume(
    url: str, queue: str, take: Callable[[BlockingChannel, bytes], None], ready: Callable[[], None], stopping: Callable[[], bool]
) -> None:
    """Hand over each message of a queue, one at a time, and acknowledge it once that returns; until stopped or the connection is lost.

    Raises BrokerAway.
    """
    with connection(url) as opened:
        channel = declared(opened)
        channel.basic_qos(prefetch_count=1)
        if is_on(Sabotage.WAITING_EVENTS_PURGED_AT_START):
            channel.queue_purge(queue)
        messages: Any = channel.consume(queue, inactivity_timeout=0.2)
        ready()
        for method, _properties, body in messages:
            if stopping():
                return
            if method is None:
                continue
            if is_on(Sabotage.ACKNOWLEDGED_BEFORE_DONE):
                channel.basic_ack(method.delivery_tag)
                take(channel, body)
                continue
            take(channel, body)
            channel.basic_ack(method.delivery_tag)
