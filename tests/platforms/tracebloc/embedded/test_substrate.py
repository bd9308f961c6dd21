"""The embedded substrate with the real services of the reference platform: up in seconds, gone without a trace."""

import mailbox
import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import pytest
from pydantic import SecretStr

from environments import ledger
from environments.embedded.ports import accepts
from environments.embedded.substrate import EmbeddedSubstrate
from environments.errors import ServiceDied, SubstrateError
from environments.platforms.tracebloc.addresses import PlatformAddresses, addresses_of
from environments.platforms.tracebloc.client_environment import ClientEnvironmentRefused
from environments.platforms.tracebloc.edge.secure_environment import (
    CLIENT_LABEL,
    CLIENT_SERVICES,
    DATABASE_SERVICE,
    InstallRequest,
    SecureEnvironment,
)
from environments.platforms.tracebloc.installation import InstallationFailed
from environments.platforms.tracebloc.platform import Tracebloc
from environments.processes import mounts
from environments.processes.variables import RUN_VARIABLE
from environments.services import PythonModule, ServiceSpec
from environments.substrate import CAPABILITIES, Substrate
from support.platforms.tracebloc.clients.object_store import ObjectStore

Running = tuple[EmbeddedSubstrate, PlatformAddresses]
PASSWORD = "correct horse battery staple"
PLATFORM = Tracebloc({"ingestor": "reference"})


def install(substrate: Substrate, request: InstallRequest) -> SecureEnvironment:
    return PLATFORM.installer(substrate).install(request)


def control_headers(platform: PlatformAddresses) -> dict[str, str]:
    key = re.search("SharedAccessKey=([^;]+)", platform.service_bus_connection_string.get_secret_value())
    assert key
    return {"Authorization": f"Bearer {key[1]}"}


