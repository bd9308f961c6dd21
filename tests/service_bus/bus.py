"""A service bus in a process of its own, and handlers of the unmodified SDK on it."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from azure.servicebus import ServiceBusClient, ServiceBusReceiver, ServiceBusSender, TransportType

KEY_NAME, KEY = "RootManageSharedAccessKey", "dGhlIGtleSBvZiB0aGUgdGVzdHM="
TRANSPORTS = ("tcp", "websocket")
# what opens the control port
CONTROL_HEADERS = {"Authorization": f"Bearer {KEY}"}


class BusProcess:
    """`python -m environments.service_bus`, and the lines it logs."""

    def __init__(self, port: int = 0, **variables: str) -> None:
        environment = (
            os.environ | {"SERVICE_BUS_KEY": KEY, "SERVICE_BUS_PORT": str(port), "SERVICE_BUS_QUEUES_ON_DEMAND": "test-*"} | variables
        )
        command = [sys.executable, "-m", "environments.service_bus"]
        self._process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        self._lines: list[str] = []
        self._grown = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = int(self.wait_for_line(r"listening on 127\.0\.0\.1:(\d+)")[1])

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            with self._grown:
                self._lines.append(line)
                self._grown.notify_all()

    @property
    def process_id(self) -> int:
        return self._process.pid

    def lines(self) -> list[str]:
        with self._grown:
            return list(self._lines)

    def wait_for_line(self, pattern: str, after: int = 0) -> re.Match[str]:
        """The first line, after that many, that matches; fails after 10 seconds."""

        def match() -> re.Match[str] | None:
            return next(filter(None, (re.search(pattern, line) for line in self._lines[after:])), None)

        with self._grown:
            assert self._grown.wait_for(match, timeout=10), f"no line {pattern!r} in {self._lines}"
            found = match()
            assert found
            return found

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """The exit code."""
        self._process.send_signal(with_signal)
        code = self._process.wait(timeout=5)
        self._reader.join(timeout=5)
        assert self._process.stderr is not None
        self._process.stderr.close()
        return code

    def connection_string(self, key: str = KEY) -> str:
        return f"Endpoint=sb://127.0.0.1:{self.port};SharedAccessKeyName={KEY_NAME};SharedAccessKey={key};UseDevelopmentEmulator=true"

    def client(self, transport: str, connection_string: str | None = None, **options: Any) -> ServiceBusClient:
        if transport == "websocket":
            options |= {"transport_type": TransportType.AmqpOverWebsocket, "custom_endpoint_address": f"sb://127.0.0.1:{self.port}"}
        return ServiceBusClient.from_connection_string(connection_string or self.connection_string(), **({"retry_total": 0} | options))


@contextmanager
def running_bus(lock_seconds: float = 30, max_delivery_count: int = 10) -> Iterator[BusProcess]:
    bus = BusProcess(LOCK_SECONDS=str(lock_seconds), MAX_DELIVERY_COUNT=str(max_delivery_count))
    try:
        yield bus
    finally:
        assert bus.stop() == 0


class Handlers:
    """Senders and receivers on one transport; closed in the background, since the SDK takes a second for it."""

    def __init__(self, connect: Callable[[], ServiceBusClient], background: ThreadPoolExecutor) -> None:
        self._background = background
        self.client = connect()
        self._opened: list[ServiceBusSender | ServiceBusReceiver] = []

    def sender(self, queue: str) -> ServiceBusSender:
        return self.client.get_queue_sender(queue, keep_alive=0)

    def receiver(self, queue: str, **options: Any) -> ServiceBusReceiver:
        return self.client.get_queue_receiver(queue, socket_timeout=0.02, **options)

    def subscriber(self, topic: str, subscription: str, **options: Any) -> ServiceBusReceiver:
        return self.client.get_subscription_receiver(topic, subscription, socket_timeout=0.02, **options)

    def open(self, *handlers: ServiceBusSender | ServiceBusReceiver) -> list[Any]:
        """The same handlers, opened all at once."""
        self._opened.extend(handlers)
        return list(self._background.map(lambda handler: handler.__enter__(), handlers))

    def pair(self, queue: str, **options: Any) -> tuple[ServiceBusSender, ServiceBusReceiver]:
        """An open sender and an open receiver."""
        sender, receiver = self.open(self.sender(queue), self.receiver(queue, **options))
        return sender, receiver

    def in_background(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self._background.submit(function, *arguments)

    def close(self) -> None:
        for handler in self._opened:
            self._background.submit(handler.close)
