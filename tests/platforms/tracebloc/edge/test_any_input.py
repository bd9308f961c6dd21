"""Whatever is sent to the services of a secure environment: they never fail, and their OpenAPI documents say how they answer."""

import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from environments.platforms.tracebloc.common.http_server import serving
from environments.platforms.tracebloc.edge.pod_token import PodClaims, mint
from environments.platforms.tracebloc.jobs_manager.api import application as jobs_manager
from environments.platforms.tracebloc.jobs_manager.ingestion import IngestionRuns
from environments.platforms.tracebloc.jobs_manager.settings import Settings as JobsManagerSettings
from environments.platforms.tracebloc.messaging.messages import FlopsSpent
from environments.platforms.tracebloc.requests_proxy.api import application as requests_proxy
from environments.platforms.tracebloc.requests_proxy.settings import Settings
from tests.platforms.tracebloc.any_input import ODD, REQUESTS, Keys, exercise, operations, schema_of
from tests.platforms.tracebloc.edge.conftest import free_port, score_submission, train_cycle

SECRET = "a signing secret for all of these tests"
TOKEN = "an ingestion token"
LOGIN = {"backend_url": "http://127.0.0.1:9", "client_id": "one", "client_password": SecretStr("a password")}


class Store:
    """Holds the same at every key."""

    def read(self, _key: str) -> bytes:
        return b"content"

    def estimator_of(self, *_: object) -> None:
        return None

    def write(self, *_: object) -> None:
        pass


class Relay:
    """Takes every message."""

    def spending(self, *_: object) -> FlopsSpent | None:
        return None

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_: None


class Launcher:
    """Makes every Job."""

    def list_pods(self, _labels: object) -> list[object]:
        return []

    def create_job(self, _manifest: object) -> bool:
        return True


def pod_token(work: Any) -> str:  # noqa: ANN401 - either kind of work
    return mint(PodClaims(pod="pod", client_id="one", work=work, expires_at=time.time() + 3600), SECRET)


def proxy() -> FastAPI:
    settings = Settings(**LOGIN, http_port=1, pod_token_signing_secret=SecretStr(SECRET), object_store_url="http://127.0.0.1:9")
    return requests_proxy(settings, Store(), Relay())  # type: ignore[arg-type]


def manager(folder: Path) -> FastAPI:
    settings = JobsManagerSettings(
        **LOGIN, http_port=1, client_env="dev", ingestion_token=SecretStr(TOKEN), pod_token_signing_secret=SecretStr(SECRET),
        requests_proxy_url="http://127.0.0.1:9", database_url=SecretStr(f"sqlite:///{folder}/edge.sqlite"), shared_folder=folder,
    )  # fmt: skip
    return jobs_manager(IngestionRuns(settings, Launcher(), lambda: "token"), settings.ingestion_token)  # type: ignore[arg-type]


CONFIG = {
    "apiVersion": "tracebloc.io/v1", "kind": "IngestConfig", "table": "toys", "intent": "train", "category": "tabular_classification",
    "csv": "/data/shared/toys.csv", "schema": {"a": "FLOAT"}, "label": "kind",
}  # fmt: skip


def test_no_route_of_the_requests_proxy_fails() -> None:
    answers_as_documented(
        proxy(), [pod_token(train_cycle()), pod_token(score_submission()), "x"], {"metrics": ['{"accuracy": 0.5}'], "rows": ["3"]}
    )


def test_no_route_of_the_jobs_manager_fails(tmp_path: Path) -> None:
    answers_as_documented(manager(tmp_path), [TOKEN, TOKEN, "x"], {"ingest_config": [CONFIG], "idempotency_key": ["a-key"]})


def answers_as_documented(service: FastAPI, tokens: list[str], keys: Keys) -> None:
    turns, port = itertools.cycle(tokens), free_port()
    url = f"http://127.0.0.1:{port}"
    routes = list(operations(schema_of(service.openapi(), url)))
    with serving(service, "127.0.0.1", port):
        for route in routes:
            exercise(
                route,
                max(3, REQUESTS // 10 // len(routes)),
                keys,
                lambda case: case.call(base_url=url, headers={"Authorization": f"Bearer {next(turns)}"}),
            )


@pytest.mark.parametrize("value", ODD)
def test_odd_values_never_fail(tmp_path: Path, value: str) -> None:
    training, scoring = pod_token(train_cycle()), pod_token(score_submission())
    bodies = [
        (proxy(), training, "/v1/epochs", f'{{"epoch": {value}, "metrics": {{"accuracy": {value}}}}}'),
        (proxy(), training, "/v1/epochs", f'{{"epoch": 1, "metrics": {{"accuracy": {value}}}}}'),
        (proxy(), training, "/v1/flops", f'{{"flops": {value}, "grams_co2e": 0.5}}'),
        (proxy(), scoring, "/v1/score", f'{{"rows": {value}, "score": 0.5}}'),
        *(
            (manager(tmp_path), TOKEN, "/internal/submit-ingestion-run", f'{{"ingest_config": {config}, "idempotency_key": "k"}}')
            for config in (json.dumps({**CONFIG, field: 0}).replace(f'"{field}": 0', f'"{field}": {value}') for field in (*CONFIG, "other"))
        ),
        (
            manager(tmp_path),
            TOKEN,
            "/internal/submit-ingestion-run",
            json.dumps({"ingest_config": CONFIG | {"csv": "/data/shared/\0"}, "idempotency_key": "k"}),
        ),
        (manager(tmp_path), TOKEN, "/internal/submit-ingestion-run", f'{{"ingest_config": {{}}, "idempotency_key": {value}}}'),
    ]
    for service, token, path, body in bodies:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = TestClient(service, raise_server_exceptions=True).post(path, content=body.encode(), headers=headers)
        assert answer.status_code < 500, f"{path} {body[:100]}: {answer.text}"