def processes_of(run_id: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get(RUN_VARIABLE) == run_id:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One platform for all tests of this module; its end is a test of its own."""
    folder = tmp_path_factory.mktemp("substrate")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ledger.FOLDER_VARIABLE, str(folder / "ledger"))
        substrate = EmbeddedSubstrate(PLATFORM, run_id="shared-run", logs_folder=folder / "logs")
        substrate.start()
        platform = addresses_of(substrate)
        yield substrate, platform
        substrate.stop()
        assert processes_of("shared-run") == []
        assert not platform.mail_folder.parents[1].exists()
        assert list((folder / "ledger").iterdir()) == []
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{platform.backend_url}/healthz")
        substrate.stop()


@pytest.fixture(scope="module")
def credentials(running: Running) -> InstallRequest:
    """A registered secure environment."""
    platform = running[1]
    with httpx.Client(base_url=platform.backend_url, timeout=20) as client:
        client.post("/register/", json={"email": "owner@hospital.example", "password": PASSWORD}).raise_for_status()
        (mail,) = mailbox.Maildir(str(platform.mail_folder))
        token = re.search(r"Verification code: (\S+)", mail.as_string())
        assert token is not None
        client.post("/register/verify/", json={"token": token[1]}).raise_for_status()
        login = client.post("/api-token-auth/", json={"username": "owner@hospital.example", "password": PASSWORD}).json()
        edge = client.post("/edge-device/", json={"name": "hospital"}, headers={"Authorization": f"Bearer {login['token']}"}).json()
    return InstallRequest("dev", edge["client_id"], SecretStr(edge["client_password"]))


def test_the_platform_is_ready_when_it_says_so(running: Running) -> None:
    substrate, platform = running
    assert httpx.get(f"{platform.backend_url}/healthz").json() == {"status": "ok"}
    assert set(substrate.services()) >= {"service_bus", "object_store", "backend", "averaging_service"}
    assert substrate.deaths() == []
    assert list(substrate.phases.values()) == sorted(substrate.phases.values())
    for secret in (platform.service_bus_connection_string, platform.object_store_secret_key):
        assert secret.get_secret_value() not in repr(platform)


def test_the_object_store_keeps_objects_and_their_metadata(running: Running) -> None:
    import boto3

    platform = running[1]
    store = boto3.client(
        "s3",
        endpoint_url=platform.object_store_url,
        region_name="us-east-1",
        aws_access_key_id=platform.object_store_access_key,
        aws_secret_access_key=platform.object_store_secret_key.get_secret_value(),
    )
    body = bytes(range(256)) * 5000
    store.put_object(Bucket=platform.object_store_bucket, Key="experiments/one/weights", Body=body, Metadata={"rows": "100"})
    answer = store.get_object(Bucket=platform.object_store_bucket, Key="experiments/one/weights")
    assert answer["Body"].read() == body
    assert answer["Metadata"] == {"rows": "100"}
    listed = store.list_objects_v2(Bucket=platform.object_store_bucket, Prefix="experiments/")
    assert [entry["Key"] for entry in listed["Contents"]] == ["experiments/one/weights"]


def test_a_service_can_be_ended_and_started_again(running: Running) -> None:
    substrate, platform = running
    faults = substrate.faults("object_store")
    assert platform.object_store_url is not None
    assert platform.object_store_secret_key is not None
    store = ObjectStore(platform.object_store_url, platform.object_store_secret_key, platform)
    for key in ("ending/kept", "ending/gone"):
        store.write(key, b"weights", {"rows": "7"})
    store.delete("ending/gone")
    faults.kill()
    with pytest.raises(httpx.ConnectError):
        httpx.get(platform.object_store_url)
    faults.start()
    assert store.keys("ending/") == ["ending/kept"]
    assert (store.read("ending/kept"), store.metadata("ending/kept")) == (b"weights", {"rows": "7"})
    assert substrate.deaths() == []


def test_what_dies_is_told_with_its_last_log_lines(running: Running) -> None:
    substrate, _ = running
    (averaging,) = [process for process in processes_of("shared-run") if process.name() == "averaging_servi"]
    averaging.send_signal(signal.SIGKILL)
    averaging.wait(5)
    (death,) = substrate.deaths()
    assert death.startswith("averaging_service died with signal 9; the last lines of its log:\n  | ")
    substrate.faults("averaging_service").start()
    assert substrate.deaths() == []


def test_faults_of_a_killed_process_are_put_right_when_nothing_ran_beside_it(running: Running) -> None:
    substrate, platform = running

    def break_everything() -> None:
        substrate.faults("backend").kill()
        substrate.faults("averaging_service").stop()
        substrate.faults("object_store").pause()
        for fault in ("slow", "outage"):
            url = f"{platform.service_bus_control_url}/faults/{fault}"
            httpx.put(url, json={"seconds": 9}, headers=control_headers(platform), timeout=10).raise_for_status()

    killed = in_another_process(break_everything)
    assert substrate.clean_up_after(killed, alone=False) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{platform.backend_url}/healthz")
    assert sorted(substrate.clean_up_after(killed, alone=True)) == [
        "averaging_service was down and was started again",
        "backend was down and was started again",
        "faults of the Service Bus were ended: slow_seconds, outage",
        "object_store was frozen and runs again",
    ]
    assert httpx.get(f"{platform.backend_url}/healthz").json() == {"status": "ok"}
    assert httpx.get(platform.object_store_url, timeout=5).status_code < 500
    assert httpx.get(f"{platform.service_bus_control_url}/state", headers=control_headers(platform)).json()["faults"]["slow_seconds"] == 0
    assert accepts(int(platform.service_bus_connection_string.get_secret_value().split(";")[0].rpartition(":")[2].strip("/")))
    assert substrate.deaths() == []
    assert substrate.clean_up_after(killed, alone=True) == []


def test_a_service_that_died_by_itself_is_told_and_not_put_right(running: Running) -> None:
    substrate, _ = running
    (averaging,) = [process for process in processes_of("shared-run") if process.name() == "averaging_servi"]
    averaging.send_signal(signal.SIGABRT)
    averaging.wait(5)
    assert substrate.clean_up_after(os.getpid(), alone=True) == []
    (death,) = substrate.deaths()
    assert death.startswith("averaging_service died with signal 6")
    substrate.faults("averaging_service").start()


def in_another_process(do: Callable[[], None]) -> int:
    """Do it in a process forked from this one, which is killed then; its number."""
    pid = os.fork()
    if pid == 0:
        try:
            do()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    return pid


def test_logs_are_kept_by_service(running: Running) -> None:
    substrate, _ = running
    assert "serving bucket" in substrate.logs("object_store")
    assert substrate.logs("object_store", since=4e9) == ""
    with pytest.raises(SubstrateError, match="no log of a service 'frontend'; there are: averaging_service, backend,"):
        substrate.logs("frontend")


@pytest.mark.parametrize("name", [None, "", "test-e2e", "prod", "production"])
def test_an_environment_that_could_be_production_is_refused(running: Running, credentials: InstallRequest, name: str | None) -> None:
    before = running[0].services()
    with pytest.raises(ClientEnvironmentRefused):
        install(running[0], InstallRequest(name, credentials.client_id, credentials.client_password))
    assert running[0].services() == before


def test_wrong_credentials_fail_the_registration_and_stay_hidden(running: Running, credentials: InstallRequest) -> None:
    wrong = InstallRequest("dev", credentials.client_id, SecretStr("not-the-password"))
    with pytest.raises(InstallationFailed, match="failed at stage register: .*HTTP 40") as caught:
        install(running[0], wrong)
    assert [(stage.name, stage.outcome) for stage in caught.value.stages] == [
        ("preflight", "done"),
        ("prerequisites", "left out"),
        ("cluster", "left out"),
        ("register", "failed"),
    ]
    assert "not-the-password" not in str(caught.value) + repr(caught.value.stages) + repr(wrong)
    assert not any(credentials.client_id in name for name in running[0].services())


def test_an_installed_client_serves_until_it_is_stopped(running: Running, credentials: InstallRequest) -> None:
    substrate, _ = running
    environment = install(substrate, credentials)
    assert [stage.name for stage in environment.stages] == ["preflight", "prerequisites", "cluster", "register", "helm", "connect"]
    assert {stage.name: stage.outcome for stage in environment.stages if stage.outcome != "done"} == dict.fromkeys(
        ("prerequisites", "cluster"), "left out"
    )
    assert environment.ingestor == "reference ingestor on SQLite"
    assert httpx.get(f"{environment.jobs_manager_url}/healthz").json() == {"status": "ok"}
    own = [name for name in substrate.services() if name.endswith(f"-{credentials.client_id}")]
    assert len(own) == 5
    with pytest.raises(SubstrateError, match="is there already"):
        install(substrate, credentials)
    assert environment.cluster.pods({}) == []
    with pytest.raises(SubstrateError, match="no pod 'nobody'"):
        environment.cluster.delete_pod("nobody")
    environment.stop()
    environment.stop()
    assert not any(credentials.client_id in name for name in substrate.services())
    assert substrate.deaths() == []


def test_a_client_can_be_installed_in_part(running: Running, credentials: InstallRequest) -> None:
    substrate, _ = running
    environment = install(substrate, replace(credentials, services=frozenset({"requests_proxy"})))
    own = [name for name in substrate.services() if name.endswith(f"-{credentials.client_id}")]
    assert own == [f"requests_proxy-{credentials.client_id}"]
    assert httpx.get(f"{environment.requests_proxy_url}/v1/work").status_code == 401
    assert environment.pod_token_signing_secret.get_secret_value() not in repr(environment)
    environment.stop()
    with pytest.raises(SubstrateError, match="a SQLite file has no address"):
        install(substrate, replace(credentials, services=CLIENT_SERVICES | {DATABASE_SERVICE}))
    with pytest.raises(ValueError, match="the client has no service front_end"):
        replace(credentials, services=frozenset({"front_end"}))


def test_a_pod_can_be_seen_and_killed(running: Running, credentials: InstallRequest, tmp_path: Path) -> None:
    from environments.embedded.node import NodeCluster
    from environments.processes.client import Processes

    node = Processes(running[1].mail_folder.parents[1] / "run" / "node.sock", running[0]._node_key)
    cluster = NodeCluster(node, {CLIENT_LABEL: "client-1"})
    labels = {CLIENT_LABEL: "client-1", "tracebloc.io/workload": "training"}
    for name, client in (("pod-1", "client-1"), ("pod-2", "client-2")):
        node.start(
            name,
            program=["/bin/sh", "-c", "echo training; exec sleep 300"],
            environment={},
            folder=tmp_path,
            log=tmp_path / name,
            labels=labels | {CLIENT_LABEL: client},
            at_once=True,
        )
    assert [(pod.name, pod.phase) for pod in cluster.pods({"tracebloc.io/workload": "training"})] == [("pod-1", "Running")]
    cluster.delete_pod("pod-1")
    (pod,) = cluster.pods({})
    assert (pod.phase, pod.exit_code) == ("Failed", 137)
    assert cluster.pod_log("pod-2") == ""
    cluster.remove_all(keep_logs_in=tmp_path / "kept")
    assert cluster.pods({}) == []
    assert (tmp_path / "kept" / "pod-1.log").exists()
    node.stop("pod-2", 0)


def test_what_it_cannot_do_has_a_reason(running: Running) -> None:
    substrate, _ = running
    there = {name for name in CAPABILITIES if substrate.why_missing(name) is None}
    always = {"processes", "writing", "pod-namespaces", "faults.process", "faults.pause"}
    assert there == always | (set() if mounts.why_not() else {"pod-mounts"})
    own = {name for name in PLATFORM.capabilities if PLATFORM.why_missing(name, substrate) is None}
    assert own - {"confinement"} == {
        "accounts",
        "clock",
        "full-store",
        "mailbox",
        "store",
        "installer.contract",
        "faults.egress",
        "faults.service-bus",
    }
    with pytest.raises(SubstrateError, match="is already running"):
        substrate.start()


class WithADyingService(Tracebloc):
    def services(self) -> Sequence[ServiceSpec]:
        return [*super().services(), DYING]


DYING = ServiceSpec("dying", PythonModule("tests.embedded.fixtures.stand_in_service"), lambda _: {"NAME": "dying", "DIES": "3"}, ports=())


def test_a_start_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    platform = WithADyingService({"ingestor": "reference"})
    substrate = EmbeddedSubstrate(platform, run_id="failing-run", logs_folder=tmp_path / "logs")
    with pytest.raises(ServiceDied, match="dying died with exit code 3"):
        substrate.start()
    assert processes_of("failing-run") == []
    assert list((tmp_path / "ledger").iterdir()) == []
    assert "the disk is full" in substrate.logs("dying")
    substrate.stop()


def test_nothing_can_be_asked_of_a_platform_that_does_not_run(tmp_path: Path) -> None:
    substrate = EmbeddedSubstrate(PLATFORM, run_id="no-run", logs_folder=tmp_path)
    substrate.stop()
    assert substrate.deaths() == []
    for ask in (substrate.services, lambda: substrate.address("backend"), lambda: install(substrate, REQUEST)):
        with pytest.raises(SubstrateError, match="does not run"):
            ask()


REQUEST = InstallRequest("dev", "client-1", SecretStr("secret"))


def test_the_real_ingestor_without_a_database_server_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("stores.mariadb", "requirements"):
        monkeypatch.setattr(f"environments.platforms.tracebloc.{module}.find_programs", lambda: None)
    substrate = EmbeddedSubstrate(Tracebloc({"ingestor": "tracebloc-ingest"}), run_id="no-run", logs_folder=tmp_path)
    with pytest.raises(SubstrateError, match="needs MariaDB"):
        substrate.start()
    assert not (tmp_path / "ledger").exists()


def test_pods_that_can_have_no_mounts_of_their_own_is_told_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("environments.processes.mounts.why_not", lambda: "the kernel refuses unshare")
    substrate = EmbeddedSubstrate(PLATFORM, run_id="without-mounts", logs_folder=tmp_path / "logs")
    assert "the kernel refuses unshare" in str(substrate.why_missing("pod-mounts"))
