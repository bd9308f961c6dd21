"""The averaging service as a process of its own, on the real Service Bus."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusSubQueue

from environments.platforms.tracebloc.messaging.messages import (
    AVERAGING_QUEUE,
    RESULTS_QUEUE,
    CycleAveraged,
    WeightsRefused,
    results_message,
)
from tests.platforms.tracebloc.averaging.conftest import Cycle
from tests.service_bus.bus import BusProcess, running_bus

SECONDS = 20


@pytest.fixture(scope="module")
def bus() -> Iterator[BusProcess]:
    with running_bus() as process:
        yield process


class Service:
    """`python -m environments.platforms.tracebloc.averaging_service`, and the lines it logs."""

    def __init__(self, bus: BusProcess, cycle: Cycle, ready_file: Path) -> None:
        environment = os.environ | {"SERVICE_BUS_CONNECTION_STRING": bus.connection_string(), "OBJECT_STORE_URL": cycle.url}
        command = [sys.executable, "-m", "environments.platforms.tracebloc.averaging_service"]
        environment["READY_FILE"] = str(ready_file)
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def wait_for_line(self, words: str) -> None:
        """Read its log up to a line with these words; its end, or 20 seconds, fail the test."""
        watchdog = threading.Timer(SECONDS, self.process.kill)
        watchdog.start()
        assert self.process.stderr is not None
        lines = []
        for line in self.process.stderr:
            lines.append(line)
            if words in line:
                watchdog.cancel()
                return
        pytest.fail(f"no line {words!r} in {''.join(lines)}")

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """The exit code."""
        self.process.send_signal(with_signal)
        self.process.communicate(timeout=SECONDS)
        return self.process.returncode


@contextmanager
def running(bus: BusProcess, cycle: Cycle, ready_file: Path) -> Iterator[Service]:
    service = Service(bus, cycle, ready_file)
    try:
        service.wait_for_line("ready")
        yield service
    finally:
        service.process.kill()
        service.process.communicate()


def send(bus: BusProcess, body: str) -> None:
    with bus.client("tcp") as client, client.get_queue_sender(AVERAGING_QUEUE, keep_alive=0) as sender:
        sender.send_messages(ServiceBusMessage(body))


def received(bus: BusProcess, queue: str = RESULTS_QUEUE, sub_queue: ServiceBusSubQueue | None = None) -> str:
    with (
        bus.client("tcp") as client,
        client.get_queue_receiver(queue, sub_queue=sub_queue, max_wait_time=SECONDS, keep_alive=0, socket_timeout=0.02) as receiver,
    ):
        message = next(receiver)
        receiver.complete_message(message)
        return str(message)


def test_a_service_killed_in_the_middle_of_a_round_is_followed_by_one_that_ends_it(bus: BusProcess, cycle: Cycle, tmp_path: Path) -> None:
    with running(bus, cycle, tmp_path / "first") as service:
        assert (tmp_path / "first").exists()
        send(bus, cycle.upload("edge-1", 30, 1.0, 2.0))
        service.wait_for_line("waits for the weights of edge-2")
        service.stop(signal.SIGKILL)
    send(bus, cycle.upload("edge-2", 10, 5.0, -2.0))
    with running(bus, cycle, tmp_path / "second") as service:
        averaged = results_message.validate_json(received(bus))
        assert isinstance(averaged, CycleAveraged)
        assert averaged.rows == {"edge-1": 30, "edge-2": 10}
        assert cycle.averaged() == [2.0, 1.0]
        assert service.stop() == 0


def test_refused_weights_are_told_and_their_message_is_put_aside(bus: BusProcess, cycle: Cycle, tmp_path: Path) -> None:
    with running(bus, cycle, tmp_path / "ready"):
        body = cycle.upload("edge-1", 30, float("inf"))
        send(bus, body)
        refused = results_message.validate_json(received(bus))
        assert isinstance(refused, WeightsRefused)
        assert refused.reason == "tensor w holds NaN or infinity"
        assert received(bus, AVERAGING_QUEUE, ServiceBusSubQueue.DEAD_LETTER) == body


def test_a_missing_variable_ends_it_with_exit_code_2() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SERVICE_BUS_CONNECTION_STRING"}
    command = [sys.executable, "-m", "environments.platforms.tracebloc.averaging_service"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert ended.returncode == 2
    assert "SERVICE_BUS_CONNECTION_STRING" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
