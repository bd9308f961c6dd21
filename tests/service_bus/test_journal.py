"""The journal: what survives a killed bus, and what is said about a broken file."""

import asyncio
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.servicebus import ServiceBusMessage, ServiceBusReceiver, ServiceBusSender, ServiceBusSubQueue
from azure.servicebus.exceptions import ServiceBusError
from azure.servicebus.management import AccessRights, AuthorizationRule, ServiceBusAdministrationClient, SqlRuleFilter

from environments.service_bus.codec.message import DATA, Message, section
from environments.service_bus.entities.namespace import Namespace
from environments.service_bus.errors import Refusal
from environments.service_bus.journal import Journal
from environments.service_bus.queues.lines import Lock
from tests.service_bus.bus import KEY, KEY_NAME, BusProcess, Handlers
from tests.service_bus.contract.target import ENTITIES

# 50 on demand; see benchmarks/README.md
KILLS = int(os.environ.get("SERVICE_BUS_KILLS", "3"))
QUEUE = "test-durable"
HOUR = timedelta(hours=1)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "bus.journal"


def durable_bus(journal: Path, port: int = 0, **variables: str) -> BusProcess:
    return BusProcess(port=port, SERVICE_BUS_JOURNAL=str(journal), **variables)


@pytest.fixture
def threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8)


def test_everything_is_back_after_a_kill(journal: Path, threads: ThreadPoolExecutor) -> None:
    bus = durable_bus(journal, SERVICE_BUS_CONFIG=str(ENTITIES))
    handlers = Handlers(lambda: bus.client("tcp"), threads)
    sender, receiver, in_session, session = handlers.open(
        handlers.sender(QUEUE),
        handlers.receiver(QUEUE),
        handlers.sender("contract-sessions"),
        handlers.receiver("contract-sessions", session_id="s", prefetch_count=1, keep_alive=0),
    )
    sender.send_messages([ServiceBusMessage(body) for body in ("completed", "deferred", "poison", "locked", "tried", "waiting")])
    completed, deferred, poison, _locked, tried = (receiver.receive_messages(1, max_wait_time=5)[0] for _ in range(5))
    receiver.complete_message(completed)
    receiver.defer_message(deferred)
    receiver.dead_letter_message(poison, reason="Poison")
    receiver.abandon_message(tried)
    in_session.send_messages(ServiceBusMessage("in session", session_id="s"))
    session.session.set_state(b"half")
    bus.stop(with_signal=signal.SIGKILL)

    bus = durable_bus(journal, SERVICE_BUS_CONFIG=str(ENTITIES))
    handlers = Handlers(lambda: bus.client("tcp"), threads)
    receiver, dead_letters, session, sender = handlers.open(
        handlers.receiver(QUEUE),
        handlers.receiver(QUEUE, sub_queue=ServiceBusSubQueue.DEAD_LETTER),
        handlers.receiver("contract-sessions", session_id="s"),
        handlers.sender(QUEUE),
    )
    back = [receiver.receive_messages(1, max_wait_time=5)[0] for _ in range(3)]
    assert [(str(message), message.delivery_count) for message in back] == [("locked", 0), ("tried", 1), ("waiting", 0)]
    [again] = receiver.receive_deferred_messages([deferred.sequence_number or 0])
    assert str(again) == "deferred"
    [dead] = dead_letters.receive_messages(1, max_wait_time=5)
    assert (str(dead), dead.dead_letter_reason) == ("poison", "Poison")
    assert bytes(session.session.get_state()) == b"half"
    assert str(session.receive_messages(1, max_wait_time=5)[0]) == "in session"
    sender.send_messages(ServiceBusMessage("next"))
    [following] = receiver.receive_messages(1, max_wait_time=5)
    assert following.sequence_number == 7
    handlers.close()
    assert bus.stop() == 0


