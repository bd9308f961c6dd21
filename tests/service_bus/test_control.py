"""Faults and the look inside, over the control port, as a client of the bus feels them."""

import json
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.exceptions import MessageLockLostError, OperationTimeoutError, ServiceBusError, ServiceBusServerBusyError
from click.testing import CliRunner

from support.commands.bus import bus
from tests.service_bus.bus import CONTROL_HEADERS, KEY, BusProcess, Handlers


class Controlled:
    """A bus with a control port, and short locks."""

    def __init__(self) -> None:
        self.bus = BusProcess(SERVICE_BUS_CONTROL_PORT="0", LOCK_SECONDS="0.5")
        port = self.bus.wait_for_line(r"control port on 127\.0\.0\.1:(\d+)")[1]
        self.address = f"http://127.0.0.1:{port}"

    def ask(self, method: str, path: str, **details: str | float) -> dict[str, Any]:
        body = json.dumps(details).encode() if details else None
        request = urllib.request.Request(f"{self.address}{path}", body, CONTROL_HEADERS, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return dict(json.load(answer))

    def entity(self, path: str) -> dict[str, Any]:
        [found] = [entity for entity in self.ask("GET", "/state")["entities"] if entity["path"] == path]
        return dict(found)


@pytest.fixture(scope="module")
def controlled() -> Iterator[Controlled]:
    made = Controlled()
    yield made
    assert made.bus.stop() == 0


@pytest.fixture
def handlers(controlled: Controlled, background: ThreadPoolExecutor) -> Iterator[Handlers]:
    opened = Handlers(lambda: controlled.bus.client("tcp"), background)
    yield opened
    controlled.ask("DELETE", "/faults")
    opened.close()


def test_a_busy_server_says_so(controlled: Controlled, handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    controlled.ask("PUT", "/faults/busy")
    with pytest.raises(ServiceBusServerBusyError):
        sender.send_messages(ServiceBusMessage("x"))
    with pytest.raises(ServiceBusServerBusyError):
        receiver.peek_messages()
    controlled.ask("DELETE", "/faults/busy")
    sender.send_messages(ServiceBusMessage("x"))
    assert len(receiver.peek_messages()) == 1


def test_one_queue_is_busy_and_the_others_are_not(controlled: Controlled, handlers: Handlers, queue: str) -> None:
    sender, other = handlers.open(handlers.sender(queue), handlers.sender(f"{queue}-other"))
    controlled.ask("PUT", "/faults/busy", entity=queue.upper())
    with pytest.raises(ServiceBusServerBusyError):
        sender.send_messages(ServiceBusMessage("x"))
    other.send_messages(ServiceBusMessage("x"))
    controlled.ask("DELETE", "/faults/busy", entity=queue)
    sender.send_messages(ServiceBusMessage("x"))
    assert (controlled.entity(queue)["waiting"], controlled.entity(f"{queue}-other")["waiting"]) == (1, 1)


def test_after_an_outage_the_same_objects_work_again_and_nothing_is_lost(controlled: Controlled, background: ThreadPoolExecutor) -> None:
    client = controlled.bus.client("tcp", retry_total=10, retry_mode="fixed", retry_backoff_factor=0.2)
    with client, client.get_queue_sender("test-outage", keep_alive=0) as sender:
        sender.send_messages(ServiceBusMessage("before"))
        controlled.ask("PUT", "/faults/outage")
        sending = background.submit(sender.send_messages, ServiceBusMessage("after"))
        with pytest.raises(ServiceBusError), controlled.bus.client("tcp") as other, other.get_queue_sender("test-outage", keep_alive=0):
            pass
        controlled.ask("DELETE", "/faults/outage")
        sending.result(timeout=20)
    assert controlled.entity("test-outage")["waiting"] == 2


def test_dropped_connections_come_back(controlled: Controlled, background: ThreadPoolExecutor) -> None:
    client = controlled.bus.client("tcp", retry_total=5, retry_mode="fixed", retry_backoff_factor=0.1)
    with client, client.get_queue_sender("test-drop", keep_alive=0) as sender:
        sender.send_messages(ServiceBusMessage("1"))
        assert controlled.ask("POST", "/faults/drop-connections")["dropped"] >= 1
        sender.send_messages(ServiceBusMessage("2"))
    assert controlled.entity("test-drop")["waiting"] == 2


def test_silence_makes_a_sender_time_out(controlled: Controlled, handlers: Handlers, queue: str) -> None:
    [sender] = handlers.open(handlers.sender(queue))
    controlled.ask("PUT", "/faults/silent")
    with pytest.raises(OperationTimeoutError):
        sender.send_messages(ServiceBusMessage("x"), timeout=0.5)
    controlled.ask("DELETE", "/faults/silent")
    assert controlled.ask("GET", "/healthz") == {"status": "ok"}


def test_a_slow_bus_is_slow_and_keeps_the_order(controlled: Controlled, handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    controlled.ask("PUT", "/faults/slow", seconds=0.2)
    started = time.monotonic()
    for body in "abc":
        sender.send_messages(ServiceBusMessage(body))
    assert time.monotonic() - started >= 0.6
    controlled.ask("DELETE", "/faults/slow")
    assert [str(message) for message in receiver.peek_messages(3)] == ["a", "b", "c"]


def test_a_lost_settlement_makes_the_message_come_again(controlled: Controlled, handlers: Handlers, queue: str) -> None:
    sender, first, second = handlers.open(handlers.sender(queue), handlers.receiver(queue), handlers.receiver(queue))
    sender.send_messages(ServiceBusMessage("x"))
    [message] = first.receive_messages(1, max_wait_time=5)
    controlled.ask("PUT", "/faults/lose", what="settlement", count=1)
    # the SDK waits a minute for the answer
    controlled_settling = handlers.in_background(first.complete_message, message)
    [again] = second.receive_messages(1, max_wait_time=5)
    assert (str(again), again.delivery_count) == ("x", 1)
    second.complete_message(again)
    controlled.ask("POST", "/faults/drop-connections")
    assert controlled_settling.exception(timeout=30) is not None


def test_what_gets_lost_at_one_queue_does_not_at_another(controlled: Controlled, handlers: Handlers, queue: str) -> None:
    sender, other = handlers.open(handlers.sender(queue), handlers.sender(f"{queue}-other"))
    controlled.ask("PUT", "/faults/lose", what="acceptance", entity=queue)
    other.send_messages(ServiceBusMessage("x"), timeout=5)
    with pytest.raises(OperationTimeoutError):
        sender.send_messages(ServiceBusMessage("x"), timeout=0.5)


def test_expired_locks_make_the_messages_come_again(controlled: Controlled, handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    sender.send_messages([ServiceBusMessage("a"), ServiceBusMessage("b")])
    held = [receiver.receive_messages(1, max_wait_time=5)[0] for _ in range(2)]
    assert controlled.ask("POST", "/faults/expire-locks", entity=queue) == {"expired": 2}
    with pytest.raises(MessageLockLostError):
        receiver.complete_message(held[0])
    [again] = receiver.receive_messages(1, max_wait_time=5)
    assert (str(again), again.delivery_count) == ("a", 1)
    assert controlled.ask("POST", "/faults/expire-locks", entity=queue)["expired"] in (1, 2)


def test_a_lost_acceptance_makes_a_duplicate_of_a_sender_that_tries_again(controlled: Controlled, handlers: Handlers, queue: str) -> None:
    [sender] = handlers.open(handlers.sender(queue))
    controlled.ask("PUT", "/faults/lose", what="acceptance", count=1)
    with pytest.raises(OperationTimeoutError):
        sender.send_messages(ServiceBusMessage("x", message_id="1"), timeout=0.5)
    sender.send_messages(ServiceBusMessage("x", message_id="1"))
    assert controlled.entity(queue)["waiting"] == 2


@pytest.mark.parametrize(
    ("method", "path", "details"),
    [
        ("PUT", "/faults/earthquake", {}),
        ("PUT", "/faults/slow", {"seconds": -1}),
        ("PUT", "/faults/slow", {}),
        ("PUT", "/faults/lose", {"what": "everything"}),
        ("POST", "/faults/expire-locks", {"entity": "nobody-declared-it"}),
        ("POST", "/faults/expire-locks", {"queue": "q"}),
        ("GET", "/nothing", {}),
    ],
)
def test_what_makes_no_sense_is_refused(controlled: Controlled, method: str, path: str, details: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        controlled.ask(method, path, **details)
    assert refused.value.code in (400, 404)
    assert json.load(refused.value)["message"]


def test_the_look_inside_shows_depths_locks_and_dead_letters(controlled: Controlled, handlers: Handlers, queue: str) -> None:
    sender, receiver = handlers.pair(queue)
    sender.send_messages([ServiceBusMessage(body, message_id=body) for body in ("poison", "held", "waiting")])
    poison, _held = (receiver.receive_messages(1, max_wait_time=5)[0] for _ in range(2))
    receiver.dead_letter_message(poison, reason="PoisonMessage", error_description="it is not JSON")
    shown = controlled.entity(queue)
    assert (shown["waiting"] + shown["locked"], shown["dead_letters"]) == (2, 1)
    assert shown["dead"][0]["message_id"] == "poison"
    assert shown["dead"][0]["description"] == "it is not JSON"
    table = CliRunner().invoke(bus, ["show", "--control", controlled.address], env={"COLUMNS": "200", "SERVICE_BUS_KEY": KEY})
    assert table.exit_code == 0, table.output
    assert "PoisonMessage: it is not JSON" in table.output
    assert queue[:30] in table.output
    as_json = CliRunner().invoke(bus, ["show", "--json", "--control", controlled.address], env={"SERVICE_BUS_KEY": KEY})
    assert queue in [entity["path"] for entity in json.loads(as_json.output)["entities"]]


def test_showing_a_bus_that_is_not_there_says_what_to_do() -> None:
    shown = CliRunner().invoke(bus, ["show", "--control", "http://127.0.0.1:9"])
    assert shown.exit_code == 3
    assert "Is it running" in shown.output


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer d3Jvbmc="},
        {"Authorization": f"Basic {KEY}"},
        # what a browser adds, to a page that has somehow learnt the key
        CONTROL_HEADERS | {"Origin": "http://example.org"},
        CONTROL_HEADERS | {"Origin": "null"},
        CONTROL_HEADERS | {"Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/state"), ("PUT", "/faults/outage"), ("POST", "/faults/drop-connections")])
def test_strangers_and_web_pages_control_nothing(controlled: Controlled, method: str, path: str, headers: dict[str, str]) -> None:
    request = urllib.request.Request(f"{controlled.address}{path}", headers=headers, method=method)  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)  # noqa: S310
    assert refused.value.code == (401 if "Origin" not in headers and "Sec-Fetch-Site" not in headers else 403)
    with controlled.bus.client("tcp") as client, client.get_queue_sender("test-still-there", keep_alive=0) as sender:
        sender.send_messages(ServiceBusMessage("x"))


def test_whether_the_bus_is_there_anybody_may_ask(controlled: Controlled) -> None:
    with urllib.request.urlopen(f"{controlled.address}/healthz", timeout=5) as answer:  # noqa: S310
        assert json.load(answer) == {"status": "ok"}


def test_showing_without_the_key_says_where_it_comes_from(controlled: Controlled) -> None:
    shown = CliRunner().invoke(bus, ["show", "--control", controlled.address], env={"SERVICE_BUS_KEY": "d3Jvbmc="})
    assert shown.exit_code == 2
    assert "SERVICE_BUS_KEY is not its key" in shown.output
    assert "d3Jvbmc" not in shown.output


def asked(line: str, body: bytes = b"", *more: str) -> bytes:
    """A request, with the key; the length is the body's."""
    head = [f"{line} HTTP/1.1", f"Authorization: {CONTROL_HEADERS['Authorization']}", f"Content-Length: {len(body)}", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


HOSTILE = {
    "a length that is no number to Python": b"GET /state HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "an address that is none": b"GET http://[ HTTP/1.1\r\n\r\n",
    "a path that forges a line of the log": b"GET /x%0d%0aerror%20forged HTTP/1.1\r\n\r\n",
    "very deep JSON": asked("PUT /faults/slow", b"[" * 200_000),
    "a number beyond all": asked("PUT /faults/lose", b'{"what": "settlement", "count": 1e999}'),
    "a number of many digits": asked("PUT /faults/slow", b'{"seconds": 1' + b"0" * 402 + b"}"),
    "JSON that is no object": asked("PUT /faults/busy", b"[]"),
    "a fault with a line of the log in its name": asked("PUT /faults/busy", b'{"entity": "x",\n"error forged": 1}'),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_whatever_is_asked_is_answered_or_cut_off_in_one_line(kind: str) -> None:
    hostile = Controlled()
    port = int(hostile.address.rpartition(":")[2])
    for address in (("127.0.0.1", port), ("127.0.0.1", hostile.bus.port)):
        with socket.create_connection(address, timeout=10) as client:
            client.sendall(HOSTILE[kind])
            client.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(partial(client.recv, 65536), b""))
        assert answer == b"" or re.match(rb"HTTP/1\.1 (?:200|4\d\d) ", answer), answer[:300]
    assert hostile.ask("GET", "/healthz") == {"status": "ok"}
    assert hostile.bus.stop() == 0
    logged = "".join(hostile.bus.lines())
    assert "Traceback" not in logged
    assert not re.search(r"^.{0,2}error.{0,3}forged", logged, re.MULTILINE)
