"""Everything that speaks to the Service Bus does so over TLS with a private authority, too; an untrusted one is refused with the reason."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from azure.servicebus.exceptions import ServiceBusError
from hamcrest import equal_to
from pydantic import BaseModel, SecretStr

from environments.errors import NotNow, SubstrateError
from environments.network.reaching import Reaching
from environments.platforms.tracebloc.deployments import access, left_overs
from environments.platforms.tracebloc.messaging.bus_client import bus_client
from environments.platforms.tracebloc.messaging.messages import AVERAGING_QUEUE, FLOPS_QUEUE, RESULTS_QUEUE
from environments.platforms.tracebloc.messaging.queues import QueueConsumer, QueueSender
from environments.platforms.tracebloc.services import BUS_KEY, connection_string
from environments.service_bus.administration.minting import mint_access_key, remove_queue, settings_of
from environments.services import Address
from support.platforms.tracebloc.clients.service_bus import ServiceBus
from support.waiting import eventually
from tests.platforms.tracebloc.deployments.test_access import TAKES_ALL, Deployed, answering_each
from tests.remote.front import Front, closing
from tests.service_bus.bus import KEY, BusProcess


class Said(BaseModel):
    """A message."""

    text: str


QUEUES = ",".join((RESULTS_QUEUE, FLOPS_QUEUE, AVERAGING_QUEUE))
LAST_YEAR = datetime.now(UTC) - timedelta(days=365)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls") / "authority.pem"


@pytest.fixture(scope="module")
def bus(authority: Path) -> Iterator[tuple[BusProcess, int]]:
    """With its port for TLS."""
    process = BusProcess(SERVICE_BUS_TLS_PORT="0", SERVICE_BUS_CA_FILE=str(authority), SERVICE_BUS_QUEUES_ON_DEMAND=f"test-*,{QUEUES}")
    yield process, int(process.wait_for_line(r"listening with TLS on 127\.0\.0\.1:(\d+)")[1])
    process.stop()


@pytest.fixture
def over_tls(bus: tuple[BusProcess, int], authority: Path, tmp_path: Path) -> str:
    """The connection string of a deployment whose CA setting names the authority."""
    Reaching(ca_file=authority).put_in_force(tmp_path / "turns")
    return connection_string(Address("127.0.0.1", bus[1], "sb"), KEY)


def test_the_connection_string_names_a_port_of_its_own_and_no_plain_way(over_tls: str, bus: tuple[BusProcess, int]) -> None:
    assert f"Endpoint=sb://127.0.0.1:{bus[1]}/;" in over_tls
    assert "UseDevelopmentEmulator" not in over_tls


def test_what_scenarios_send_peek_and_take_goes_over_tls(over_tls: str) -> None:
    queue = ServiceBus(SecretStr(over_tls))
    queue.send("test-seen", "a message", "e2e-test-1")
    assert eventually("it to wait", lambda: queue.state("test-seen"), equal_to((1, 0))) == (1, 0)
    with bus_client(over_tls, retry_total=0) as client, client.get_queue_receiver("test-seen") as receiver:
        (message,) = receiver.receive_messages(max_wait_time=5)
        receiver.dead_letter_message(message, reason="wrong", error_description="nobody wants it")
    (letter,) = queue.dead_letters("test-seen")
    assert (letter.message_id, letter.reason) == ("e2e-test-1", "wrong")
    assert queue.take_dead_letter("test-seen", "a message") == "a message"


def test_what_services_send_and_consume_goes_over_tls(over_tls: str) -> None:
    came, heard = threading.Event(), []

    def handle(body: str) -> None:
        heard.append(body)
        came.set()

    consumer = QueueConsumer(over_tls, "test-worked", handle)
    consumer.start()
    sender = QueueSender(over_tls, "test-worked")
    try:
        sender.send(Said(text="done"), "test-1")
        assert came.wait(20)
        assert "done" in heard[0]
    finally:
        sender.close()
        consumer.stop()


def test_keys_are_made_and_settings_read_over_tls(over_tls: str) -> None:
    own = mint_access_key(over_tls, "test-own", "worker", ["Listen", "Send"])
    assert "Endpoint=sb://127.0.0.1:" in own
    with bus_client(own, retry_total=0) as client, client.get_queue_receiver("test-own") as receiver:
        assert receiver.peek_messages() == []
    assert settings_of(over_tls, "test-own")["LockDuration"]
    remove_queue(over_tls, "test-own")


def test_what_scenarios_left_is_removed_over_tls(over_tls: str, bus: tuple[BusProcess, int]) -> None:
    with bus_client(over_tls, retry_total=0) as client:
        ServiceBus(SecretStr(over_tls)).send(RESULTS_QUEUE, "e2e-test-2 says", "e2e-test-2")
        with client.get_queue_receiver(RESULTS_QUEUE) as receiver:
            (message,) = receiver.receive_messages(max_wait_time=5)
            receiver.dead_letter_message(message)
    places: Any = Deployed({BUS_KEY: KEY}, service_bus=Address("127.0.0.1", bus[1], "sb"))
    left_overs.remove_dead_letters(places, ["e2e-test-2"])
    assert ServiceBus(SecretStr(over_tls)).state(RESULTS_QUEUE) == (0, 0)


def test_an_authority_that_nobody_named_is_not_trusted(bus: tuple[BusProcess, int]) -> None:
    unknown = connection_string(Address("127.0.0.1", bus[1], "sb"), KEY)
    with pytest.raises(ServiceBusError), bus_client(unknown, retry_total=0) as client, client.get_queue_receiver("test-seen") as receiver:
        receiver.peek_messages()


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ("of nobody we know", "unable to get local issuer certificate"),
        ("expired", "certificate has expired"),
        ("of another host", "IP address mismatch"),
    ],
)
def test_a_bus_that_is_not_to_be_trusted_is_told_before_any_scenario(
    certificate: str, words: str, bus: tuple[BusProcess, int], tmp_path: Path
) -> None:
    trusted_one, other = trustme.CA(), trustme.CA()
    trusted_one.cert_pem.write_to_path(f"{tmp_path}/ca.pem")
    Reaching(ca_file=tmp_path / "ca.pem").put_in_force(tmp_path / "turns")
    issuer = other if certificate.startswith("of nobody") else trusted_one
    host = "127.0.0.2" if certificate == "of another host" else "127.0.0.1"
    front = Front(bus[0].port, issuer.issue_cert(host, not_after=LAST_YEAR if certificate == "expired" else None))
    with closing(front), answering_each(TAKES_ALL) as (backend, _):
        deployed: Any = Deployed({BUS_KEY: KEY}, backend=backend, service_bus=Address("127.0.0.1", front.port, "amqps"))
        with pytest.raises(SubstrateError) as refusal:
            access.ask(deployed)
    said = str(refusal.value)
    assert said.startswith(f"the Service Bus at 127.0.0.1:{front.port} cannot be asked: its certificate is not trusted ({words}")
    assert KEY not in said


def test_a_bus_that_is_trusted_lets_us_in(over_tls: str, bus: tuple[BusProcess, int]) -> None:
    with answering_each(TAKES_ALL) as (backend, _):
        deployed: Any = Deployed({BUS_KEY: KEY}, backend=backend, service_bus=Address("127.0.0.1", bus[1], "amqps"))
        assert access.ask(deployed) == {}
        deployed.secrets[BUS_KEY] = "d3Jvbmc="
        with pytest.raises(SubstrateError, match="the secret 'service-bus-key' does not open the Service Bus"):
            access.ask(deployed)


def test_messages_stay_for_now_where_the_bus_is_away_and_are_refused_where_the_key_is_wrong(bus: tuple[BusProcess, int]) -> None:
    away: Any = Deployed({BUS_KEY: KEY}, service_bus=Address("127.0.0.1", 1))
    with pytest.raises(NotNow, match="does not give them now"):
        left_overs.remove_dead_letters(away, ["e2e-test-3"])
    wrong: Any = Deployed({BUS_KEY: "d3Jvbmc="}, service_bus=Address("127.0.0.1", bus[0].port))
    with pytest.raises(SubstrateError) as refusal:
        left_overs.remove_dead_letters(wrong, ["e2e-test-3"])
    assert not isinstance(refusal.value, NotNow)