class Load:
    """Senders and receivers that note what the bus has confirmed, for as long as it is there."""

    def __init__(self, bus: BusProcess, threads: ThreadPoolExecutor, numbers: "range") -> None:
        self.accepted: set[str] = set()
        self.completed: set[str] = set()
        self.in_doubt: set[str] = set()
        self.received: list[str] = []
        self.stop = threading.Event()
        self._numbers = iter(numbers)
        self._lock = threading.Lock()
        handlers = Handlers(lambda: bus.client("tcp"), threads)
        pairs = handlers.open(*(handlers.sender(QUEUE) for _ in range(2)), *(handlers.receiver(QUEUE, prefetch_count=5) for _ in range(2)))
        self._works = [threads.submit(self._send, pairs[0]), threads.submit(self._send, pairs[1])]
        self._works += [threads.submit(self._receive, pairs[2]), threads.submit(self._receive, pairs[3])]

    def _send(self, sender: ServiceBusSender) -> None:
        while not self.stop.is_set():
            with self._lock:
                body = str(next(self._numbers))
            try:
                sender.send_messages(ServiceBusMessage(body), timeout=2)
            except (ServiceBusError, OSError):
                # neither lost nor there has been promised
                self.in_doubt.add(body)
                return
            self.accepted.add(body)

    def _receive(self, receiver: ServiceBusReceiver) -> None:
        while not self.stop.is_set():
            try:
                for message in receiver.receive_messages(1, max_wait_time=0.2):
                    self.received.append(str(message))
                    self.in_doubt.add(str(message))
                    receiver.complete_message(message)
                    self.in_doubt.discard(str(message))
                    self.completed.add(str(message))
            except (ServiceBusError, OSError):
                return

    def wait_for(self, completed: int) -> None:
        deadline = time.monotonic() + 20
        while len(self.completed) < completed and time.monotonic() < deadline:
            self.stop.wait(0.01)

    def end(self) -> None:
        self.stop.set()
        for work in self._works:
            work.result(timeout=30)


def test_a_kill_under_load_loses_nothing_accepted_and_brings_nothing_completed_back(journal: Path) -> None:
    chance = random.Random(20261121)  # noqa: S311
    accepted: set[str] = set()
    completed: set[str] = set()
    in_doubt: set[str] = set()
    port = 0
    for kill in range(KILLS):
        bus = durable_bus(journal, port, LOCK_SECONDS="60")
        port = bus.port
        threads = ThreadPoolExecutor(16)
        load = Load(bus, threads, range(kill * 1_000_000, (kill + 1) * 1_000_000))
        load.wait_for(chance.randrange(1, 120))
        bus.stop(with_signal=signal.SIGKILL)
        load.end()
        threads.shutdown(wait=False)
        assert not completed & set(load.received), f"kill {kill}: completed messages came back"
        accepted |= load.accepted
        completed |= load.completed
        in_doubt |= load.in_doubt
    bus = durable_bus(journal, port)
    with bus.client("tcp") as client, client.get_queue_receiver(QUEUE, prefetch_count=50, keep_alive=0) as receiver:
        left: set[str] = set()
        while found := receiver.receive_messages(200, max_wait_time=1):
            for message in found:
                left.add(str(message))
                receiver.complete_message(message)
    assert bus.stop() == 0
    assert len(accepted) > KILLS
    assert not left & completed, "completed messages came back"
    assert not accepted - completed - left - in_doubt, "accepted messages are lost"
    # what was received without a confirmation of its end is either there or done, and never both accepted and lost
    assert left <= accepted | in_doubt


def test_a_record_that_was_cut_short_is_taken_off(journal: Path, threads: ThreadPoolExecutor) -> None:
    bus = durable_bus(journal)
    send(bus, "one", "two")
    bus.stop(with_signal=signal.SIGKILL)
    whole = journal.read_bytes()
    for kept in (len(whole) - 1, len(whole) - 40):
        journal.write_bytes(whole[:kept])
        bus = durable_bus(journal)
        assert bus.wait_for_line(r"the last record, at byte \d+, was cut short")
        assert bodies(bus) == ["one"]
        assert bus.stop() == 0


