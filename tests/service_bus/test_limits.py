"""Limits, and peers that are hostile or merely broken: they are cut off with a clear line, and the others do not notice."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.exceptions import ServiceBusQuotaExceededError
from click.testing import CliRunner

from environments.service_bus.codec.composites import Attach, Begin, Flow, Open, Source, Target, Transfer
from environments.service_bus.codec.frames import AMQP_HEADER, frame_bytes
from support.commands.bus import bus
from tests.service_bus.bus import BusProcess, Handlers
from tests.service_bus.test_access import signature

MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def small_bus() -> Iterator[BusProcess]:
    """Little memory, few connections, little patience."""
    limits = {"MEMORY_MIB": "2", "MOST_CONNECTIONS": "30", "HANDSHAKE_SECONDS": "0.5", "STALL_SECONDS": "0.5"}
    made = BusProcess(0, **{f"SERVICE_BUS_{name}": value for name, value in limits.items()})
    yield made
    assert not [line for line in made.lines() if "Traceback" in line or "defect" in line]
    assert made.stop() == 0


def connect(bus: BusProcess) -> socket.socket:
    return socket.create_connection(("127.0.0.1", bus.port), timeout=10)


def name_of(peer: socket.socket) -> str:
    return "{}:{}".format(*peer.getsockname())


def introduce(peer: socket.socket) -> None:
    peer.sendall(AMQP_HEADER + frame_bytes(0, Open("peer", "h", MEBIBYTE)) + frame_bytes(0, Begin(None, 0, 1 << 30, 1 << 30)))


def test_a_full_bus_refuses_more_until_there_is_room(small_bus: BusProcess, background: ThreadPoolExecutor, queue: str) -> None:
    handlers = Handlers(lambda: small_bus.client("tcp"), background)
    sender, receiver = handlers.pair(queue)
    half = ServiceBusMessage(b"x" * 900_000)
    sender.send_messages(half)
    sender.send_messages(half)
    with pytest.raises(ServiceBusQuotaExceededError, match="QuotaExceeded"):
        sender.send_messages(half)
    with pytest.raises(ServiceBusQuotaExceededError):
        sender.send_messages([ServiceBusMessage(b"x" * 500) for _ in range(400)])
    # a batch is taken as a whole or not at all
    assert len(receiver.peek_messages(10)) == 2
    for _ in range(2):
        [message] = receiver.receive_messages(1, max_wait_time=5)
        receiver.complete_message(message)
    sender.send_messages(half)
    [message] = receiver.receive_messages(1, max_wait_time=5)
    receiver.complete_message(message)
    handlers.close()


def test_a_peer_that_does_not_introduce_itself_is_cut_off(small_bus: BusProcess) -> None:
    before = len(small_bus.lines())
    with connect(small_bus) as silent, connect(small_bus) as half_open:
        half_open.sendall(AMQP_HEADER)
        for peer in (silent, half_open):
            small_bus.wait_for_line(f"cut off {name_of(peer)}: it did not open a connection", after=before)


def test_more_connections_than_allowed_are_cut_off_and_the_others_stay(small_bus: BusProcess) -> None:
    before = len(small_bus.lines())
    peers = [connect(small_bus) for _ in range(40)]
    small_bus.wait_for_line("there are 30 connections already", after=before)
    for peer in peers:
        peer.close()


def test_a_peer_with_too_many_links_or_unfinished_messages_is_cut_off(small_bus: BusProcess) -> None:
    for what, frames in {
        "links": [frame_bytes(0, Attach(f"l{n}", n, False, target=Target("$cbs"))) for n in range(1100)],
        "bytes of messages": [
            frame
            for n in range(40)
            for frame in (
                frame_bytes(0, Attach(f"l{n}", n, False, target=Target("$cbs"))),
                frame_bytes(0, Transfer(n, n, b"t", more=True), b"x" * 500_000),
            )
        ],
    }.items():
        before = len(small_bus.lines())
        with connect(small_bus) as peer:
            introduce(peer)
            with contextlib.suppress(ConnectionError):
                for frame in frames:
                    peer.sendall(frame)
            small_bus.wait_for_line(rf"cut off {name_of(peer)}: more than \d+ {what}", after=before)


def test_a_reader_that_does_not_read_is_cut_off_and_costs_little_memory(background: ThreadPoolExecutor, queue: str) -> None:
    bus = BusProcess(SERVICE_BUS_STALL_SECONDS="1", MAX_DELIVERY_COUNT="10")
    handlers = Handlers(lambda: bus.client("tcp"), background)
    [sender] = handlers.open(handlers.sender(queue))
    for _ in range(60):
        sender.send_messages(ServiceBusMessage(b"x" * 1_000_000))
    process = psutil.Process(bus.process_id)
    before = process.memory_info().rss
    with connect(bus) as peer:
        take_everything(peer, bus, queue)
        bus.wait_for_line(f"cut off {name_of(peer)}: it has not read")
        assert process.memory_info().rss - before < 20 * MEBIBYTE
    [receiver] = handlers.open(handlers.receiver(queue))
    assert receiver.receive_messages(1, max_wait_time=5)
    handlers.close()
    assert bus.stop() == 0


def take_everything(peer: socket.socket, bus: BusProcess, queue: str) -> None:
    """Ask for all messages of a queue, and read none."""
    from environments.service_bus.codec.message import APPLICATION_PROPERTIES, PROPERTIES, VALUE, section

    introduce(peer)
    token = signature(f"sb://127.0.0.1/{queue}", 1 << 34)
    request = section(PROPERTIES, ["1"]) + section(APPLICATION_PROPERTIES, {"operation": "put-token"}) + section(VALUE, token)
    peer.sendall(
        frame_bytes(0, Attach("replies", 0, True, source=Source("$cbs"), target=Target("me")))
        + frame_bytes(0, Attach("tokens", 1, False, target=Target("$cbs")))
        + frame_bytes(0, Flow(0, 1 << 30, 0, 1 << 30, 0, 0, 10))
        + frame_bytes(0, Transfer(1, 0, b"t", 0), request)
        + frame_bytes(0, Attach("all", 2, True, source=Source(queue), target=Target("me")))
        + frame_bytes(0, Flow(0, 1 << 30, 0, 1 << 30, 2, 0, 1000))
    )


def test_a_peer_that_does_not_speak_tls_on_that_port_harms_nobody(tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    bus = BusProcess(SERVICE_BUS_TLS_PORT="0", SERVICE_BUS_CA_FILE=str(authority))
    port = int(bus.wait_for_line(r"listening with TLS on 127\.0\.0\.1:(\d+)")[1])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
        peer.sendall(b"AMQP\x00\x01\x00\x00" * 100)
        with contextlib.suppress(ConnectionError):
            while peer.recv(65536):
                pass
    bus.wait_for_line(r"cut off 127\.0\.0\.1:\d+: the TLS handshake failed")
    trusting = ssl.create_default_context(cafile=str(authority))
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw, trusting.wrap_socket(raw, server_hostname="127.0.0.1") as peer:
        peer.sendall(AMQP_HEADER)
        assert peer.recv(8) == AMQP_HEADER
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw, pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(raw, server_hostname="127.0.0.1")
    assert bus.stop() == 0


def test_a_full_queue_refuses_more_and_the_others_do_not(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    queues = '{"Name": "small", "Properties": {"MaxSizeInMegabytes": 1}}, {"Name": "large"}'
    config.write_text(f'{{"UserConfig": {{"Namespaces": [{{"Name": "bus", "Queues": [{queues}]}}]}}}}')
    bus = BusProcess(SERVICE_BUS_CONFIG=str(config))
    most = ServiceBusMessage(b"x" * 900_000)
    with bus.client("tcp") as client:
        with client.get_queue_sender("small", keep_alive=0) as sender:
            sender.send_messages(most)
            with pytest.raises(ServiceBusQuotaExceededError):
                sender.send_messages(most)
        with client.get_queue_sender("large", keep_alive=0) as sender:
            sender.send_messages(most)
            sender.send_messages(most)
    assert bus.stop() == 0


def test_peers_in_the_midst_of_a_tls_handshake_count_as_connections() -> None:
    bus = BusProcess(SERVICE_BUS_TLS_PORT="0", SERVICE_BUS_MOST_CONNECTIONS="2")
    port = int(bus.wait_for_line(r"listening with TLS on 127\.0\.0\.1:(\d+)")[1])
    with contextlib.ExitStack() as silent:
        for _ in range(3):
            silent.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        bus.wait_for_line(r"cut off 127\.0\.0\.1:\d+: there are 2 connections already")
    assert bus.stop() == 0


def test_an_authority_that_nobody_asked_to_keep_goes_with_the_bus() -> None:
    bus = BusProcess(SERVICE_BUS_TLS_PORT="0")
    authority = Path(bus.wait_for_line(r"certificate authority in (\S+)")[1])
    assert authority.read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert bus.stop() == 0
    assert not authority.exists()


def test_a_configuration_that_makes_no_sense_is_one_clear_line(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    declared = '{"UserConfig": {"Namespaces": [{"Queues": [%s]}]}}'
    for content, words in (
        (declared % '{"Name": "a", "Properties": {"LockDuration": "soon"}}', "queue 'a': LockDuration is 'soon'"),
        (declared % '{"Name": "a", "Properties": {"LockDurration": "PT5S"}}', "no property LockDurration. Did you mean LockDuration?"),
        (declared % '{"Name": "a", "Properties": {"LockDuration": "PT5M1S"}}', "LockDuration is 'PT5M1S': more than 300 seconds"),
        (declared % '{"Name": "a", "Properties": {"AutoDeleteOnIdle": "PT4M"}}', "AutoDeleteOnIdle is 240 seconds, less than 300"),
        (declared % '{"Name": "a", "Properties": {"Status": "Asleep"}}', "queue 'a': Status is 'Asleep': not one of Active, Disabled"),
        (declared % '{"Name": "a", "Properties": {"EnablePartitioning": true}}', "EnablePartitioning is 'true', which this bus does not"),
        (declared % '{"Name": "a", "Properties": {"ForwardTo": "b"}}', "ForwardTo of 'a' is 'b', which is neither a queue nor a topic"),
        (declared % '{"Name": "a", "Properties": {"ForwardTo": "a"}}', "ForwardTo of 'a' is the entity itself"),
        (declared % '{"Name": "a#b"}', "'a#b' is not a name of an entity"),
        (declared % '{"Name": "a", "Properties": {"AuthorizationRules": [{"KeyName": "k"}]}}', "the Rights of the key 'k'"),
        (declared % '{"Nam": "a"}', "UserConfig.Namespaces[0], Queues[0] has no Name"),
        ("{", "is not JSON"),
        ("{}", "UserConfig"),
    ):
        config.write_text(content)
        shown = CliRunner().invoke(bus, ["--config", str(config), "--port", "0", "--control-port", "0"])
        assert shown.exit_code == 2
        assert words in shown.output
