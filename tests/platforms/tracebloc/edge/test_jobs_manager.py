"""Work from the queue and ingestion runs from the command line become Jobs, each once."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from hamcrest import contains_string, has_length, has_value

from environments.platforms.tracebloc.common.outages import Unavailable
from environments.platforms.tracebloc.edge.pod_token import verify
from environments.platforms.tracebloc.jobs_manager.ingestion import ingestor_command, ingestor_environment
from environments.platforms.tracebloc.jobs_manager.manifests import job_name
from environments.platforms.tracebloc.jobs_manager.work import WorkStarter
from environments.platforms.tracebloc.launchers.launcher import LauncherUnavailable
from environments.platforms.tracebloc.launchers.process import ProcessLauncher
from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, StopTraining, TrainCycle, experiments_queue
from environments.platforms.tracebloc.messaging.queues import QueueSender
from environments.processes.client import Process
from environments.processes.launch import RunningForkServer
from support.waiting import eventually
from tests.platforms.tracebloc.edge.conftest import Edge, Started, connection_string, free_port, score_submission, start_bus, train_cycle
from tests.platforms.tracebloc.edge.stand_in import StandInBackend
from tests.platforms.tracebloc.edge.test_manifests import environment_of, settings

Variables = Callable[[str], dict[str, str]]


@dataclass
class Running:
    """A running jobs-manager and what belongs to it."""

    edge: Edge
    url: str
    launcher: ProcessLauncher
    node: RunningForkServer
    pods_folder: Path
    process: Process

    def submit(self, config: dict[str, Any], key: str, token: str | None = None) -> httpx.Response:
        """Ask for an ingestion run."""
        headers = {"Authorization": f"Bearer {token or self.edge.ingestion_token}"}
        body = {"ingest_config": config, "idempotency_key": key}
        return httpx.post(f"{self.url}/internal/submit-ingestion-run", json=body, headers=headers, timeout=20)

    def log(self) -> str:
        """What the jobs-manager wrote."""
        return self.process.log.read_text()

    def phases(self) -> dict[str, str]:
        """The phase of each of this edge's pods."""
        return {pod.name: pod.phase for pod in self.launcher.list_pods({"tracebloc.io/client-id": self.edge.client_id})}

    def pods(self, **labels: str) -> list[str]:
        """Names of this edge's pods."""
        selector = {"tracebloc.io/client-id": self.edge.client_id} | {f"tracebloc.io/{name}": value for name, value in labels.items()}
        return [pod.name for pod in self.launcher.list_pods(selector)]


@pytest.fixture
def start(
    started: Started, node: RunningForkServer, edge: Edge, login_variables: Variables
) -> Iterator[Callable[[StandInBackend], Running]]:
    """Starts a jobs-manager that logs in at a backend; it is ready then, and what it made is gone after the test."""
    made: list[Running] = []

    def start_one(backend: StandInBackend) -> Running:
        port, pods = free_port(), edge.folder / "pods"
        edge.shared_folder.mkdir()
        variables = login_variables(backend.url) | {
            "HTTP_PORT": str(port),
            "CLIENT_ENV": "dev",
            "INGESTION_TOKEN": edge.ingestion_token,
            "POD_TOKEN_SIGNING_SECRET": edge.signing_secret,
            "REQUESTS_PROXY_URL": "http://127.0.0.1:1",
            "DATABASE_URL": f"sqlite:///{edge.folder}/edge.sqlite",
            "SHARED_FOLDER": str(edge.shared_folder),
            "SHARED_MOUNT": str(edge.shared_folder),
            "NODE_SOCKET": str(node.processes.socket_path),
            "NODE_KEY": node.processes.key.hex(),
            "PODS_FOLDER": str(pods),
            "INGESTOR": "reference",
        }
        process = started.service("jobs_manager", variables)
        made.append(Running(edge, f"http://127.0.0.1:{port}", ProcessLauncher(node.processes, pods), node, pods, process))
        return made[-1]

    yield start_one
    for one in made:
        for name in one.pods():
            one.launcher.delete_job(name)


@pytest.fixture
def running(start: Callable[[StandInBackend], Running], backend_with_bus: StandInBackend) -> Running:
    return start(backend_with_bus)


@pytest.fixture
def send(bus: str, edge: Edge) -> Iterator[Callable[[TrainCycle | ScoreSubmission], None]]:
    """Sends work, as the backend does."""
    sender = QueueSender(bus, experiments_queue(edge.client_id))
    yield lambda work: sender.send(work, uuid.uuid4().hex)
    sender.close()


def test_work_becomes_one_job_however_often_its_message_comes(running: Running, send: Callable[[Any], None]) -> None:
    work = train_cycle()
    for message in (work, work, score_submission(work.experiment_key), work, work.model_copy(update={"attempt": 2})):
        send(message)
    names = eventually("three pods", lambda: running.pods(experiment=work.experiment_key), lambda pods: len(pods) == 3)
    assert [name.partition("-")[0] for name in names] == ["train", "score", "train"]
    assert names[0].endswith("-a1")
    assert names[2].endswith("-a2")


