"""Faults of the Service Bus, and what is seen of them. Every fault is over when the scenario ends, however it ends."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from hamcrest import equal_to, greater_than

from environments.platforms.tracebloc.messaging.messages import AVERAGING_QUEUE, FLOPS_QUEUE, RESULTS_QUEUE, StopTraining, experiments_queue
from support.platforms.tracebloc.clients.proxied_stub import ProxiedStub
from support.platforms.tracebloc.clients.service_bus import DeadLetter
from support.platforms.tracebloc.scene import Scene
from support.waiting import eventually

# in the order in which what is in one leads to something in the next
SHARED_QUEUES = (AVERAGING_QUEUE, RESULTS_QUEUE, FLOPS_QUEUE)


def begin_fault(scene: Scene, fault: str, entity: str | None = None, **details: Any) -> None:
    """Switch a fault on, everywhere or at one queue."""
    where = {} if entity is None else {"entity": entity}
    faults = scene.service_bus_faults
    with scene.story.part(f"Service Bus: {fault} on") as part:
        part.detail = ", ".join(f"{name} {value}" for name, value in {**where, **details}.items())
        scene.at_the_end(lambda: faults.end(fault, **where))
        faults.begin(fault, **where, **details)


def end_fault(scene: Scene, fault: str, entity: str | None = None) -> None:
    """Switch a fault off again."""
    with scene.story.part(f"Service Bus: {fault} off"):
        scene.service_bus_faults.end(fault, **({} if entity is None else {"entity": entity}))


def be_reachable_again(scene: Scene, fault: str) -> None:
    """End a fault that cut connections, or kept them from being heard; the stub participants begin anew."""
    end_fault(scene, fault)
    for stub in scene.stubs:
        stub.queue.open_again()


def wait_until_kept(scene: Scene, stub: ProxiedStub, since: float) -> None:
    """Wait until the backend has tried to send work to a stub participant's queue and says that it keeps it (since: unix seconds)."""
    said = f"kept for later: queue {experiments_queue(stub.client_id)}"
    eventually("the backend to keep the work", lambda: said in scene.substrate.logs("backend", since), equal_to(True))


def expire_locks(scene: Scene, queue: str) -> None:
    """Let the time of all locks on a queue's messages be up, once somebody holds one."""
    held = eventually(f"a message of {queue} to be held", lambda: scene.service_bus_faults.queue(queue)["locked"], greater_than(0))
    expired = scene.service_bus_faults.expire_locks(queue)
    scene.story.tell(f"locks on {queue} expire", f"{expired} of {held}")


def wait_until_empty(scene: Scene, queue: str) -> None:
    """Wait until nothing waits in a queue or is held."""

    def left() -> int:
        shown = scene.service_bus_faults.queue(queue)
        return int(shown["waiting"]) + int(shown["locked"])

    eventually(f"the queue {queue} to be empty", left, equal_to(0))


def send_garbled(scene: Scene) -> dict[str, str]:
    """Put a message that nobody can read into each queue of the platform; returns the message id by queue."""
    sent = {queue: scene.names.unique(f"garbled-{queue}") for queue in SHARED_QUEUES}
    with scene.story.part("a garbled message is sent to every queue"), ThreadPoolExecutor(len(sent)) as pool:
        for queue, message_id in sent.items():
            pool.submit(scene.service_bus.send, queue, '{"kind": "gar', message_id)
    return sent


def tries_of(scene: Scene, stub: ProxiedStub, broken: str, other: str) -> dict[str, int]:
    """How often the platform's own consumer hands out each of two messages when the handling of the first breaks; waits for the other.

    The messages are texts that are their own ids, in the queue of a stub participant's work.
    """
    from environments.platforms.tracebloc.messaging.queues import QueueConsumer

    queue, tries = experiments_queue(stub.client_id), dict.fromkeys((broken, other), 0)

    def handle(body: str) -> None:
        tries[body] += 1
        if body == broken:
            raise ZeroDivisionError("broken on purpose")

    for text in tries:
        scene.service_bus.send(queue, text, text)
    consumer = QueueConsumer(stub.edge.work_connection_string.get_secret_value(), queue, handle)
    consumer.start()
    scene.at_the_end(consumer.stop)
    with scene.story.part("the messages are handed out"):
        eventually("the other message to be handled", lambda: tries[other], greater_than(0))
        wait_until_empty(scene, queue)
    return tries


def handled_while_stopping(scene: Scene, stub: ProxiedStub, number: int) -> list[int]:
    """How often each of some messages is handled that come just when the platform's own consumer is stopped, and another one goes on."""
    from environments.platforms.tracebloc.messaging.queues import QueueConsumer, QueueSender

    queue, handled = experiments_queue(stub.client_id), dict.fromkeys((scene.names.unique("message") for _ in range(number)), 0)
    connection_string = stub.edge.work_connection_string.get_secret_value()

    def handle(body: str) -> None:
        handled[StopTraining.model_validate_json(body).experiment_key] += 1

    sender = QueueSender(scene.addresses.service_bus_connection_string.get_secret_value(), queue)
    scene.at_the_end(sender.close)
    sender.open()
    for text in handled:
        consumer = QueueConsumer(connection_string, queue, handle)
        consumer.start()
        eventually("the consumer to receive", partial(consumer.wait_until_receiving, 0), equal_to(True))
        with ThreadPoolExecutor(1) as pool:
            stopped = pool.submit(consumer.stop)
            sender.send(StopTraining(experiment_key=text), text)
            stopped.result()
    last = QueueConsumer(connection_string, queue, handle)
    last.start()
    scene.at_the_end(last.stop)
    with scene.story.part("another consumer goes on"):
        wait_until_empty(scene, queue)
        last.stop()
    return list(handled.values())


def put_aside(scene: Scene, garbled: dict[str, str]) -> dict[str, DeadLetter | None]:
    """The dead letter that became of each garbled message, by queue; None while there is none."""

    def look(queue: str) -> DeadLetter | None:
        return next((dead for dead in scene.service_bus.dead_letters(queue) if dead.message_id == garbled[queue]), None)

    with ThreadPoolExecutor(len(garbled)) as pool:
        return dict(zip(garbled, pool.map(look, garbled), strict=True))
