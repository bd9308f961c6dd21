"""The services' own sender and consumer (`environments/platforms/tracebloc/messaging/queues.py`) on the bus."""

import queue as python_queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from azure.servicebus import ServiceBusSubQueue
from pydantic import BaseModel

from environments.platforms.tracebloc.common.outages import Unavailable
from environments.platforms.tracebloc.messaging.queues import PoisonMessage, QueueConsumer, QueueSender, QueueUnavailable
from support.waiting import eventually
from tests.service_bus.bus import CONTROL_HEADERS, BusProcess

WAIT = 5


@contextmanager
def controlled_bus() -> Iterator[tuple[BusProcess, str]]:
    """A bus of its own, and where it is made to fail."""
    bus = BusProcess(SERVICE_BUS_CONTROL_PORT="0")
    try:
        yield bus, f"http://127.0.0.1:{bus.wait_for_line(r'control port on 127.0.0.1:(.+)')[1]}"
    finally:
        bus.stop()


class Greeting(BaseModel):
    words: str


@contextmanager
def consuming(bus: BusProcess, queue: str, handle: Callable[[str], None]) -> Iterator[QueueConsumer]:
    consumer = QueueConsumer(bus.connection_string(), queue, handle)
    consumer.start()
    try:
        yield consumer
    finally:
        consumer.stop()


def test_a_message_is_sent_handled_and_gone(bus: BusProcess, queue: str) -> None:
    handled: python_queue.Queue[str] = python_queue.Queue()
    sender = QueueSender(bus.connection_string(), queue)
    with consuming(bus, queue, handled.put) as consumer:
        sender.open()
        assert consumer.wait_until_receiving(WAIT)
        started = time.monotonic()
        for number in range(20):
            sender.send(Greeting(words=f"hello {number}"), message_id=f"greeting-{number}")
        assert time.monotonic() - started < 2
        received = [Greeting.model_validate_json(handled.get(timeout=WAIT)).words for _ in range(20)]
    assert received == [f"hello {number}" for number in range(20)]
    sender.close()
    with bus.client("tcp") as client, client.get_queue_receiver(queue, prefetch_count=1, keep_alive=0) as receiver:
        assert receiver.peek_messages() == []


def test_an_error_makes_it_come_again_and_poison_goes_to_the_dead_letters(bus: BusProcess, queue: str) -> None:
    handled: python_queue.Queue[str] = python_queue.Queue()

    def handle(body: str) -> None:
        handled.put(body)
        if handled.qsize() == 1:
            raise RuntimeError("not now")
        raise PoisonMessage("never")

    sender = QueueSender(bus.connection_string(), queue)
    with consuming(bus, queue, handle), bus.client("tcp") as client:
        dead_letters = client.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER, prefetch_count=1, keep_alive=0)
        sender.send(Greeting(words="bad"), message_id="bad")
        with dead_letters:
            [dead] = dead_letters.receive_messages(1, max_wait_time=WAIT)
            dead_letters.complete_message(dead)
    sender.close()
    assert (dead.message_id, dead.dead_letter_reason, dead.dead_letter_error_description) == ("bad", "PoisonMessage", "never")
    assert handled.qsize() == 2


def test_a_message_is_kept_in_hand_while_something_it_needs_is_away(bus: BusProcess, queue: str) -> None:
    tries: python_queue.Queue[str] = python_queue.Queue()

    def handle(body: str) -> None:
        tries.put(body)
        if tries.qsize() < 3:
            raise Unavailable("the cupboard is locked")

    sender = QueueSender(bus.connection_string(), queue)
    with consuming(bus, queue, handle), bus.client("tcp") as client:
        sender.send(Greeting(words="first"), message_id="1")
        eventually("three tries", tries.qsize, lambda number: number == 3)
        with client.get_queue_receiver(queue, prefetch_count=1, keep_alive=0) as receiver:
            # not given back in between, which would have counted as deliveries
            eventually("the message to be gone", receiver.peek_messages, lambda waiting: waiting == [])
    sender.close()


def test_a_lost_word_on_a_settlement_holds_the_queue_up_for_seconds_only(queue: str) -> None:
    handled: python_queue.Queue[str] = python_queue.Queue()
    with controlled_bus() as (bus, control):
        sender = QueueSender(bus.connection_string(), queue)
        with consuming(bus, queue, handled.put):
            httpx.put(f"{control}/faults/lose", json={"what": "settlement"}, headers=CONTROL_HEADERS).raise_for_status()
            for words in ("first", "second"):
                sender.send(Greeting(words=words), message_id=words)
            assert "first" in handled.get(timeout=WAIT)
            assert "second" in handled.get(timeout=WAIT)
        sender.close()


def test_who_is_told_that_the_bus_is_busy_does_not_ask_again_at_once(queue: str) -> None:
    with controlled_bus() as (bus, control):
        sender = QueueSender(bus.connection_string(), queue)
        sender.open()
        httpx.put(f"{control}/faults/busy", json={"entity": queue}, headers=CONTROL_HEADERS).raise_for_status()
        with pytest.raises(QueueUnavailable, match="ServiceBusServerBusyError"):
            sender.send(Greeting(words="not now"), message_id="1")
        httpx.request("DELETE", f"{control}/faults/busy", json={"entity": queue}, headers=CONTROL_HEADERS).raise_for_status()
        sender.send(Greeting(words="now"), message_id="1")
        sender.close()


def test_a_stopped_consumer_stops_quickly_and_takes_nothing_more(bus: BusProcess, queue: str) -> None:
    first: python_queue.Queue[str] = python_queue.Queue()
    second: python_queue.Queue[str] = python_queue.Queue()
    sender = QueueSender(bus.connection_string(), queue)
    with consuming(bus, queue, first.put) as consumer:
        sender.open()
        assert consumer.wait_until_receiving(WAIT)
        started = time.monotonic()
        consumer.stop()
        assert time.monotonic() - started < 1
        sender.send(Greeting(words="for the second"), message_id="1")
        with consuming(bus, queue, second.put):
            # the locks of this bus hold longer than this
            assert "for the second" in second.get(timeout=WAIT)
        sender.close()
    assert first.empty()


def test_both_come_back_after_the_bus_was_started_again() -> None:
    handled: python_queue.Queue[str] = python_queue.Queue()
    bus = BusProcess()
    port = bus.port
    sender = QueueSender(bus.connection_string(), "test-restart")
    try:
        with consuming(bus, "test-restart", handled.put):
            sender.send(Greeting(words="before"), message_id="1")
            assert "before" in handled.get(timeout=WAIT)
            assert bus.stop() == 0
            with pytest.raises(QueueUnavailable, match="test-restart"):
                sender.send(Greeting(words="lost"), message_id="2")
            bus = BusProcess(port=port)
            sender.send(Greeting(words="after"), message_id="3")
            assert "after" in handled.get(timeout=WAIT)
            # an outage without a goodbye
            assert bus.stop(with_signal=9) == -9
            bus = BusProcess(port=port)
            sender.send(Greeting(words="once more"), message_id="4")
            assert "once more" in handled.get(timeout=WAIT)
    finally:
        sender.close()
        bus.stop()


def test_a_queue_that_is_not_there_is_unavailable_and_the_error_holds_no_secret(bus: BusProcess) -> None:
    sender = QueueSender(bus.connection_string(), "nowhere")
    with pytest.raises(QueueUnavailable, match="nowhere") as raised:
        sender.open()
    assert "SharedAccessKey" not in str(raised.value)
