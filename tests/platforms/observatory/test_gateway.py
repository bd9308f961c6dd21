"""The gateway without a broker: it refuses what it has to, and says that it can take nothing."""

import json
import socket
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from environments.platforms.observatory import contracts
from environments.platforms.observatory.gateway.application import make
from environments.platforms.observatory.gateway.settings import Settings

from .test_contracts import JOB


@pytest.fixture
def gateway() -> Iterator[TestClient]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nobody = f"127.0.0.1:{port}"
    settings = Settings(
        host="127.0.0.1",
        port=1,
        rabbitmq_url=SecretStr(f"amqp://nobody:nothing@{nobody}"),
        contracts_path=contracts.FOLDER,
        alertmanager_url=f"http://{nobody}",
        prometheus_url=f"http://{nobody}",
    )
    with TestClient(make(settings), raise_server_exceptions=False) as client:
        yield client


def test_without_a_broker_a_job_is_to_be_submitted_again(gateway: TestClient) -> None:
    answer = gateway.post("/jobs", json=JOB)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json() == {"error": "the job could not be handed to the broker: submit it again later"}
    assert "gateway_jobs_accepted_total{" not in gateway.get("/metrics").text


def test_without_a_broker_it_is_alive_and_not_healthy(gateway: TestClient) -> None:
    assert gateway.get("/healthz").status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert gateway.get("/readyz").status_code == HTTPStatus.OK


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"7", b"null", b"[" * 100_000])
def test_what_is_no_job_is_refused_in_the_contracts_form(gateway: TestClient, body: bytes) -> None:
    answer = gateway.post("/jobs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    refused: dict[str, Any] = answer.json()
    assert refused["error"] == "Invalid job data"
    assert all(set(detail) == {"path", "message"} for detail in refused["details"])
    assert "X-Correlation-Id" in answer.headers


def test_a_correlation_id_that_is_none_is_refused(gateway: TestClient) -> None:
    answer = gateway.post("/jobs", content=json.dumps(JOB), headers={"X-Correlation-Id": "yesterday's"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "X-Correlation-Id" in answer.text


def test_an_outage_behind_it_is_told(gateway: TestClient) -> None:
    answer = gateway.get("/proxy/alerts")
    assert (answer.status_code, answer.json()) == (HTTPStatus.BAD_GATEWAY, {"error": "Alertmanager unavailable"})
