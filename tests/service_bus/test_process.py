"""The process: its settings, its end, and peers that do not speak AMQP."""

import contextlib
import os
import socket
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage

from environments.service_bus.settings import InvalidSettings, Settings
from tests.service_bus.bus import KEY, BusProcess, Handlers

AMQP = b"AMQP\x00\x01\x00\x00"


def frame(body: bytes, size: int | None = None) -> bytes:
    return struct.pack(">IBBH", 8 + len(body) if size is None else size, 2, 0, 0) + body


UPGRADE = (
    b"GET /$servicebus/websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: AMQPWSB10\r\n\r\n"
)
MALFORMED = {
    "garbage": b"\x16\x03\x01garbage\r\n\r\n",
    "another protocol": b"AMQP\x00\x00\x09\x01",
    "a huge frame": AMQP + frame(b"", size=1 << 30),
    "a frame shorter than its own head": AMQP + frame(b"", size=7),
    "a body that is no performative": AMQP + frame(b"\xa1\x02hi"),
    "a value cut short": AMQP + frame(b"\x00\x53\x10\xd0\x00\x00\xff\xff\x00\x00\x00\x01"),
    "an array of four billion nulls": AMQP + frame(b"\x00\x53\x10\xc0\x0c\x01\xf0\x00\x00\x00\x05\xff\xff\xff\xff\x40"),
    "lists in lists without end": AMQP + frame(b"\x00" * 5000),
    "a field of the wrong type": AMQP + frame(b"\x00\x53\x10\xc0\x03\x01\x52\x07"),
    "a session before the connection": AMQP + frame(b"\x00\x53\x11\xc0\x09\x04\x40\x43\x52\x05\x52\x05"),
    "a WebSocket for something else": b"GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
    "a request with an endless body": b"PUT /x HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
    "a request head without end": b"GET /" + b"a" * 40_000,
    "a WebSocket frame without a mask": UPGRADE + b"\x82\x01x",
    "a huge WebSocket frame": UPGRADE + b"\x82\xff" + struct.pack(">Q", 1 << 40) + b"mask",
    "garbage in a WebSocket": UPGRADE + b"\x82\x88\x00\x00\x00\x00garbage!",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_peer_is_cut_off_with_one_line(bus: BusProcess, sent: bytes) -> None:
    before = len(bus.lines())
    with socket.create_connection(("127.0.0.1", bus.port), timeout=5) as peer:
        peer.sendall(sent)
        name = "{}:{}".format(*peer.getsockname())
        with contextlib.suppress(ConnectionResetError):
            while peer.recv(65536):
                pass
    bus.wait_for_line(f"cut off {name}: ", after=before)
    assert len([line for line in bus.lines()[before:] if name in line]) == 1
    assert not [line for line in bus.lines() if "Traceback" in line or "defect" in line]


def test_malformed_peers_do_not_disturb_others(bus: BusProcess, background: ThreadPoolExecutor, queue: str) -> None:
    handlers = Handlers(lambda: bus.client("tcp"), background)
    sender, receiver = handlers.pair(queue)
    for sent in MALFORMED.values():
        with socket.create_connection(("127.0.0.1", bus.port), timeout=5) as peer:
            peer.sendall(sent)
    sender.send_messages(ServiceBusMessage("fine"))
    [message] = receiver.receive_messages(1, max_wait_time=5)
    receiver.complete_message(message)
    handlers.close()


def test_the_command_prints_what_a_client_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from support.commands.application import main; main()", "bus", "--port", "0", "--control-port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "SERVICE_BUS_KEY"}
    process = subprocess.Popen(
        [*command, "--journal", str(tmp_path / "journal")], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    connection_string = process.stdout.readline().strip()
    with (
        ServiceBusClient.from_connection_string(connection_string, retry_total=0) as client,
        client.get_queue_sender("any-queue-is-made-on-demand", keep_alive=0) as sender,
    ):
        sender.send_messages(ServiceBusMessage("x"))
    process.terminate()
    _, logged = process.communicate(timeout=10)
    assert process.returncode == 0
    assert connection_string.partition("SharedAccessKey=")[2].partition(";")[0] not in logged


def test_a_missing_or_wrong_setting_is_named_and_its_value_is_not() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SERVICE_BUS_KEY"} | {"LOCK_SECONDS": "hunter2"}
    command = [sys.executable, "-m", "environments.service_bus"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=10, check=False)
    assert ended.returncode == 2
    assert "SERVICE_BUS_KEY" in ended.stderr
    assert "LOCK_SECONDS" in ended.stderr
    assert "hunter2" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_settings_have_defaults_and_are_checked() -> None:
    settings = Settings.from_environment({"SERVICE_BUS_KEY": KEY})
    assert (settings.http_host, settings.service_bus_queues, settings.lock_seconds) == ("127.0.0.1", ("results", "flops", "averaging"), 30)
    assert KEY not in repr(settings)
    assert Settings.from_environment({"SERVICE_BUS_KEY": KEY, "SERVICE_BUS_QUEUES": " a, b ,"}).service_bus_queues == ("a", "b")
    wrong = {"SERVICE_BUS_PORT": "70000", "MAX_DELIVERY_COUNT": "0", "SERVICE_BUS_KEY": " ", "SERVICE_BUS_SHORTEST_IDLE_SECONDS": "0"}
    for variable, value in [*wrong.items(), ("LOCK_SECONDS", "nan"), ("LOCK_SECONDS", "301")]:
        with pytest.raises(InvalidSettings, match=variable):
            Settings.from_environment({"SERVICE_BUS_KEY": KEY, variable: value})


def test_a_queue_with_a_name_that_cannot_be_is_one_line() -> None:
    environment = os.environ | {"SERVICE_BUS_KEY": KEY, "SERVICE_BUS_QUEUES": "fine,a?b"}
    command = [sys.executable, "-m", "environments.service_bus"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=10, check=False)
    assert ended.returncode == 2
    assert "SERVICE_BUS_QUEUES: 'a?b' is not a name of an entity" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
