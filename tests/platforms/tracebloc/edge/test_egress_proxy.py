"""The way out of a secure environment, as `requests` (which the ingestor uses) takes it."""

from pathlib import Path

import pytest
import requests

from environments.platforms.tracebloc.egress_proxy.faults import Fault, Faults
from tests.platforms.tracebloc.edge.conftest import Started, free_port
from tests.platforms.tracebloc.edge.stand_in import CLIENT_PASSWORD, StandInBackend


@pytest.fixture
def client(started: Started, backend: StandInBackend, tmp_path: Path) -> requests.Session:
    port, ca_file = free_port(), tmp_path / "ca.pem"
    variables = {"HTTP_PORT": str(port), "BACKEND_URL": backend.url, "CA_FILE": str(ca_file), "FAULTS_FILE": str(tmp_path / "faults")}
    started.service("egress_proxy", variables)
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"https": f"http://127.0.0.1:{port}", "http": f"http://127.0.0.1:{port}"}
    session.verify = str(ca_file)
    return session


def register(client: requests.Session, path: str = "/global_meta/summary/rows/", timeout: float = 5) -> requests.Response:
    return client.post(
        f"https://dev-api.tracebloc.io{path}", json={"record_count": 1}, headers={"Authorization": "TOKEN token-1"}, timeout=timeout
    )


def log_in(client: requests.Session, host: str) -> requests.Response:
    return client.post(f"https://{host}/api-token-auth/", data={"username": "one", "password": CLIENT_PASSWORD}, timeout=5)


def test_the_platforms_hosts_lead_to_this_runs_backend(client: requests.Session, backend: StandInBackend) -> None:
    for host in ("dev-api.tracebloc.io", "stg-api.tracebloc.io", "api.tracebloc.io"):
        assert log_in(client, host).json()["token"] == f"token-{backend.logins}"
    large = client.post(
        "https://dev-api.tracebloc.io/x/", json={"pad": "x" * 1_000_000}, headers={"Authorization": "TOKEN token-3"}, timeout=5
    )
    assert large.status_code == 204
    assert len(backend.taken("/x/")[0]["pad"]) == 1_000_000


def test_every_other_host_and_plain_http_are_refused(client: requests.Session, backend: StandInBackend) -> None:
    for host in ("example.com", "evil-dev-api.tracebloc.io", "dev-api.tracebloc.io.example.com", "dev-api.tracebloc.io:8443"):
        with pytest.raises(requests.exceptions.ProxyError, match="403"):
            log_in(client, host)
    assert client.get(f"{backend.url}/secret", timeout=5).status_code == 403
    assert backend.calls == []


def test_who_does_not_trust_the_authority_gets_no_answer(client: requests.Session) -> None:
    client.verify = True
    with pytest.raises(requests.exceptions.SSLError):
        log_in(client, "dev-api.tracebloc.io")


def test_faults_meet_registrations_one_after_the_other_and_nothing_else(
    client: requests.Session, backend: StandInBackend, tmp_path: Path
) -> None:
    log_in(client, "dev-api.tracebloc.io")
    faults = Faults(tmp_path / "faults")
    faults.add(Fault(kind="answer", status=503), Fault(kind="lose the answer"))
    faults.add(Fault(kind="answer", status=403))
    assert register(client, "/global_meta/ingest_failure/").status_code == 201
    assert register(client).status_code == 503
    assert backend.taken("/global_meta/summary/rows/") == []
    with pytest.raises(requests.exceptions.ConnectionError):
        register(client)
    assert len(backend.taken("/global_meta/summary/rows/")) == 1
    assert register(client).status_code == 403
    assert register(client).status_code == 201


def test_an_answer_that_is_kept_is_waited_for_in_vain_though_the_request_arrived(
    client: requests.Session, backend: StandInBackend, tmp_path: Path
) -> None:
    log_in(client, "dev-api.tracebloc.io")
    Faults(tmp_path / "faults").add(Fault(kind="keep the answer"))
    with pytest.raises(requests.exceptions.ReadTimeout):
        register(client, timeout=0.2)
    assert len(backend.taken("/global_meta/summary/rows/")) == 1
    assert register(client).status_code == 201


def test_a_backend_that_is_away_is_told_as_503(client: requests.Session, backend: StandInBackend) -> None:
    backend.stop()
    with pytest.raises(requests.exceptions.ProxyError, match="503"):
        log_in(client, "dev-api.tracebloc.io")
