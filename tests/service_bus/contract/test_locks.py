"""Locks, as the unmodified SDK sees them."""

import os
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from azure.servicebus import AutoLockRenewer, ServiceBusMessage, ServiceBusReceiver
from azure.servicebus.exceptions import MessageLockLostError

from tests.service_bus.bus import Handlers
from tests.service_bus.contract.target import Target, emptied

WAIT = 10


def test_a_message_whose_lock_expired_goes_to_the_next_one(handlers: Handlers, short_lock_queue: str) -> None:
    queue = short_lock_queue
    sender, receiver, other = handlers.open(handlers.sender(queue), handlers.receiver(queue), handlers.receiver(queue))
    sender.send_messages(ServiceBusMessage("slow"))
    [late] = receiver.receive_messages(1, max_wait_time=WAIT)
    [again] = other.receive_messages(1, max_wait_time=WAIT)
    assert (str(again), again.delivery_count) == ("slow", 1)
    with pytest.raises(MessageLockLostError):
        receiver.complete_message(late)
    other.complete_message(again)


def test_a_renewed_lock_holds_longer(handlers: Handlers, short_lock_queue: str, target: Target) -> None:
    queue = short_lock_queue
    sender, receiver, other = handlers.open(handlers.sender(queue), handlers.receiver(queue), handlers.receiver(queue))
    sender.send_messages(ServiceBusMessage("slow"))
    [message] = receiver.receive_messages(1, max_wait_time=WAIT)
    first_end = message.locked_until_utc
    assert first_end is not None
    # nearly half of the time passes, and then more than the first lock held
    assert other.receive_messages(1, max_wait_time=target.short_lock * 0.4) == []
    assert receiver.renew_message_lock(message) > first_end
    assert other.receive_messages(1, max_wait_time=target.short_lock * 0.8) == []
    receiver.complete_message(message)


def test_a_renewer_keeps_a_lock_for_as_long_as_it_takes(handlers: Handlers, target: Target) -> None:
    queue = emptied(target, "contract-renewed")
    sender, receiver, other = handlers.open(handlers.sender(queue), handlers.receiver(queue), handlers.receiver(queue))
    sender.send_messages(ServiceBusMessage("slow"))
    with AutoLockRenewer(max_lock_renewal_duration=60) as renewer:
        [message] = receiver.receive_messages(1, max_wait_time=WAIT)
        renewer.register(receiver, message)
        assert other.receive_messages(1, max_wait_time=target.renewed_lock * 1.5) == []
        receiver.complete_message(message)


def test_six_competing_consumers_complete_each_message_once(
    handlers: Handlers, short_lock_queue: str, background: ThreadPoolExecutor, target: Target
) -> None:
    queue, count = short_lock_queue, int(os.environ.get("SERVICE_BUS_COMPETING_MESSAGES", "200"))
    sender, *receivers = handlers.open(handlers.sender(queue), *(handlers.receiver(queue, prefetch_count=100) for _ in range(6)))
    for first in range(0, count, 100):
        sender.send_messages([ServiceBusMessage(f"{number}") for number in range(first, min(first + 100, count))])
    completed: Counter[str] = Counter()
    done = threading.Event()

    def work(receiver: ServiceBusReceiver) -> None:
        while not done.is_set():
            for message in receiver.receive_messages(1, max_wait_time=0.1):
                # as long as work takes: the locks of what was taken ahead run out meanwhile
                done.wait(target.short_lock / 50)
                try:
                    receiver.complete_message(message)
                except MessageLockLostError:
                    continue
                completed[str(message)] += 1
                if len(completed) == count:
                    done.set()

    workers = [background.submit(work, receiver) for receiver in receivers]
    assert done.wait(60), f"{len(completed)} of {count}"
    for worker in workers:
        worker.result(timeout=10)
    assert set(completed.values()) == {1}
