"""What is refused, and how the unmodified SDK shows it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import (
    MessagingEntityNotFoundError,
    ServiceBusAuthenticationError,
    ServiceBusConnectionError,
    ServiceBusError,
)

from tests.service_bus.bus import Handlers
from tests.service_bus.contract.target import Target

QUICK = {"prefetch_count": 1, "keep_alive": 0}


def test_an_unknown_entity_is_not_found(handlers: Handlers, background: ThreadPoolExecutor) -> None:
    unknown: list[ServiceBusSender | ServiceBusReceiver] = [
        handlers.sender("nowhere"),
        handlers.receiver("nowhere", **QUICK),
        handlers.subscriber("contract-topic", "nobody", **QUICK),
    ]
    for opening in [background.submit(handlers.open, handler) for handler in unknown]:
        with pytest.raises(MessagingEntityNotFoundError):
            opening.result(timeout=30)


def test_nobody_receives_from_a_topic(handlers: Handlers) -> None:
    with pytest.raises(ServiceBusError):
        handlers.open(handlers.receiver("contract-topic", **QUICK))


def test_a_wrong_key_is_refused(target: Target, transport: str, queue: str) -> None:
    right = target.client_options(transport)["conn_str"]
    parts = [part for part in right.split(";") if part and not part.startswith("SharedAccessKey=")]
    wrong = ";".join([*parts, "SharedAccessKey=d3Jvbmcga2V5IG9mIHNvbWVib2R5"])
    client = target.client(transport, conn_str=wrong)
    # behind a custom endpoint the SDK calls the same thing a connection error
    with pytest.raises((ServiceBusAuthenticationError, ServiceBusConnectionError)), client.get_queue_sender(queue, keep_alive=0):
        pass


def test_a_message_is_settled_once(handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    sender.send_messages(ServiceBusMessage("x"))
    [message] = receiver.receive_messages(1, max_wait_time=5)
    receiver.complete_message(message)
    with pytest.raises(ValueError, match="already settled"):
        receiver.complete_message(message)
