"""Measures the service bus against its bars: `python -m benchmarks.bus [part ...]`; without parts all of them.

Each bus is a process of its own on a free port, driven by the unmodified SDK in this process.
`memory` and `flat` put messages in from the raw protocol, since the SDK is the slower one by far.
`rabbitmq` is there for scale; it needs Debian's `rabbitmq-server` and the package `pika`.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psutil
from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusReceiver
from azure.servicebus.exceptions import MessageLockLostError

from benchmarks.raw_client import RawClient

KEY = "YmVuY2htYXJrcw=="
BODY = b"x" * 500
MEBIBYTE = 1 << 20
QUEUE = "results"


class Bus:
    """One bus process."""

    def __init__(self, **variables: str) -> None:
        environment = os.environ | {"SERVICE_BUS_KEY": KEY} | variables
        # compiled once, as it is wherever it is installed
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "environments.service_bus"]
        started = time.perf_counter()
        self._process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        lines: Iterable[str] = self._process.stderr or ()
        line = next(line for line in lines if "listening on" in line)
        self.seconds_to_ready = time.perf_counter() - started
        self.port = int(line.rpartition(":")[2])
        self.process = psutil.Process(self._process.pid)
        threading.Thread(target=lambda: list(lines), daemon=True).start()

    @property
    def connection_string(self) -> str:
        return (
            f"Endpoint=sb://127.0.0.1:{self.port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey={KEY};"
            "UseDevelopmentEmulator=true"
        )

    def client(self) -> ServiceBusClient:
        return ServiceBusClient.from_connection_string(self.connection_string)

    def cpu_seconds(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        return float(self.process.memory_info().rss) / MEBIBYTE

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=60)


@contextmanager
def running(**variables: str) -> Iterator[Bus]:
    bus = Bus(**variables)
    try:
        yield bus
    finally:
        bus.stop()


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure_start() -> dict[str, Any]:
    """Process ready and idle memory, of ten starts."""
    seconds, idle = [], []
    for _ in range(10):
        with running() as bus:
            seconds.append(bus.seconds_to_ready * 1000)
            idle.append(bus.memory())
    return {"ready_ms_median": statistics.median(seconds), "ready_ms_worst": max(seconds), "idle_mib": max(idle)}


def rate(bus: Bus, count: int, work: Callable[[], None]) -> dict[str, float]:
    """Messages a second, and how much of a core the bus used."""
    cpu, started = bus.cpu_seconds(), time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    return {"per_second": count / seconds, "bus_cores": (bus.cpu_seconds() - cpu) / seconds}


def measure_throughput(**variables: str) -> dict[str, Any]:
    """Sends one by one and in batches of 100, receive and complete one by one."""
    singles, batches = 6000, 300
    with running(**variables) as bus, bus.client() as client, client.get_queue_sender(QUEUE, keep_alive=0) as sender:

        def send_singles() -> None:
            for _ in range(singles):
                sender.send_messages(ServiceBusMessage(BODY))

        def send_batches() -> None:
            for _ in range(batches):
                sender.send_messages([ServiceBusMessage(BODY) for _ in range(100)])

        send_singles_rate = rate(bus, singles, send_singles)
        batch_rate = rate(bus, batches * 100, send_batches)
        with client.get_queue_receiver(QUEUE, prefetch_count=100, keep_alive=0) as receiver:

            def receive() -> None:
                for _ in range(singles):
                    [message] = receiver.receive_messages(1, max_wait_time=5)
                    receiver.complete_message(message)

            receive_rate = rate(bus, singles, receive)
    return {"send": send_singles_rate, "send_batches_of_100": batch_rate, "receive_and_complete": receive_rate}


def measure_latency() -> dict[str, Any]:
    """End to end at 100 messages a second for 20 seconds."""
    count = 2000
    found: list[float] = []
    with (
        running() as bus,
        bus.client() as client,
        client.get_queue_sender(QUEUE, keep_alive=0) as sender,
        client.get_queue_receiver(QUEUE, prefetch_count=50, keep_alive=0, socket_timeout=0.02) as receiver,
    ):
        pace = threading.Event()

        def send() -> None:
            started = time.perf_counter()
            for number in range(count):
                pace.wait(max(0.0, started + number / 100 - time.perf_counter()))
                sender.send_messages(ServiceBusMessage(repr(time.perf_counter())))

        thread = threading.Thread(target=send)
        thread.start()
        while len(found) < count:
            for message in receiver.receive_messages(1, max_wait_time=5):
                found.append((time.perf_counter() - float(str(message))) * 1000)
                receiver.complete_message(message)
        thread.join()
    return {"p50_ms": percentile(found, 0.5), "p99_ms": percentile(found, 0.99), "worst_ms": max(found)}


def measure_competing() -> dict[str, Any]:
    """1,000 messages, 6 consumers that take more ahead than they can do, locks of 0.2 s: each completed exactly once."""
    count, completed, lost = 1000, Counter[str](), Counter[str]()
    done = threading.Event()
    with running(LOCK_SECONDS="0.2", MAX_DELIVERY_COUNT="1000") as bus, bus.client() as client, ThreadPoolExecutor(6) as threads:
        with client.get_queue_sender(QUEUE, keep_alive=0) as sender:
            for first in range(0, count, 100):
                sender.send_messages([ServiceBusMessage(f"{number}") for number in range(first, first + 100)])
        receivers = [client.get_queue_receiver(QUEUE, prefetch_count=100, keep_alive=0, socket_timeout=0.02) for _ in range(6)]

        def work(receiver: ServiceBusReceiver) -> None:
            with receiver:
                while not done.is_set():
                    for message in receiver.receive_messages(1, max_wait_time=0.2):
                        # as long as work takes: the locks of what was taken ahead run out meanwhile
                        done.wait(0.005)
                        try:
                            receiver.complete_message(message)
                        except MessageLockLostError:
                            lost["lost"] += 1
                            continue
                        completed[str(message)] += 1
                        if len(completed) == count:
                            done.set()

        for worker in [threads.submit(work, receiver) for receiver in receivers]:
            worker.result(timeout=120)
    return {"completed": len(completed), "more_than_once": sum(n > 1 for n in completed.values()), "refused_as_lock_lost": lost["lost"]}


def measure_memory() -> dict[str, Any]:
    """A million messages of 500 bytes, sent as the SDK encodes them, and the time a round trip takes with few and with many."""
    found: dict[str, Any] = {}
    with running(SERVICE_BUS_MEMORY_MIB="4096") as bus:
        raw = RawClient("127.0.0.1", bus.port, KEY, QUEUE)
        queued = 0
        for wanted in (1_000, 10_000, 100_000, 1_000_000):
            cpu, added = bus.cpu_seconds(), wanted - queued
            raw.send_batches(BODY, added)
            send_cost = (bus.cpu_seconds() - cpu) / added * 1e6
            queued = wanted
            costs = [round_trips(bus, raw) for _ in range(8)]
            found[f"{wanted}"] = {
                "bus_cpu_us_per_batched_send": send_cost,
                # the least disturbed one: the machine is not ours alone
                "bus_cpu_us_per_send_receive_complete": min(costs),
                "memory_mib": bus.memory(),
            }
        raw.close()
    few, many = (found[f"{number}"]["bus_cpu_us_per_send_receive_complete"] for number in (1_000, 1_000_000))
    return found | {"cost_at_1000000_against_1000": many / few}


def round_trips(bus: Bus, raw: RawClient) -> float:
    """Microseconds of the bus's processor for one message in, out and completed."""
    count, cpu = 3000, bus.cpu_seconds()
    raw.send_singles(BODY, count)
    raw.receive_and_complete(count)
    return (bus.cpu_seconds() - cpu) / count * 1e6


def measure_rabbitmq() -> dict[str, Any]:
    """The same through RabbitMQ with its own client, for scale: publisher confirms, and an acknowledgement each."""
    from benchmarks.rabbitmq import measure

    return measure(BODY)


def with_journal() -> dict[str, Any]:
    """The throughput with everything written to a file first."""
    with tempfile.TemporaryDirectory(prefix="bus-benchmark-") as folder:
        return measure_throughput(SERVICE_BUS_JOURNAL=f"{folder}/journal")


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "start": measure_start,
    "throughput": measure_throughput,
    "throughput_with_journal": with_journal,
    "latency": measure_latency,
    "competing": measure_competing,
    "memory": measure_memory,
    "rabbitmq": measure_rabbitmq,
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("parts", nargs="*", help="what to measure")
    wanted = arguments.parse_args().parts or list(PARTS)
    machine = (
        f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )
    print(json.dumps({"machine": machine, "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")}))
    for part in wanted:
        figures = json.loads(json.dumps(PARTS[part]()), parse_float=lambda text: round(float(text), 3))
        print(json.dumps({part: figures}), flush=True)


if __name__ == "__main__":
    main()