def test_a_stopped_experiments_training_pods_end_and_no_others(running: Running, send: Callable[[Any], None]) -> None:
    stopped, other = train_cycle(), train_cycle()
    scoring = score_submission(stopped.experiment_key)
    for message in (stopped, other, scoring):
        send(message)
    # nothing answers these pods, which wait for half a minute
    eventually("three pods", running.phases, has_length(3))
    for _ in range(2):
        send(StopTraining(experiment_key=stopped.experiment_key))
    ended = eventually("a pod to end", running.phases, has_value("Failed"))
    names = {job_name(work, running.edge.client_id): work for work in (stopped, other, scoring)}
    assert {name for name, phase in ended.items() if phase == "Failed"} == {name for name, work in names.items() if work is stopped}


def test_training_of_an_experiment_that_has_ended_is_not_begun_but_what_is_scored_is(
    running: Running, send: Callable[[Any], None], backend_with_bus: StandInBackend
) -> None:
    late, other = train_cycle(), train_cycle()
    scoring = score_submission(late.experiment_key)
    backend_with_bus.ended_experiments.add(late.experiment_key)
    for message in (StopTraining(experiment_key=late.experiment_key), late, late, scoring, other):
        send(message)
    names = eventually("the last pod", running.pods, has_length(2))
    assert names == [job_name(work, running.edge.client_id) for work in (scoring, other)]


def test_while_the_backend_cannot_be_asked_nothing_is_begun_and_the_work_waits(
    running: Running, send: Callable[[Any], None], backend_with_bus: StandInBackend
) -> None:
    work = train_cycle()
    backend_with_bus.stop()
    send(work)
    eventually("the work to wait", lambda: running.log(), contains_string("a message waits: asking the backend of an experiment"))
    assert running.pods() == []
    backend_with_bus.start()
    eventually("the pod", running.pods, has_length(1))


def test_ingestion_is_served_before_the_queue_can_be_reached_and_work_is_taken_as_soon_as_it_can(
    start: Callable[[StandInBackend], Running], started: Started, edge: Edge
) -> None:
    port = free_port()
    backend = StandInBackend(connection_string(port))
    try:
        running = start(backend)
        csv = edge.stage("early")
        assert running.submit(edge.ingest_config("early", csv), "early").status_code == 201
        eventually("the absent queue to be told", running.log, contains_string(f"queue {experiments_queue(edge.client_id)}: "))
        sender = QueueSender(start_bus(started, port), experiments_queue(edge.client_id))
        sender.send(train_cycle(), uuid.uuid4().hex)
        sender.close()
        eventually("the training's pod", lambda: [name for name in running.pods() if name.startswith("train")], has_length(1))
    finally:
        backend.stop()


def going_on(_experiment_key: str) -> bool:
    """Said of an experiment that has not ended."""
    return False


class RecordingLauncher(ProcessLauncher):
    """Keeps what it is asked to start, and starts nothing."""

    def __init__(self) -> None:
        super().__init__(Path("/nowhere"), None)
        self.manifests: list[dict[str, Any]] = []

    def create_job(self, manifest: dict[str, Any]) -> bool:
        self.manifests.append(manifest)
        return True


def test_a_pods_token_is_for_its_own_work_and_lasts_as_long_as_configured() -> None:
    work, launcher = train_cycle(), RecordingLauncher()
    configured = settings(pod_token_ttl_seconds=100)
    WorkStarter(configured, launcher, going_on)(work.model_dump_json())
    (manifest,) = launcher.manifests
    token = environment_of(manifest)["REQUESTS_PROXY_TOKEN"]
    claims = verify(token, configured.pod_token_signing_secret.get_secret_value())
    assert (claims.work, claims.client_id, claims.pod) == (work, configured.client_id, manifest["metadata"]["name"])
    assert claims.expires_at == pytest.approx(time.time() + 100, abs=5)


class AbsentLauncher(RecordingLauncher):
    """Does not answer."""

    def create_job(self, manifest: dict[str, Any]) -> bool:
        raise LauncherUnavailable("not yet")


def test_an_outage_of_the_launcher_is_left_to_the_queue_which_sits_it_out() -> None:
    with pytest.raises(Unavailable, match="not yet"):
        WorkStarter(settings(), AbsentLauncher(), going_on)(train_cycle().model_dump_json())


@pytest.mark.parametrize(("seconds", "patience"), [(None, {}), (0.5, {"TRACEBLOC_TIMEOUT_HTTP_TRANSFER_READ": "0.5"})])
def test_the_real_ingestor_gets_exactly_its_public_environment(seconds: float | None, patience: dict[str, str], tmp_path: Path) -> None:
    configured = settings(
        ingestor="tracebloc-ingest",
        ingestion_read_seconds=seconds,
        database_url="mysql+mysqlconnector://tb_ingest:p%40ss@127.0.0.1:33071/edge_db",
        egress_proxy_url="http://127.0.0.1:3128",
        egress_proxy_ca=tmp_path / "ca.pem",
        client_env="staging",
    )
    assert ingestor_environment(configured, tmp_path / "ingest.yaml", "a-token") == {
        "TRACEBLOC_INGEST_CONFIG": f"{tmp_path}/ingest.yaml",
        "TRACEBLOC_ENV": "stg",
        "TRACEBLOC_BACKEND_TOKEN": "a-token",
        "MYSQL_HOST": "127.0.0.1",
        "TRACEBLOC_MYSQL_PORT": "33071",
        "TRACEBLOC_DB_USER": "tb_ingest",
        "TRACEBLOC_DB_PASSWORD": "p@ss",
        "TRACEBLOC_DB_NAME": "edge_db",
        "HTTPS_PROXY": "http://127.0.0.1:3128",
        "REQUESTS_CA_BUNDLE": f"{tmp_path}/ca.pem",
        **patience,
    }


