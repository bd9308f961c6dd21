"""How the backend runs: settings, limits, a Service Bus that is gone, its end, and the sabotages."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from environments.platform import SABOTAGE_VARIABLE
from environments.platforms.tracebloc.sabotages import ExperimentSabotage
from support.waiting import eventually
from tests.platforms.tracebloc.backend.conftest import StartBackend, Variant, free_port
from tests.platforms.tracebloc.backend.people import Owner, Person, RunningBackend, join, scored
from tests.platforms.tracebloc.backend.test_submissions import my_submissions, submitted, trained

MODULE = "environments.platforms.tracebloc.backend"


def test_settings_that_are_missing_are_named() -> None:
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "sqlite:////secret"}
    ended = subprocess.run([sys.executable, "-m", MODULE], env=environment, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    assert all(name in ended.stderr for name in ("HTTP_PORT", "MAIL_FOLDER", "SERVICE_BUS_CONNECTION_STRING"))
    assert "secret" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_port_that_is_taken_ends_it_before_it_takes_any_message(backend: RunningBackend, tmp_path: Path) -> None:
    settings = {
        "HTTP_PORT": backend.url.rpartition(":")[2],
        "DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite",
        "MAIL_FOLDER": str(tmp_path),
        "SERVICE_BUS_CONNECTION_STRING": backend.bus,
        "OBJECT_STORE_URL": "http://127.0.0.1:1",
    }
    environment = {"PATH": os.environ["PATH"], **settings}
    ended = subprocess.run([sys.executable, "-m", MODULE], env=environment, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert "cannot serve" in ended.stderr
    assert "receiving" not in ended.stderr


def test_it_is_healthy_and_refuses_what_it_does_not_know(backend: RunningBackend) -> None:
    with backend.anonymous() as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        unknown = client.get("/nowhere/")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "NOT_FOUND")
        assert client.get("/docs").status_code == 404


@pytest.mark.parametrize(("size", "known", "status"), [(104857601, True, b" 413 "), (65537, False, b" 401 ")])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    backend: RunningBackend, person: Person, size: int, known: bool, status: bytes
) -> None:
    host, port = backend.url.removeprefix("http://").split(":")
    token = person.token if known else "x"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        head = f"POST /check-model/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {size}\r\n\r\n"
        connection.sendall(head.encode())
        assert status in connection.recv(4096).splitlines()[0]


def test_it_ends_in_order_at_once_though_a_client_stays_connected(start_backend: StartBackend) -> None:
    running = start_backend()
    with running.anonymous() as client:
        client.get("/healthz")
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(10) == 0
        assert time.monotonic() - began < 2


def test_an_old_sdk_is_told_to_upgrade(person: Person, variant: Variant) -> None:
    client = variant(person, minimum_sdk_version="1.10.0").client
    old = client.get("/userinfo/", headers={"User-Agent": "tracebloc-sdk/1.9.9 (python/3.11.7)"})
    assert (old.status_code, old.json()) == (426, {"error": "upgrade_required", "min_version": "1.10.0"})
    for agent in ("tracebloc-sdk/1.10.0 (python/3.11.7)", "curl/8"):
        assert client.get("/userinfo/", headers={"User-Agent": agent}).status_code == 200


def test_what_cannot_be_sent_is_not_kept(backend: RunningBackend, owner: Owner, person: Person, variant: Variant) -> None:
    use_case = owner.use_case()
    join(person, use_case)
    key = trained(backend, person, use_case)
    nobody_listens = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{free_port()}", backend.bus)
    cut_off = variant(person, service_bus_connection_string=nobody_listens)
    assert cut_off.start(use_case, 503)["code"] == "QUEUE_UNAVAILABLE"
    listed = person.ask("GET", "/experiments/", params={"use_case": use_case["key"]})
    assert [experiment["experiment_key"] for experiment in listed] == [key]
    assert cut_off.ask("POST", f"/experiments/{key}/cycles/1/submissions/", 503)["code"] == "QUEUE_UNAVAILABLE"
    assert my_submissions(person, use_case) == []


def test_a_sabotaged_backend_completes_a_cycle_without_weights(
    owner: Owner, person: Person, variant: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(person, use_case)
    key = person.start(use_case, cycles=1)["experiment_key"]
    monkeypatch.setenv(SABOTAGE_VARIABLE, ExperimentSabotage.CYCLE_DONE_WITHOUT_WEIGHTS)
    report = {"name": "pod", "experiment_key": key, "cycle": 1, "kind": "train", "phase": "Succeeded", "exit_code": 0}
    headers = {"Authorization": site.client.headers["authorization"]}
    variant(person).ask("POST", "/edge-device/pods/", 204, json=report, headers=headers)
    experiment = person.experiment(key)
    assert (experiment["status_display"], experiment["cycle_results"][0]["weights_key"]) == ("Completed", None)


def test_a_sabotaged_leaderboard_has_the_worst_team_first(
    backend: RunningBackend, owner: Owner, person: Person, stranger: Person, variant: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_case = owner.use_case()
    for member, score in ((person, 0.2), (stranger, 0.8)):
        join(member, use_case)
        key = trained(backend, member, use_case)
        backend.tell(scored(submitted(member, owner, key)[0], owner.sites[0], score))
    path = f"/use-cases/{use_case['key']}/leaderboard/"
    ranking = eventually("both teams", lambda: person.ask("GET", path), lambda rows: len(rows) == 2)
    monkeypatch.setenv(SABOTAGE_VARIABLE, ExperimentSabotage.LEADERBOARD_SORTED_THE_WRONG_WAY)
    assert [row["score"] for row in variant(person).ask("GET", path)] == [row["score"] for row in reversed(ranking)]
