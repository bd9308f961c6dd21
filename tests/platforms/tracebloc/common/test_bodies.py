"""What is let in: how much, of whom, and what kind of JSON."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from environments.platforms.tracebloc.common.bodies import SMALL_BODY, USUAL_BODY, Bodies
from environments.platforms.tracebloc.common.sent_json import UnusableJson, parse

READ: list[int] = []
KNOWN = {"Authorization": "known"}


async def known(headers: Headers) -> bool:
    return headers.get("authorization") == "known"


@pytest.fixture
def client() -> TestClient:
    READ.clear()
    service = FastAPI()
    service.add_middleware(Bodies, known=known, with_files={"/files": 2 * USUAL_BODY})

    @service.post("/files")
    @service.post("/usual")
    async def read(request: Request) -> int:
        READ.append(len(await request.body()))
        return READ[-1]

    return TestClient(service)


def unannounced(size: int) -> Iterator[bytes]:
    for _ in range(size // 1024):
        yield b"a" * 1024


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=b"])
@pytest.mark.parametrize(
    ("path", "size", "headers", "status"),
    [
        ("/usual", SMALL_BODY + 1024, {}, 401),
        ("/files", SMALL_BODY + 1024, {}, 401),
        ("/files", SMALL_BODY + 1024, {"Authorization": "unknown"}, 401),
        ("/usual", USUAL_BODY + 1024, KNOWN, 413),
        ("/files", 2 * USUAL_BODY + 1024, KNOWN, 413),
    ],
)
def test_what_is_too_much_is_not_read(
    client: TestClient, path: str, size: int, headers: dict[str, str], status: int, announced: bool, kind: str
) -> None:
    content: Any = b"a" * size if announced else unannounced(size)
    answer = client.post(path, content=content, headers={"Content-Type": kind, **headers})
    assert answer.status_code == status
    assert READ == []


@pytest.mark.parametrize(
    ("path", "size", "headers"), [("/usual", SMALL_BODY, {}), ("/usual", USUAL_BODY, KNOWN), ("/files", 2 * USUAL_BODY, KNOWN)]
)
def test_as_much_as_may_be_is_read(client: TestClient, path: str, size: int, headers: dict[str, str]) -> None:
    for content in (b"a" * size, unannounced(size)):
        answer = client.post(path, content=content, headers={"Content-Type": "text/plain", **headers})
        assert (answer.status_code, answer.json()) == (200, size)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (rb'{"a": "\ud800"}', "not JSON that can be used"),
        (rb'{"\udfff": 1}', "not JSON that can be used"),
        (b'{"a": [1, 9223372036854775808]}', "a.1: a number beyond 64 bits"),
        (b'{"a": -1e400}', "a: a number beyond 64 bits"),
        (b"NaN", "not JSON that can be used"),
        (b"[" * 70 + b"]" * 70, "nested more than 64 deep"),
        (b"[" * 100_000 + b"]" * 100_000, "not JSON that can be used"),
        (b"\xff\xfe", "not JSON that can be used"),
    ],
)
def test_json_that_cannot_be_worked_with_is_refused(client: TestClient, sent: bytes, words: str) -> None:
    answer = client.post("/usual", content=sent, headers={"Content-Type": "application/json", **KNOWN})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")
    assert words in answer.json()["message"]
    assert READ == []


def test_what_json_holds_is_taken_as_it_is() -> None:
    assert parse('{"a": [1, -9223372036854775807, 0.5, null, true, "\\ud83d\\ude00"]}') == {"a": [1, -(2**63) + 1, 0.5, None, True, "😀"]}
    with pytest.raises(UnusableJson, match="EOF"):
        parse("")