def test_the_real_ingestor_is_told_where_the_volume_is_only_if_that_is_elsewhere(tmp_path: Path) -> None:
    real = {
        "ingestor": "tracebloc-ingest",
        "database_url": "mysql+mysqlconnector://a:b@127.0.0.1:1/c",
        "egress_proxy_url": "http://127.0.0.1:3128",
        "egress_proxy_ca": tmp_path / "ca.pem",
    }
    usual, elsewhere = settings(**real), settings(**real, shared_mount=tmp_path)
    assert ingestor_command(usual)[-1] == "tracebloc_ingestor.cli.run"
    assert "SHARED_MOUNT" not in ingestor_environment(usual, tmp_path, "a-token")
    assert ingestor_command(elsewhere)[-1] == "environments.platforms.tracebloc.edge.relocated_ingestor"
    assert ingestor_environment(elsewhere, tmp_path, "a-token")["SHARED_MOUNT"] == str(tmp_path)


def test_a_message_that_is_no_work_is_put_aside(running: Running, send: Callable[[Any], None]) -> None:
    send(train_cycle().model_copy(update={"kind": "make_coffee"}))
    eventually("the message to be put aside", running.process.log.read_text, lambda log: "dead-lettered" in log)
    good = train_cycle()
    send(good)
    eventually("the next pod", lambda: running.pods(experiment=good.experiment_key), lambda pods: len(pods) == 1)


def test_an_ingestion_run_starts_once_for_each_key(running: Running) -> None:
    config = running.edge.ingest_config("rows", running.edge.stage("rows"))
    first, again = running.submit(config, "key-1"), running.submit(config, "key-1")
    other = running.submit(config, "key-2")
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert (first.json()["replay"], again.json()["replay"]) == (False, True)
    assert first.json()["job_name"] == again.json()["job_name"] != other.json()["job_name"]
    assert first.json()["job_name"].startswith("ingest-job-")
    assert first.json()["namespace"] == "tracebloc"
    assert len(running.pods(workload="ingestion")) == 2
    assert running.pods(**{"ingestion-run": "key-1"}) == [first.json()["job_name"]]
    written = running.edge.shared_folder / ".tracebloc-runs" / f"{first.json()['job_name']}.yaml"
    assert yaml.safe_load(written.read_text()) == config


BAD_CONFIGURATIONS: list[tuple[dict[str, Any], str]] = [
    ({"category": "dreams"}, "category: 'dreams' is not one of"),
    ({"table": "rows; drop"}, "table: "),
    ({"csv": "/etc/passwd"}, "csv: the data has to be staged on the shared volume"),
    ({"csv": "{shared}/../../etc/passwd"}, "csv: the data has to be staged on the shared volume"),
    ({"csv": "{shared}/link"}, "csv: the data has to be staged on the shared volume"),
    ({"surprise": 1}, "surprise"),
    ({"schema": None}, "schema"),
]


def test_a_bad_configuration_is_refused_in_words_and_starts_nothing(running: Running) -> None:
    good = running.edge.ingest_config("rows", running.edge.stage("rows"))
    (running.edge.shared_folder / "link").symlink_to("/etc/passwd")
    for changes, words in BAD_CONFIGURATIONS:
        if "csv" in changes:
            changes = {"csv": changes["csv"].format(shared=running.edge.shared_folder)}
        answer = running.submit(good | changes, "key")
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INGEST_CONFIG")
        assert words in answer.json()["message"]
    assert running.pods() == []


def test_only_the_ingestion_token_lets_in(running: Running) -> None:
    config = running.edge.ingest_config("rows", running.edge.stage("rows"))
    assert httpx.get(f"{running.url}/healthz").json() == {"status": "ok"}
    assert running.submit(config, "key", token="another token").status_code == 403
    assert httpx.post(f"{running.url}/internal/submit-ingestion-run", json={}).status_code == 401
    bad_key = running.submit(config, "a key with spaces")
    assert (bad_key.status_code, "idempotency_key" in bad_key.json()["message"]) == (400, True)
    assert running.pods() == []


def test_it_ends_in_order_and_its_log_holds_no_secret(running: Running, started: Started) -> None:
    ended = started.end(running.process.name)
    assert ended.exit_code == 0
    log = ended.log.read_text()
    assert not [secret for secret in (running.edge.signing_secret, running.edge.ingestion_token, "SharedAccessKey") if secret in log]
