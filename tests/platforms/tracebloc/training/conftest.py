"""A training pod's surroundings: a requests proxy, a database with an ingested table, and a way to run the pod."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
import torch._dynamo  # noqa: F401 (else each pod imports it, with its first optimizer)
from sqlalchemy import create_engine, text

# imported here once, so that every pod and model process forked from this process has them
from environments.platforms.tracebloc.training import pod, pytorch, scikit_learn  # noqa: F401
from support.platforms.tracebloc.sample_data import datasets
from tests.platforms.tracebloc.training.requests_proxy_stand_in import TOKEN, RequestsProxyStandIn


@dataclass(frozen=True)
class EndedPod:
    """How a pod ended."""

    exit_code: int | None
    log: str


class RunPod(Protocol):
    """Runs a pod to its end, or until it is told to stop."""

    def __call__(self, stop_after: threading.Event | None = None, **environment: str) -> EndedPod: ...


@pytest.fixture
def requests_proxy() -> Iterator[RequestsProxyStandIn]:
    with RequestsProxyStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """A table as the ingestor leaves it: 80 training rows, 150 test rows, and rows of another ingestion."""
    url = f"sqlite:///{tmp_path / 'edge.db'}"
    columns = [*datasets.feature_names(), "label", "data_intent", "ingestor_id"]
    with create_engine(url).begin() as connection:
        kinds = ", ".join(f"{name} FLOAT" for name in datasets.feature_names())
        connection.execute(
            text(f"CREATE TABLE toys (id INTEGER PRIMARY KEY, label TEXT, data_intent TEXT, ingestor_id TEXT, data_id TEXT, {kinds})")
        )
        for count, seed, intent, run in ((80, 1, "train", "run-train"), (150, 2, "test", "run-test"), (9, 3, "train", "another")):
            rows = [{**row, "data_intent": intent, "ingestor_id": run} for row in datasets.toy_table(count, seed)]
            statement = f"INSERT INTO toys ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"  # noqa: S608
            connection.execute(text(statement), rows)
    return url


@pytest.fixture
def pod_environment(requests_proxy: RequestsProxyStandIn, database_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "REQUESTS_PROXY_URL": requests_proxy.url,
        "REQUESTS_PROXY_TOKEN": TOKEN,
        "DATABASE_URL": database_url,
        "EXPERIMENT_SCRATCH_PATH": str(tmp_path / "scratch"),
        "POD_NAME": "pod-1",
    }


@pytest.fixture
def run_pod(pod_environment: dict[str, str], tmp_path: Path) -> RunPod:
    """Runs the pod forked from this process, as the embedded substrate does."""
    log = tmp_path / "pod.log"

    def child(environment: dict[str, str]) -> None:
        os.setsid()
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        os.environ.clear()
        os.environ.update(environment)
        import sys

        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115 (pytest replaced it)
        pod.main()

    def run(stop_after: threading.Event | None = None, **environment: str) -> EndedPod:
        process = multiprocessing.get_context("fork").Process(target=child, args=({**pod_environment, **environment},))
        process.start()
        if stop_after is not None:
            assert stop_after.wait(10)
            process.terminate()
        process.join(30)
        return EndedPod(process.exitcode, log.read_text())

    return run
