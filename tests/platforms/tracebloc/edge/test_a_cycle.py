"""One cycle on one secure environment, with every service and the real training pod: data in, weights, metrics and a score out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from environments.platforms.tracebloc.launchers.process import ProcessLauncher
from environments.platforms.tracebloc.messaging.messages import DatasetTable, ScoreSubmission, TrainCycle, experiments_queue
from environments.platforms.tracebloc.messaging.queues import QueueSender
from environments.processes.launch import RunningForkServer
from support.platforms.tracebloc.sample_data.datasets import LABEL_COLUMN, class_names, feature_names, write_csv
from support.waiting import eventually
from tests.platforms.tracebloc.edge.conftest import BUCKET, S3, Edge, Inbox, Started, free_port, score_submission, train_cycle
from tests.platforms.tracebloc.edge.stand_in import StandInBackend
from tests.platforms.tracebloc.training.work import LOGISTIC_REGRESSION

POD_SECONDS = 120.0
"""For a training pod to say something: it loads its frameworks first, which takes a busy machine long."""


@dataclass
class Installed:
    """An installed secure environment."""

    edge: Edge
    backend: StandInBackend
    jobs_manager_url: str
    launcher: ProcessLauncher

    def ingest(self, intent: str, rows: int) -> DatasetTable:
        """Ingest a toy table."""
        table = f"toys_{intent}"
        csv = self.edge.shared_folder / ".tracebloc-staging" / table / "toys.csv"
        csv.parent.mkdir(parents=True)
        write_csv(csv, rows=rows, seed=len(intent))
        config = self.edge.ingest_config(table, csv, intent) | {"schema": dict.fromkeys(feature_names(), "FLOAT"), "label": LABEL_COLUMN}
        headers = {"Authorization": f"Bearer {self.edge.ingestion_token}"}
        body = {"ingest_config": config, "idempotency_key": table}
        httpx.post(f"{self.jobs_manager_url}/internal/submit-ingestion-run", json=body, headers=headers, timeout=20).raise_for_status()
        (summary,) = eventually("the summary", lambda: self.backend.taken(f"/global_meta/summary/{table}/"), lambda taken: len(taken) == 1)
        return DatasetTable(
            table=table, ingestor_id=summary["ingestor_id"], intent=intent, features=feature_names(), classes=class_names()  # type: ignore[arg-type]
        )  # fmt: skip

    def logs(self) -> str:
        """What all pods wrote."""
        pods = self.launcher.list_pods({"tracebloc.io/client-id": self.edge.client_id})
        return "\n".join(self.launcher.pod_log(pod.name) for pod in pods)


@pytest.fixture
def installed(
    started: Started,
    node: RunningForkServer,
    backend_with_bus: StandInBackend,
    object_store: str,
    edge: Edge,
    login_variables: Callable[[str], dict[str, str]],
) -> Iterator[Installed]:
    node.processes.preload(["numpy", "safetensors.numpy", "sklearn.linear_model"])
    login = login_variables(backend_with_bus.url)
    launcher = {
        "NODE_SOCKET": str(node.processes.socket_path),
        "NODE_KEY": node.processes.key.hex(),
        "PODS_FOLDER": str(edge.folder / "pods"),
    }
    signing = {"POD_TOKEN_SIGNING_SECRET": edge.signing_secret}
    storage = {"OBJECT_STORE_URL": object_store, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    port, proxy_port = free_port(), free_port()
    edge.shared_folder.mkdir()
    started.service("requests_proxy", login | signing | storage | {"HTTP_PORT": str(proxy_port)})
    started.service("pods_monitor", login | launcher)
    variables = {
        "HTTP_PORT": str(port),
        "CLIENT_ENV": "dev",
        "INGESTION_TOKEN": edge.ingestion_token,
        "REQUESTS_PROXY_URL": f"http://127.0.0.1:{proxy_port}",
        "DATABASE_URL": f"sqlite:///{edge.folder}/edge.sqlite",
        "SHARED_FOLDER": str(edge.shared_folder),
        "SHARED_MOUNT": str(edge.shared_folder),
    }
    started.service("jobs_manager", login | signing | launcher | variables)
    process_launcher = ProcessLauncher(node.processes, edge.folder / "pods")
    yield Installed(edge, backend_with_bus, f"http://127.0.0.1:{port}", process_launcher)
    for pod in process_launcher.list_pods({"tracebloc.io/client-id": edge.client_id}):
        process_launcher.delete_job(pod.name)


@pytest.fixture
def send(bus: str, edge: Edge) -> Iterator[Callable[[TrainCycle | ScoreSubmission], None]]:
    """Sends work, as the backend does."""
    sender = QueueSender(bus, experiments_queue(edge.client_id))
    yield lambda work: sender.send(work, work.experiment_key + work.kind)
    sender.close()


def test_a_cycle_is_trained_and_scored(
    installed: Installed, send: Callable[[TrainCycle | ScoreSubmission], None], inbox: Inbox, store: S3
) -> None:
    client_id = installed.edge.client_id
    store.put_object(Bucket=BUCKET, Key="models/toy/model.py", Body=LOGISTIC_REGRESSION)
    common: dict[str, Any] = {"framework": "sklearn", "model_key": "models/toy/model.py"}
    work = train_cycle(dataset=installed.ingest("train", 100), participants=[client_id], **common)
    send(work)
    trained = inbox["averaging"].get(timeout=POD_SECONDS)
    assert (trained["experiment_key"], trained["client_id"], trained["rows"]) == (work.experiment_key, client_id, 80)
    assert inbox["flops"].get(timeout=5)["flops"] > 0
    epoch = inbox["results"].get(timeout=5)
    assert (epoch["kind"], epoch["experiment_key"]) == ("epoch_finished", work.experiment_key)
    test_rows = installed.ingest("test", 60)
    send(score_submission(work.experiment_key, dataset=test_rows, weights_key=trained["weights_key"], **common))
    messages = iter(lambda: inbox["results"].get(timeout=POD_SECONDS), None)
    scored = next(message for message in messages if message["kind"] == "submission_scored")
    assert scored["rows"] == 60
    assert scored["score"] > 0.7
    reports = eventually("all reports", lambda: installed.backend.taken("/edge-device/pods/"), lambda taken: len(taken) >= 4)
    assert [(report["kind"], report["phase"]) for report in reports] == [
        ("train", "Running"),
        ("train", "Succeeded"),
        ("score", "Running"),
        ("score", "Succeeded"),
    ], installed.logs()
    assert installed.edge.signing_secret not in installed.logs()
