"""What the edge's tests run on: a fork server, the Service Bus, an object store, and a stand-in for the backend."""

import json
import os
import queue
import secrets
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from environments.platforms.tracebloc.messaging.messages import DatasetTable, ScoreSubmission, TrainCycle, TrainingPlan
from environments.platforms.tracebloc.messaging.queues import QueueConsumer
from environments.processes.client import Process, Processes
from environments.processes.launch import RunningForkServer, basic_environment
from support.waiting import eventually
from tests.platforms.tracebloc.edge.stand_in import CLIENT_PASSWORD, StandInBackend

SERVICES = "environments.platforms.tracebloc"
PRELOADED = ("fastapi", "uvicorn", "pydantic_settings", "httpx", "tenacity", "azure.servicebus", "boto3", "sqlalchemy", "jsonschema")
BUCKET = "tracebloc"
BUS_KEY = "dGVzdA=="
Inbox = dict[str, "queue.SimpleQueue[dict[str, Any]]"]
S3 = Any
# the object store's, which is moto's
os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_bus(started: "Started", port: int | None = None) -> str:
    """Start a Service Bus; returns its connection string."""
    port = port or free_port()
    started.service("environments.service_bus", {"SERVICE_BUS_KEY": BUS_KEY, "SERVICE_BUS_PORT": str(port)})
    return connection_string(port)


def connection_string(port: int) -> str:
    """The connection string of a Service Bus on that port, whether it runs or not."""
    server = f"Endpoint=sb://127.0.0.1:{port}"
    return f"{server};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey={BUS_KEY};UseDevelopmentEmulator=true"


@dataclass
class Edge:
    """One secure environment to be: its credentials and folders."""

    folder: Path
    client_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    ingestion_token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    signing_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def shared_folder(self) -> Path:
        """What is /data/shared in a cluster."""
        return self.folder / "shared"

    def stage(self, table: str, rows: int = 30) -> Path:
        """A small CSV file in the staging folder of a table."""
        path = self.shared_folder / ".tracebloc-staging" / table / f"{table}.csv"
        path.parent.mkdir(parents=True)
        lines = [f"{number / 10},{rows - number},{'yes' if number % 3 else 'no'},{'ü' * (number % 4)}x" for number in range(rows)]
        path.write_text("\n".join(["width,age,label,city", *lines]) + "\n", encoding="utf-8")
        return path

    def ingest_config(self, table: str, csv: Path, intent: str = "train") -> dict[str, Any]:
        """An ingest.yaml for that file."""
        return {
            "apiVersion": "tracebloc.io/v1",
            "kind": "IngestConfig",
            "category": "tabular_classification",
            "table": table,
            "intent": intent,
            "csv": str(csv),
            "schema": {"width": "FLOAT", "age": "INT", "city": "VARCHAR(50)"},
            "label": "label",
        }


class Started:
    """Services of one test, started on the fork server and ended with it."""

    def __init__(self, processes: Processes, folder: Path) -> None:
        self.processes = processes
        self._folder = folder
        self.names: list[str] = []

    def service(self, module: str, environment: dict[str, str], wait: bool = True) -> Process:
        """Start a service; returns when it is ready, or at once."""
        name = f"{module}-{uuid.uuid4().hex[:6]}"
        ready = self._folder / f"{name}.ready"
        process = self.processes.start(
            name,
            module=module if "." in module else f"{SERVICES}.{module}",
            environment=basic_environment() | {"READY_FILE": str(ready)} | environment,
            folder=self._folder,
            log=self._folder / f"{name}.log",
        )
        self.names.append(name)
        if wait:
            eventually(f"{name} to be ready", lambda: ready.exists() or self._fail_if_ended(name), lambda is_ready: is_ready, within=30)
        return process

    def end(self, name: str) -> Process:
        """SIGTERM; returns when it has ended."""
        return self.processes.stop(name, grace_seconds=5)

    def end_all(self) -> None:
        """End whatever still runs."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda name: self.processes.stop(name, grace_seconds=1), self.names))

    def _fail_if_ended(self, name: str) -> bool:
        process = self.processes.find(name)
        if process is None or process.ended:
            raise AssertionError(f"{name} ended before it was ready:\n{process.log.read_text() if process else ''}")
        return False


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningForkServer]:
    """The fork server that runs pods."""
    server = _fork_server(tmp_path_factory.mktemp("node"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningForkServer]:
    """The fork server that runs services, some of which ask the other one for pods."""
    server = _fork_server(tmp_path_factory.mktemp("services"))
    yield server
    server.stop()


def _fork_server(folder: Path) -> RunningForkServer:
    server = RunningForkServer(folder / "run" / "fork.sock", folder / "server.log", run_id="edge-tests")
    server.processes.preload(PRELOADED)
    return server


@pytest.fixture(scope="session")
def bus(services: RunningForkServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Service Bus's connection string."""
    started = Started(services.processes, tmp_path_factory.mktemp("bus"))
    yield start_bus(started)
    started.end_all()


