"""What scenarios left on a deployment of tracebloc is removed, and nothing that is only called alike."""

from collections.abc import Iterator

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from pydantic import SecretStr

from environments.deployments.made import MadeThing
from environments.errors import SubstrateError
from environments.platforms.tracebloc.deployments import left_overs
from environments.platforms.tracebloc.deployments.left_overs import MESSAGES, remove
from environments.services import Address
from support.platforms.tracebloc.clients.service_bus import ServiceBus
from tests.service_bus.bus import KEY, BusProcess


class Places:
    """A deployment whose Service Bus is there."""

    def __init__(self, port: int, key: str = KEY) -> None:
        self.port, self.key = port, key

    def address(self, _service: str, _port: str = "http") -> Address:
        return Address("127.0.0.1", self.port)

    def secret(self, _name: str) -> str:
        return self.key


@pytest.fixture(scope="module")
def bus() -> Iterator[BusProcess]:
    process = BusProcess()
    yield process
    process.stop()


def put_aside(bus: BusProcess, queue: str, *messages: ServiceBusMessage) -> None:
    with ServiceBusClient.from_connection_string(bus.connection_string()) as client:
        client.get_queue_sender(queue, keep_alive=0).send_messages(list(messages))
        with client.get_queue_receiver(queue) as receiver:
            for message in receiver.receive_messages(len(messages), max_wait_time=5):
                receiver.dead_letter_message(message, reason="PoisonMessage")


def test_messages_that_name_a_scenario_go_and_those_of_others_stay(bus: BusProcess) -> None:
    ours = ServiceBusMessage("{", message_id="e2e-test-1f2e3d4c-garbled-1")
    named = ServiceBusMessage('{"key": "e2e-test-1f2e3d4c-experiment-1"}', message_id="1")
    alike = ServiceBusMessage("{", message_id="e2e-test-1f2e3d4c9-garbled-1")
    put_aside(bus, "results", ours, alike, named)
    remove(MadeThing(MESSAGES, "e2e-test-1f2e3d4c-"), Places(bus.port))
    left = ServiceBus(SecretStr(bus.connection_string())).dead_letters("results")
    assert [letter.message_id for letter in left] == ["e2e-test-1f2e3d4c9-garbled-1"]


def test_where_nothing_is_put_aside_no_link_is_opened(bus: BusProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(left_overs, "bus_client", opened.append)
    monkeypatch.setattr(left_overs, "QUEUES", ("flops", "averaging", "nobody-has-made-it"))
    remove(MadeThing(MESSAGES, "e2e-test-1f2e3d4c-"), Places(bus.port))
    assert opened == []


def test_what_no_scenario_made_is_never_removed(bus: BusProcess) -> None:
    for thing in (MadeThing("account", "somebody@example.com", "word"), MadeThing(MESSAGES, "e2e"), MadeThing("planet", "e2e-test-1")):
        with pytest.raises(SubstrateError):
            remove(thing, Places(bus.port))


def test_a_bus_that_gives_nothing_is_the_reason(bus: BusProcess) -> None:
    with pytest.raises(SubstrateError, match="the Service Bus does not give them"):
        remove(MadeThing(MESSAGES, "e2e-test-1-"), Places(bus.port, "d3JvbmcgYnV0IGJhc2U2NA=="))
