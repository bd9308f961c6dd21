"""Logging in at the backend as a secure environment."""

from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.edge.login import EdgeSession, EdgeSettings, LoginRefused
from tests.platforms.tracebloc.edge.stand_in import CLIENT_PASSWORD, StandInBackend


@pytest.fixture(autouse=True)
def _not_stopping() -> None:
    service.stopping.clear()


@pytest.fixture
def session(backend: StandInBackend) -> Iterator[EdgeSession]:
    made = EdgeSession(EdgeSettings(backend_url=backend.url, client_id="one", client_password=SecretStr(CLIENT_PASSWORD)))
    yield made
    made.close()


def test_a_login_is_used_for_all_that_follows(backend: StandInBackend, session: EdgeSession) -> None:
    for _ in range(3):
        session.request("POST", "/edge-device/heartbeat/", json={})
    assert backend.logins == 1
    assert backend.calls[0].authorization == "Token token-1"


def test_a_refused_token_is_replaced_and_the_request_repeated(backend: StandInBackend, session: EdgeSession) -> None:
    session.request("POST", "/edge-device/heartbeat/", json={"number": 1})
    backend.forget_tokens()
    assert session.request("POST", "/edge-device/heartbeat/", json={"number": 2}).status_code == 204
    assert backend.taken("/edge-device/heartbeat/") == [{"number": 1}, {"number": 2}]


def test_wrong_credentials_are_told_apart_from_an_absent_backend(backend: StandInBackend) -> None:
    wrong = EdgeSettings(backend_url=backend.url, client_id="one", client_password=SecretStr("a wrong password"))
    with pytest.raises(LoginRefused, match="authentication failed for client one") as refused:
        EdgeSession(wrong).wait_until_logged_in(patience_seconds=5)
    assert "a wrong password" not in str(refused.value)
    backend.stop()
    with pytest.raises(httpx.ConnectError):
        EdgeSession(wrong).wait_until_logged_in(patience_seconds=0.2)


def test_no_secret_is_shown_by_a_login(session: EdgeSession) -> None:
    assert "token-1" not in repr(session.login())
    assert "SharedAccessKey" not in repr(session.login())
