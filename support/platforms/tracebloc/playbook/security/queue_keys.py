"""What the keys of a secure environment open: tried as somebody would who has stolen them. Source: azure-servicebus 7.15."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TYPE_CHECKING

from pydantic import SecretStr

from environments.platforms.tracebloc.messaging.bus_client import bus_client
from environments.platforms.tracebloc.messaging.messages import AVERAGING_QUEUE, FLOPS_QUEUE, RESULTS_QUEUE, experiments_queue
from support.evidence.kinds import Kind
from support.evidence.recorder import record
from support.platforms.tracebloc.scene import PLACES, RegisteredEnvironment, Scene

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient

SHARED_QUEUES = (RESULTS_QUEUE, FLOPS_QUEUE, AVERAGING_QUEUE)
AT_ONCE = 8


def at_place(scene: Scene, place: str) -> RegisteredEnvironment:
    """The first or the second secure environment of the scenario."""
    return scene.environments[PLACES.index(place)]


def uses_of_own_queues(environment: RegisteredEnvironment) -> list[str]:
    """What its keys let it do with the queues that they are for, a line each; the queue of its work first."""
    keys = environment.stub_participant.connection_strings
    return _uses((key, queue) for queue, key in keys.items())


def uses_of_queues_of_others(scene: Scene, environment: RegisteredEnvironment) -> list[str]:
    """What any of its keys lets it do with the work of others and with what comes in from all, a line each."""
    queues = [experiments_queue(other.client_id) for other in scene.environments if other is not environment]
    keys = environment.stub_participant.connection_strings.values()
    return _uses(product(keys, [*queues, *SHARED_QUEUES]))


def _uses(attempts: Iterable[tuple[SecretStr, str]]) -> list[str]:
    # beside each other: the SDK takes almost half a second to open a link
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda attempt: _try(*attempt), [(*attempt, act) for attempt in attempts for act in (_receive, _send)])
        return [words for words in found if words]


def _try(key: SecretStr, queue: str, act: "Callable[[ServiceBusClient, str], str]") -> str:
    from azure.servicebus.exceptions import ServiceBusError

    # whoever has stolen a key does not care which queue it is said to be for
    parts = [part for part in key.get_secret_value().split(";") if part and not part.startswith("EntityPath=")]
    with bus_client(";".join(parts), retry_total=0) as bus:
        try:
            words = act(bus, queue)
        except ServiceBusError as error:
            record(Kind.QUEUE, f"{queue}: a key of a secure environment was tried", type(error).__name__, service="service_bus")
            return ""
    record(Kind.QUEUE, f"{queue}: a key of a secure environment opened it", words, service="service_bus")
    return words


def _receive(bus: "ServiceBusClient", queue: str) -> str:
    with bus.get_queue_receiver(queue) as receiver:
        receiver.peek_messages()
    return f"receive from {queue}"


def _send(bus: "ServiceBusClient", queue: str) -> str:
    with bus.get_queue_sender(queue, keep_alive=0):
        return f"send to {queue}"
