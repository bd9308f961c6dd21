"""Locks, as the unmodified SDK sees them, on a bus whose locks hold for half a second."""

import datetime
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusReceiver
from azure.servicebus.exceptions import MessageLockLostError

from tests.service_bus.bus import BusProcess, Handlers

WAIT = 5


def test_a_message_whose_lock_expired_goes_to_the_next_one(forgetful_handlers: Handlers, queue: str) -> None:
    sender, receiver, other = forgetful_handlers.open(
        forgetful_handlers.sender(queue), forgetful_handlers.receiver(queue), forgetful_handlers.receiver(queue)
    )
    sender.send_messages(ServiceBusMessage("slow"))
    [late] = receiver.receive_messages(1, max_wait_time=WAIT)
    [again] = other.receive_messages(1, max_wait_time=WAIT)
    assert (str(again), again.delivery_count) == ("slow", 1)
    with pytest.raises(MessageLockLostError):
        receiver.complete_message(late)
    other.complete_message(again)


def test_a_renewed_lock_holds_longer(forgetful_handlers: Handlers, queue: str) -> None:
    sender, receiver, other = forgetful_handlers.open(
        forgetful_handlers.sender(queue), forgetful_handlers.receiver(queue), forgetful_handlers.receiver(queue)
    )
    sender.send_messages(ServiceBusMessage("slow"))
    [message] = receiver.receive_messages(1, max_wait_time=WAIT)
    first_end = message.locked_until_utc
    assert first_end is not None
    # nearly half of the time passes, and then more than the first lock held
    assert other.receive_messages(1, max_wait_time=0.2) == []
    renewed = receiver.renew_message_lock(message)
    assert renewed >= first_end + datetime.timedelta(seconds=0.1)
    assert other.receive_messages(1, max_wait_time=0.4) == []
    receiver.complete_message(message)


def test_no_message_is_completed_twice(forgetful_bus: BusProcess, background: ThreadPoolExecutor) -> None:
    queue, count = "test-competing", 60
    handlers = Handlers(forgetful_bus, "tcp", background)
    sender, *receivers = handlers.open(handlers.sender(queue), *(handlers.receiver(queue, prefetch_count=10) for _ in range(4)))
    sender.send_messages([ServiceBusMessage(f"{number}") for number in range(count)])
    completed: Counter[str] = Counter()
    done = threading.Event()

    def work(receiver: ServiceBusReceiver) -> None:
        while not done.is_set():
            for message in receiver.receive_messages(1, max_wait_time=0.1):
                try:
                    receiver.complete_message(message)
                except MessageLockLostError:
                    continue
                completed[str(message)] += 1
                if len(completed) == count:
                    done.set()

    workers = [background.submit(work, receiver) for receiver in receivers]
    assert done.wait(10), f"{len(completed)} of {count}"
    for worker in workers:
        worker.result(timeout=10)
    handlers.close()
    assert set(completed.values()) == {1}
