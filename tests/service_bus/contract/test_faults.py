"""What a client sees when the bus is busy or away; only ours can be made so."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.exceptions import ServiceBusError, ServiceBusServerBusyError

from tests.service_bus.bus import Handlers
from tests.service_bus.contract.target import Target
from tests.service_bus.contract.test_messages import receive

pytestmark = pytest.mark.ours_only("it is switched on over our control port")


def test_a_busy_service_says_so(handlers: Handlers, target: Target, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    target.control("PUT", "/faults/busy")
    try:
        with pytest.raises(ServiceBusServerBusyError):
            sender.send_messages(ServiceBusMessage("x"))
        with pytest.raises(ServiceBusServerBusyError):
            receiver.peek_messages()
    finally:
        target.control("DELETE", "/faults/busy")
    sender.send_messages(ServiceBusMessage("x"))
    receiver.complete_message(receive(receiver, 1)[0])


def test_the_same_objects_work_again_after_an_outage(target: Target, transport: str, queue: str, background: ThreadPoolExecutor) -> None:
    client = target.client(transport, retry_total=15, retry_mode="fixed", retry_backoff_factor=0.2)
    with (
        client,
        client.get_queue_sender(queue, keep_alive=0) as sender,
        client.get_queue_receiver(queue, keep_alive=0, prefetch_count=1) as receiver,
    ):
        sender.send_messages(ServiceBusMessage("before"))
        receiver.complete_message(receive(receiver, 1)[0])
        target.control("PUT", "/faults/outage")
        try:
            sending = background.submit(sender.send_messages, ServiceBusMessage("after"))
            receiving = background.submit(receive, receiver, 1)
            with pytest.raises(ServiceBusError), target.client(transport) as other, other.get_queue_sender(queue, keep_alive=0):
                pass
        finally:
            target.control("DELETE", "/faults/outage")
        sending.result(timeout=30)
        [message] = receiving.result(timeout=30)
        assert str(message) == "after"
        receiver.complete_message(message)
