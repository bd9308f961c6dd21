"""What the contract suite talks to: our bus, or whatever SERVICE_BUS_CONTRACT is the connection string of.

- not set: our bus, started for the run with `entities.json`
- with `UseDevelopmentEmulator=true`: Microsoft's emulator, started by you with the same `entities.json` as its Config.json (TCP only)
- anything else: a real namespace (standard tier); the entities of `entities.json` are made there if they are missing
"""

import json
import os
import ssl
import urllib.request
from pathlib import Path
from typing import Any

from azure.servicebus import ServiceBusClient, ServiceBusReceiveMode, TransportType

from tests.service_bus.bus import CONTROL_HEADERS, BusProcess

VARIABLE = "SERVICE_BUS_CONTRACT"
ENTITIES = Path(__file__).with_name("entities.json")

# seconds; the shortest lock of the real service is five
SHORT_LOCK_ELSEWHERE, SHORT_LOCK_HERE = 5.0, 0.5
# the SDK's renewer needs more than a second to begin
RENEWED_LOCK_ELSEWHERE, RENEWED_LOCK_HERE = 10.0, 1.8


class Target:
    """One bus of whichever make."""

    def __init__(self, connection_string: str | None, folder: Path) -> None:
        self.process: BusProcess | None = None
        self._connection_string = connection_string or ""
        if connection_string is None:
            self._start(folder)
        elif not self.is_emulator:
            make_entities(connection_string)

    @property
    def is_ours(self) -> bool:
        return self.process is not None

    @property
    def is_emulator(self) -> bool:
        return not self.is_ours and "UseDevelopmentEmulator=true" in self._connection_string

    @property
    def short_lock(self) -> float:
        return SHORT_LOCK_HERE if self.is_ours else SHORT_LOCK_ELSEWHERE

    @property
    def renewed_lock(self) -> float:
        return RENEWED_LOCK_HERE if self.is_ours else RENEWED_LOCK_ELSEWHERE

    def _start(self, folder: Path) -> None:
        declared = folder / "entities.json"
        shortened = ENTITIES.read_text().replace("PT5S", f"PT{SHORT_LOCK_HERE}S").replace("PT10S", f"PT{RENEWED_LOCK_HERE}S")
        declared.write_text(shortened)
        self.authority = folder / "authority.pem"
        self.process = BusProcess(
            SERVICE_BUS_CONFIG=str(declared),
            SERVICE_BUS_TLS_PORT="0",
            SERVICE_BUS_CA_FILE=str(self.authority),
            SERVICE_BUS_CONTROL_PORT="0",
            MAX_DELIVERY_COUNT="3",
            SERVICE_BUS_SHORTEST_IDLE_SECONDS="1",
        )
        self._control = int(self.process.wait_for_line(r"control port on 127\.0\.0\.1:(\d+)")[1])
        self.tls_port = int(self.process.wait_for_line(r"listening with TLS on 127\.0\.0\.1:(\d+)")[1])

    def client_options(self, transport: str) -> dict[str, Any]:
        options: dict[str, Any] = {"retry_total": 0}
        if transport == "wss":
            options["transport_type"] = TransportType.AmqpOverWebsocket
        if self.process is None:
            return options | {"conn_str": self._connection_string}
        if transport == "tcp":
            return options | {"conn_str": self.process.connection_string()}
        secure = self.process.connection_string().replace(";UseDevelopmentEmulator=true", "")
        secure = secure.replace(f":{self.process.port};", f":{self.tls_port};")
        options |= {"custom_endpoint_address": f"sb://127.0.0.1:{self.tls_port}", "ssl_context": self.trusting()}
        return options | {"conn_str": secure}

    def control(self, method: str, path: str) -> None:
        request = urllib.request.Request(f"http://127.0.0.1:{self._control}{path}", headers=CONTROL_HEADERS, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            assert answer.status == 200

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def client(self, transport: str, **options: Any) -> ServiceBusClient:
        return ServiceBusClient.from_connection_string(**(self.client_options(transport) | options))

    def stop(self) -> None:
        if self.process is not None:
            assert self.process.stop() == 0


def make_entities(connection_string: str) -> None:
    """Make what is missing in a real namespace."""
    from azure.servicebus.management import CorrelationRuleFilter, ServiceBusAdministrationClient, SqlRuleFilter

    [declared] = json.loads(ENTITIES.read_text())["UserConfig"]["Namespaces"]
    with ServiceBusAdministrationClient.from_connection_string(connection_string) as client:
        queues = {queue.name for queue in client.list_queues()}
        for queue in declared["Queues"]:
            if queue["Name"] not in queues:
                client.create_queue(queue["Name"], **keywords(queue["Properties"]))
        topics = {topic.name for topic in client.list_topics()}
        for topic in declared["Topics"]:
            if topic["Name"] in topics:
                continue
            client.create_topic(topic["Name"], **keywords(topic["Properties"]))
            for subscription in topic["Subscriptions"]:
                names = topic["Name"], subscription["Name"]
                client.create_subscription(*names, **keywords(subscription["Properties"]))
                for rule in subscription.get("Rules", []):
                    client.delete_rule(*names, "$Default")
                    if sql := rule["Properties"].get("SqlFilter"):
                        client.create_rule(*names, rule["Name"], filter=SqlRuleFilter(sql["SqlExpression"]))
                        continue
                    found = rule["Properties"]["CorrelationFilter"]
                    condition = CorrelationRuleFilter(label=found["Label"], properties=found["Properties"])
                    client.create_rule(*names, rule["Name"], filter=condition)


def keywords(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties of the file as arguments of the administration client: `LockDuration` is `lock_duration` there."""

    def snake(name: str) -> str:
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")

    return {snake(name): value for name, value in properties.items()}


def target_from_environment(folder: Path) -> Target:
    return Target(os.environ.get(VARIABLE) or None, folder)


def emptied(target: Target, name: str) -> str:
    """The name of the queue, with nothing waiting in it."""
    with (
        target.client("tcp") as client,
        client.get_queue_receiver(name, receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE, keep_alive=0, prefetch_count=1) as receiver,
    ):
        while receiver.receive_messages(100, max_wait_time=0.3 if target.is_ours else 2):
            pass
    return name