@pytest.fixture(scope="session")
def inbox(bus: str) -> Iterator[Inbox]:
    """What arrives in the queues."""
    arrived: Inbox = {name: queue.SimpleQueue() for name in ("results", "flops", "averaging")}
    consumers = [QueueConsumer(bus, name, lambda body, into=into: into.put(json.loads(body))) for name, into in arrived.items()]  # type: ignore[misc]
    for consumer in consumers:
        consumer.start()
    yield arrived
    for consumer in consumers:
        consumer.stop()


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The object store's URL; the bucket is there."""
    port = free_port()
    log = (tmp_path_factory.mktemp("object-store") / "log").open("wb")
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    eventually("the object store", lambda: httpx.put(f"{url}/{BUCKET}").status_code, lambda status: status == 200, within=30)
    yield url
    server.terminate()
    server.wait(5)
    log.close()


@pytest.fixture(scope="session")
def store(object_store: str) -> S3:
    """A client of the object store."""
    import boto3

    return boto3.client("s3", endpoint_url=object_store, region_name="us-east-1")


@pytest.fixture
def backend() -> Iterator[StandInBackend]:
    """A stand-in backend."""
    stand_in = StandInBackend()
    yield stand_in
    stand_in.stop()


@pytest.fixture
def backend_with_bus(bus: str) -> Iterator[StandInBackend]:
    """A stand-in backend whose login answers lead to the Service Bus."""
    stand_in = StandInBackend(bus)
    yield stand_in
    stand_in.stop()


@pytest.fixture
def started(services: RunningForkServer, tmp_path: Path) -> Iterator[Started]:
    """Starts services, and ends them after the test."""
    running = Started(services.processes, tmp_path)
    yield running
    running.end_all()


@pytest.fixture
def edge(tmp_path: Path) -> Edge:
    """A secure environment of this test's own."""
    return Edge(tmp_path)


@pytest.fixture
def login_variables(edge: Edge) -> Callable[[str], dict[str, str]]:
    """The variables with which any edge service logs in at a backend URL."""
    return lambda url: {"BACKEND_URL": url, "CLIENT_ID": edge.client_id, "CLIENT_PASSWORD": CLIENT_PASSWORD}


def train_cycle(experiment_key: str | None = None, **changes: Any) -> TrainCycle:
    """Work for a training pod."""
    values: dict[str, Any] = {
        "experiment_key": experiment_key or uuid.uuid4().hex[:24],
        "cycle": 1,
        "framework": "pytorch",
        "category": "tabular_classification",
        "model_key": "models/net/model.py",
        "dataset": _dataset("train"),
        "plan": TrainingPlan(
            epochs=2, batch_size=8, optimizer="sgd", learning_rate=0.1, loss_function="crossentropy", validation_split=0.2
        ),
        "participants": ["one"],
    }
    return TrainCycle(**(values | changes))


def score_submission(experiment_key: str | None = None, **changes: Any) -> ScoreSubmission:
    """Work for a scoring pod."""
    values: dict[str, Any] = {
        "experiment_key": experiment_key or uuid.uuid4().hex[:24],
        "cycle": 1,
        "framework": "sklearn",
        "category": "tabular_classification",
        "model_key": "models/net/model.py",
        "dataset": _dataset("test"),
        "submission_id": uuid.uuid4().hex[:24],
        "metric": "accuracy",
    }
    return ScoreSubmission(**(values | changes))


def _dataset(intent: str) -> DatasetTable:
    return DatasetTable(table="rows", ingestor_id="an-id", intent=intent, features=["a"], classes=["no", "yes"])  # type: ignore[arg-type]
