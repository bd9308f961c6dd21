"""Queues on their own: what the SDK would not show, since it checks some things itself first."""

import asyncio
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from environments.service_bus.codec.message import DATA, Message, section
from environments.service_bus.entities.namespace import Namespace
from environments.service_bus.errors import Refusal
from environments.service_bus.queues.lines import Lock
from environments.service_bus.queues.options import EntityOptions
from environments.service_bus.queues.queue import Queue


@dataclass(eq=False)
class Taker:
    """A consumer with credit for so many messages."""

    credit: int
    takes_for_good: bool = False
    taken: list[tuple[Message, Lock | None]] = field(default_factory=list)

    def wants_message(self) -> bool:
        return len(self.taken) < self.credit

    def hand_over(self, message: Message, lock: Lock | None) -> None:
        self.taken.append((message, lock))

    def dismiss(self, refusal: Refusal) -> None:
        raise AssertionError("nobody removes it")

    def lock(self) -> Lock:
        lock = self.taken[-1][1]
        assert lock is not None
        return lock


def on_a_queue(scenario: Callable[[Queue], None], options: EntityOptions | None = None) -> None:
    async def run() -> None:
        scenario(Namespace(options or EntityOptions(), ("work",)).queue("work"))

    asyncio.run(run())


def message(body: str = "", ttl: int | None = None) -> Message:
    return Message(bare=body.encode(), ttl=ttl)


def test_an_expired_message_is_neither_delivered_nor_shown() -> None:
    def scenario(queue: Queue) -> None:
        queue.accept([message("old", ttl=0)])
        queue.accept([message("fresh", ttl=60_000)])
        assert [m.bare for m in queue.peek(1, 10, time.time())] == [b"fresh"]
        taker = Taker(credit=5)
        queue.consumers.add_consumer(taker)
        queue.deliver()
        assert [m.bare for m, _ in taker.taken] == [b"fresh"]

    on_a_queue(scenario)


def test_a_lock_settles_once_and_not_when_it_is_lost() -> None:
    def scenario(queue: Queue) -> None:
        taker = Taker(credit=2)
        queue.consumers.add_consumer(taker)
        queue.accept([message()])
        done = taker.lock()
        queue.complete(done.token)
        queue.accept([message()])
        late = taker.lock()
        late.until = time.time() - 1
        for lock in (done, late):
            for settle in (queue.complete, queue.abandon, queue.release, queue.defer, queue.locks.renew):
                with pytest.raises(Refusal, match="lock supplied is invalid"):
                    settle(lock.token)

    on_a_queue(scenario)


def test_a_released_message_was_not_tried_and_keeps_its_place() -> None:
    def scenario(queue: Queue) -> None:
        first = Taker(credit=1)
        queue.consumers.add_consumer(first)
        for body in "ab":
            queue.accept([message(body)])
        queue.release(first.lock().token)
        second = Taker(credit=2)
        queue.consumers.add_consumer(second)
        queue.deliver()
        assert [(m.bare, m.delivery_count) for m, _ in second.taken] == [(b"a", 0), (b"b", 0)]

    on_a_queue(scenario)


def test_consumers_take_turns_and_one_that_is_gone_gets_nothing() -> None:
    def scenario(queue: Queue) -> None:
        takers = [Taker(credit=9) for _ in range(3)]
        for taker in takers:
            queue.consumers.add_consumer(taker)
        queue.consumers.remove_consumer(takers[2])
        for _ in range(6):
            queue.accept([message()])
        assert [len(taker.taken) for taker in takers] == [3, 3, 0]

    on_a_queue(scenario)


def test_a_dead_letter_is_tried_without_end() -> None:
    def scenario(queue: Queue) -> None:
        taker = Taker(credit=9)
        queue.consumers.add_consumer(taker)
        queue.accept([message(ttl=60_000)])
        queue.abandon(taker.lock().token)
        assert queue.dead_letters is not None
        reader = Taker(credit=9)
        queue.dead_letters.consumers.add_consumer(reader)
        queue.dead_letters.deliver()
        for _ in range(5):
            queue.dead_letters.abandon(reader.lock().token)
        assert len(reader.taken) == 6
        assert reader.taken[-1][0].ttl is None

    on_a_queue(scenario, EntityOptions(max_delivery_count=1))


def test_a_queued_message_takes_little_more_than_its_bytes() -> None:
    def scenario(queue: Queue) -> None:
        bodies = [section(DATA, b"x" * 500) for _ in range(20_000)]
        tracemalloc.start()
        for body in bodies:
            queue.accept([Message.decode(body)])
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        # a million of them have to fit into a gibibyte; `benchmarks/bus.py` does that
        assert kept / len(bodies) < 1000
        assert kept < queue.bytes_kept * 1.1

    on_a_queue(scenario)


def test_messages_that_are_done_are_not_kept_until_they_would_have_expired() -> None:
    def scenario(queue: Queue) -> None:
        taker = Taker(credit=1 << 30, takes_for_good=True)
        queue.consumers.add_consumer(taker)
        tracemalloc.start()
        for _ in range(5_000):
            queue.accept([message(ttl=3_600_000)])
            taker.taken.clear()
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert queue.bytes_kept == 0
        assert kept < 1_000_000

    on_a_queue(scenario)


def test_a_message_is_forwarded_four_times_and_then_given_up() -> None:
    async def run() -> None:
        namespace = Namespace()
        for number in range(7):
            namespace.add_queue(f"q{number}", EntityOptions(forward_to=f"q{number + 1}" if number < 6 else None))
        namespace.add_queue("round", EntityOptions(forward_to="round"))
        namespace.add_queue("nowhere", EntityOptions(forward_to="missing", forward_dead_letters_to="nowhere"))
        for name in ("q0", "q2", "round", "nowhere"):
            namespace.queue(name).accept([message()])
        assert namespace.queue("q4/$Transfer/$DeadLetterQueue").dispatch.waiting == 1
        assert namespace.queue("q6").dispatch.waiting == 1
        assert namespace.queue("round/$Transfer/$DeadLetterQueue").dispatch.waiting == 1
        assert namespace.queue("nowhere/$Transfer/$DeadLetterQueue").dispatch.waiting == 1

    asyncio.run(run())