@pytest.mark.parametrize("broken", [1, 5, 9, 40])
def test_a_corrupt_record_is_reported_with_its_position_and_left_alone(journal: Path, broken: int) -> None:
    bus = durable_bus(journal)
    send(bus, "one", "two", "three")
    bus.stop(with_signal=signal.SIGKILL)
    content = bytearray(journal.read_bytes())
    # the first record is as long as its head says, after its three numbers
    second = 12 + struct.unpack_from(">I", content)[0]
    content[second + broken] ^= 0x40
    journal.write_bytes(content)
    ended = subprocess.run(
        [sys.executable, "-m", "environments.service_bus"],
        env=os.environ | {"SERVICE_BUS_KEY": KEY, "SERVICE_BUS_JOURNAL": str(journal)},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert ended.returncode == 3
    assert f"corrupt at byte {second}" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert journal.read_bytes() == content


def send(bus: BusProcess, *messages: str) -> None:
    with bus.client("tcp") as client, client.get_queue_sender(QUEUE, keep_alive=0) as sender:
        for body in messages:
            sender.send_messages(ServiceBusMessage(body))


def bodies(bus: BusProcess) -> list[str]:
    with bus.client("tcp") as client, client.get_queue_receiver(QUEUE, prefetch_count=1, keep_alive=0) as receiver:
        return [str(message) for message in receiver.peek_messages(10)]


def test_known_message_ids_are_back(journal: Path) -> None:
    bus = durable_bus(journal, SERVICE_BUS_CONFIG=str(ENTITIES))
    with bus.client("tcp") as client, client.get_queue_sender("contract-duplicates", keep_alive=0) as sender:
        sender.send_messages(ServiceBusMessage("first", message_id="1"))
    bus.stop(with_signal=signal.SIGKILL)
    bus = durable_bus(journal, SERVICE_BUS_CONFIG=str(ENTITIES))
    with (
        bus.client("tcp") as client,
        client.get_queue_sender("contract-duplicates", keep_alive=0) as sender,
        client.get_queue_receiver("contract-duplicates", prefetch_count=1, keep_alive=0) as receiver,
    ):
        sender.send_messages(ServiceBusMessage("again", message_id="1"))
        assert [str(message) for message in receiver.peek_messages(5)] == ["first"]
    assert bus.stop() == 0


def test_what_the_administration_client_has_made_and_removed_stays_so(journal: Path, tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"

    def start() -> tuple[BusProcess, ServiceBusAdministrationClient]:
        bus = durable_bus(journal, SERVICE_BUS_TLS_PORT="0", SERVICE_BUS_CA_FILE=str(authority))
        port = bus.wait_for_line(r"listening with TLS on 127\.0\.0\.1:(\d+)")[1]
        address = f"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName={KEY_NAME};SharedAccessKey={KEY}"
        return bus, ServiceBusAdministrationClient.from_connection_string(address, connection_verify=str(authority), retry_total=0)

    bus, client = start()
    rule = AuthorizationRule(type="SharedAccessAuthorizationRule", rights=[AccessRights.LISTEN], key_name="edge")
    client.create_queue("made", max_delivery_count=7, user_metadata="ours", authorization_rules=[rule], auto_delete_on_idle=HOUR)
    [key] = list(client.get_queue("made").authorization_rules or ())
    client.create_queue("disabled")
    disabled = client.get_queue("disabled")
    disabled.status = "Disabled"
    client.update_queue(disabled)
    client.create_queue("removed")
    client.create_topic("topic")
    client.create_subscription("topic", "one")
    client.create_rule("topic", "one", "large", filter=SqlRuleFilter("rows > 5"))
    client.delete_rule("topic", "one", "$Default")
    with bus.client("tcp") as sending:
        for queue in ("made", "removed"):
            with sending.get_queue_sender(queue, keep_alive=0) as sender:
                sender.send_messages(ServiceBusMessage("x"))
    client.delete_queue("removed")
    bus.stop(with_signal=signal.SIGKILL)
    for _ in range(2):
        # the second time from what the first one has written anew
        bus, client = start()
        made = client.get_queue("made")
        assert (made.max_delivery_count, made.user_metadata, made.auto_delete_on_idle) == (7, "ours", HOUR)
        assert [(found.key_name, found.primary_key) for found in made.authorization_rules or ()] == [("edge", key.primary_key)]
        assert client.get_queue("disabled").status == "Disabled"
        assert client.get_queue_runtime_properties("made").active_message_count == 1
        assert [rule.name for rule in client.list_rules("topic", "one")] == ["large"]
        with pytest.raises(ResourceNotFoundError):
            client.get_queue("removed")
        bus.stop(with_signal=signal.SIGKILL)


def test_a_journal_that_mostly_holds_what_is_gone_is_written_anew(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("environments.service_bus.journal.WORTH_COMPACTING", 10_000)

    class Taker:
        takes_for_good = True

        def wants_message(self) -> bool:
            return True

        def hand_over(self, message: Message, lock: Lock | None) -> None:
            assert lock is None

        def dismiss(self, refusal: Refusal) -> None:
            raise AssertionError("nobody removes it")

    async def run() -> None:
        first = Namespace(queues=("work",))
        written = Journal(journal, first)
        written.open()
        first.shared.journal = written
        queue, taker = first.queue("work"), Taker()
        for number in range(1000):
            queue.accept([Message(section(DATA, b"%d" % number))])
            if number == 5:
                # from now on what comes in goes out
                queue.consumers.add_consumer(taker)
                queue.deliver()
            if number == 990:
                queue.consumers.remove_consumer(taker)
            written.flush()
        assert journal.stat().st_size < 50_000
        written.close()
        second = Namespace(queues=("work",))
        Journal(journal, second).open()
        assert [message.sequence_number for message in second.queue("work").every_message()] == list(range(992, 1001))

    asyncio.run(run())
