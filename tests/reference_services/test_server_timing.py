"""Answers that tell what was asked of other services for them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from environments.reference_services.server_timing import HEADER, ServerTiming, calls_of, note_call


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(ServerTiming)

    @app.get("/asks/{times}")
    def asks(times: int) -> None:
        for _ in range(times):
            note_call("orders_db")

    @app.get("/asks-nobody")
    async def asks_nobody() -> None:
        return None

    return TestClient(app)


def test_an_answer_tells_how_often_others_were_asked_for_it(client: TestClient) -> None:
    assert calls_of(client.get("/asks/3").headers[HEADER]) == {"orders_db": 3}
    assert HEADER not in client.get("/asks-nobody").headers


def test_answers_at_the_same_time_tell_only_their_own_calls(client: TestClient) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda times: calls_of(client.get(f"/asks/{times}").headers[HEADER]), range(1, 13))
    assert list(answers) == [{"orders_db": times} for times in range(1, 13)]


def test_a_call_outside_of_any_request_counts_for_none(client: TestClient) -> None:
    note_call("orders_db")
    assert HEADER not in client.get("/asks-nobody").headers


def test_other_programs_metrics_are_no_calls() -> None:
    assert calls_of('cache;desc="hit", db;dur=53, a;dur=1;desc="2", missing, ;desc="1", orders_db;desc="4"') == {"orders_db": 4}
