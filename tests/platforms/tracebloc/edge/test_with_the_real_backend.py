"""A whole secure environment against the real backend: it comes online, and both ingestors register what they inserted."""

import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sql

from environments.platforms.tracebloc.jobs_manager.ingestion import ingestor_environment
from environments.platforms.tracebloc.jobs_manager.settings import Settings
from environments.platforms.tracebloc.launchers.process import ProcessLauncher
from environments.processes.launch import RunningForkServer, basic_environment
from support.platforms.tracebloc.clients.backend import BackendClient
from support.platforms.tracebloc.clients.mailbox import Mailbox
from support.waiting import eventually
from tests.platforms.tracebloc.edge.conftest import Edge, Started, free_port, start_bus

PASSWORD = "correct horse battery staple"
FRAMEWORK_COLUMNS = 11


@dataclass
class Owner:
    """Someone who is logged in at a running backend."""

    client: BackendClient
    url: str


@pytest.fixture(scope="module")
def owner(services: RunningForkServer, object_store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    """The backend, and its first user."""
    folder, port = tmp_path_factory.mktemp("backend"), free_port()
    started = Started(services.processes, folder)
    variables = {
        "HTTP_PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder}/backend.sqlite",
        "MAIL_FOLDER": str(folder / "mail"),
        "SERVICE_BUS_CONNECTION_STRING": start_bus(started),
        "OBJECT_STORE_URL": object_store,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    started.service("backend", variables)
    with BackendClient(f"http://127.0.0.1:{port}") as client:
        client.register("owner@example.org", PASSWORD)
        (code,) = Mailbox(folder / "mail").verification_codes("owner@example.org")
        client.verify(code)
        client.log_in("owner@example.org", PASSWORD)
        yield Owner(client, f"http://127.0.0.1:{port}")
    started.end_all()


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private MariaDB's SQLAlchemy URL."""
    search = "/usr/sbin:/usr/bin:/usr/local/bin:/usr/local/sbin"
    server, install = shutil.which("mariadbd", path=search), shutil.which("mariadb-install-db", path=search)
    if server is None or install is None:
        pytest.skip("MariaDB is not installed: the real tracebloc-ingest needs it")
    folder, port, password = tmp_path_factory.mktemp("mariadb"), free_port(), secrets.token_hex(8)
    data = f"--datadir={folder}/data"
    subprocess.run(
        [install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, capture_output=True
    )
    (folder / "init.sql").write_text(
        "CREATE DATABASE edge CHARACTER SET utf8mb4;\n"
        f"CREATE USER 'tb_ingest'@'127.0.0.1' IDENTIFIED BY '{password}';\nGRANT ALL ON edge.* TO 'tb_ingest'@'127.0.0.1';\n"
    )
    options = [
        f"--port={port}",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        f"--socket={folder}/socket",
        f"--init-file={folder}/init.sql",
        "--user=root",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([server, "--no-defaults", data, *options], stdout=log, stderr=log)
    url = f"mysql+mysqlconnector://tb_ingest:{password}@127.0.0.1:{port}/edge"
    engine = sql.create_engine(url)
    try:
        eventually("MariaDB", lambda: engine.connect().close(), lambda _: True, within=30, passing_errors=(sql.exc.DBAPIError,))
        engine.dispose()
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(params=["tracebloc-ingest", "reference"])
def ingestor(request: pytest.FixtureRequest) -> str:
    """Each of the two ingestors."""
    return str(request.param)


@dataclass
class Installed:
    """A secure environment whose services run."""

    edge: Edge
    identity: int
    jobs_manager_url: str
    launcher: ProcessLauncher
    database_url: str
    settings: Settings
    """The jobs-manager's."""

    def ingest(self, table: str, intent: str, rows: int) -> str:
        """Submit one ingestion run and return its pod's log once it has ended well."""
        config = self.edge.ingest_config(table, self.edge.stage(table, rows), intent)
        answer = httpx.post(
            f"{self.jobs_manager_url}/internal/submit-ingestion-run",
            json={"ingest_config": config, "idempotency_key": table},
            headers={"Authorization": f"Bearer {self.edge.ingestion_token}"},
            timeout=20,
        )
        assert answer.status_code == 201, answer.text
        selector = {"tracebloc.io/ingestion-run": table, "tracebloc.io/client-id": self.edge.client_id}
        phase = eventually(
            "the run to end", lambda: self.launcher.list_pods(selector)[0].phase, lambda phase: phase != "Running", within=40
        )
        log = self.launcher.pod_log(answer.json()["job_name"])
        assert phase == "Succeeded", log
        return log

    def query(self, text: str) -> list[tuple[Any, ...]]:
        """What the edge's database holds."""
        engine = sql.create_engine(self.database_url)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(sql.text(text))]
        engine.dispose()
        return found


@pytest.fixture
def installed(
    started: Started, node: RunningForkServer, edge: Edge, owner: Owner, ingestor: str, request: pytest.FixtureRequest
) -> Iterator[Installed]:
    """Register a secure environment and start its services."""
    registered = owner.client.register_secure_environment(f"environment {edge.client_id}")
    edge.client_id = registered["client_id"]
    login = {"BACKEND_URL": owner.url, "CLIENT_ID": edge.client_id, "CLIENT_PASSWORD": registered["client_password"]}
    proxy_port, port, ca_file = free_port(), free_port(), edge.folder / "ca.pem"
    real = ingestor == "tracebloc-ingest"
    database_url = request.getfixturevalue("mariadb") if real else f"sqlite:///{edge.folder}/edge.sqlite"
    edge.shared_folder.mkdir()
    egress = {"HTTP_PORT": str(proxy_port), "BACKEND_URL": owner.url, "CA_FILE": str(ca_file), "FAULTS_FILE": str(edge.folder / "faults")}
    started.service("egress_proxy", egress)
    started.service("resource_monitor", login)
    variables = {
        "HTTP_PORT": str(port),
        "CLIENT_ENV": "dev",
        "INGESTION_TOKEN": edge.ingestion_token,
        "POD_TOKEN_SIGNING_SECRET": edge.signing_secret,
        "REQUESTS_PROXY_URL": "http://127.0.0.1:1",
        "DATABASE_URL": database_url,
        "SHARED_FOLDER": str(edge.shared_folder),
        "SHARED_MOUNT": str(edge.shared_folder),
        "NODE_SOCKET": str(node.processes.socket_path),
        "NODE_KEY": node.processes.key.hex(),
        "PODS_FOLDER": str(edge.folder / "pods"),
        "INGESTOR": ingestor,
        "EGRESS_PROXY_URL": f"http://127.0.0.1:{proxy_port}",
        "EGRESS_PROXY_CA": str(ca_file),
    }
    started.service("jobs_manager", login | variables)
    launcher = ProcessLauncher(node.processes, edge.folder / "pods")
    settings = Settings.model_validate({name.lower(): value for name, value in (login | variables).items()})
    yield Installed(edge, registered["id"], f"http://127.0.0.1:{port}", launcher, database_url, settings)
    for pod in launcher.list_pods({"tracebloc.io/client-id": edge.client_id}):
        launcher.delete_job(pod.name)


def test_a_secure_environment_comes_online_and_registers_what_it_ingested(installed: Installed, owner: Owner, ingestor: str) -> None:
    assert owner.client.secure_environment(installed.identity)["status_display"] == "Online"
    table = f"rows_{ingestor.partition('-')[0]}"
    log = installed.ingest(table, "train", rows=30)
    assert ("reference ingestor" in log) is (ingestor == "reference")
    (dataset,) = [listed for listed in owner.client.datasets() if listed["edge"] == installed.edge.client_id]
    assert (dataset["table_name"], dataset["intent"], dataset["record_count"]) == (table, "train", 30)
    assert list(dataset["schema"])[FRAMEWORK_COLUMNS:] == ["age", "city", "width"]
    described = {name: dataset["schema"][name] for name in ("id", "label", "age", "city", "width")}
    assert described == {
        "id": {"dtype": "int", "null_encoding": "null"},
        "label": {"dtype": "string", "null_encoding": "null", "role": "target"},
        "age": {"dtype": "int", "null_encoding": "null"},
        "city": {"dtype": "string", "null_encoding": "null"},
        "width": {"dtype": "float", "null_encoding": "null"},
    }
    assert installed.query(f"select count(*), sum(age), max(width) from {table} where data_intent = 'train'") == [(30, 465, 2.9)]  # noqa: S608
    assert installed.query(f"select registered, task from tracebloc_ingest_runs where table_name = '{table}'") == [  # noqa: S608
        (1, "tabular_classification")
    ]


@pytest.mark.parametrize("ingestor", ["tracebloc-ingest"], indirect=True)
def test_the_real_backfill_computes_lost_metadata_again(
    installed: Installed, owner: Owner, node: RunningForkServer, tmp_path: Path
) -> None:
    installed.ingest("lost", "train", rows=30)
    key = next(dataset["dataset_key"] for dataset in owner.client.datasets() if dataset["edge"] == installed.edge.client_id)
    before = owner.client.dataset(key)
    with BackendClient(owner.url) as edge:
        token = edge.log_in(installed.settings.client_id, installed.settings.client_password.get_secret_value())["token"]
    httpx.post(
        f"{owner.url}/global_meta/metadata_backfill/lost/",
        json={"schema": {}, "meta_data": {}},
        headers={"Authorization": f"TOKEN {token}"},
    ).raise_for_status()
    assert owner.client.dataset(key)["meta_data"] == {}

    environment = basic_environment() | ingestor_environment(installed.settings, tmp_path / "no ingest.yaml is needed", token)
    command, log = [str(Path(sys.executable).with_name("tracebloc-backfill"))], tmp_path / "log"
    node.processes.start("backfill", program=command, environment=environment, folder=tmp_path, log=log)
    ended = node.processes.wait("backfill", 60)
    node.processes.remove("backfill")
    assert ended.exit_code == 0, log.read_text()
    after = owner.client.dataset(key)
    statistics = [told["meta_data"]["attributes"]["feature_stats"] for told in (before, after)]
    assert set(statistics[0]) == set(statistics[1]) == {"age", "city", "width"}
    assert statistics[1]["age"] == statistics[0]["age"]
    # not the same: the backfill does not know which column is the target
    assert set(after["schema"]) == set(before["schema"])
