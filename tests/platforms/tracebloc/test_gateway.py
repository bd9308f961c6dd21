"""The gateway between an SDK and the platform: it answers what it is told to, and passes everything else on as it is."""

from collections.abc import Iterator

import httpx
import pytest

from support.platforms.tracebloc.clients.gateway import Answer, Endpoint, Gateway
from tests.http_server import Answered, Asked, answering

LOGIN = Endpoint("POST", "/api-token-auth/")


def said_again(asked: Asked) -> Answered:
    """Says what it was asked, with an encoding of its own."""
    said = f"{asked.path} {asked.headers['User-Agent']} {asked.headers['Authorization']} {asked.body.decode()}"
    return Answered(202, said.encode(), {"Content-Type": "text/x-said"})


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with answering(said_again) as url:
        opened = Gateway(url)
        yield opened
        opened.close()


@pytest.fixture
def client(gateway: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=gateway.url, trust_env=False, timeout=5, headers={"User-Agent": "sdk", "Authorization": "Bearer t"}
    ) as client:
        yield client


def test_everything_is_passed_on_as_it_is(client: httpx.Client) -> None:
    answer = client.post("/check-model/?a=b", content=b"body")
    assert (answer.status_code, answer.headers["content-type"]) == (202, "text/x-said")
    assert answer.text == "/check-model/?a=b sdk Bearer t body"


def test_the_next_few_are_answered_and_what_comes_after_them_is_passed_on(gateway: Gateway, client: httpx.Client) -> None:
    gateway.answer_first(LOGIN, [Answer(503), Answer(429)])
    statuses = [client.post("/api-token-auth/").status_code for _ in range(3)]
    assert (statuses, gateway.asked) == ([503, 429, 202], 2)


def test_only_the_chosen_endpoint_is_answered(gateway: Gateway, client: httpx.Client) -> None:
    gateway.answer(Endpoint("POST", "/check-model/", "linking_dataset"), Answer(409, b"{}", headers={"Retry-After": "1"}))
    refused = client.post("/check-model/", data={"type": "linking_dataset"})
    assert (refused.status_code, refused.headers["retry-after"], refused.content) == (409, "1", b"{}")
    assert client.post("/check-model/", data={"type": "functional_test"}).status_code == 202
    assert client.post("/experiments/", data={"type": "linking_dataset"}).status_code == 202
    assert gateway.asked == 1
    gateway.pass_everything_on()
    assert client.post("/check-model/", data={"type": "linking_dataset"}).status_code == 202


def test_a_connection_is_dropped_without_a_word(gateway: Gateway, client: httpx.Client) -> None:
    gateway.answer(LOGIN, Answer(hangs_up=True))
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/api-token-auth/")


def test_silence_lasts_until_the_client_gives_up(gateway: Gateway, client: httpx.Client) -> None:
    gateway.answer(LOGIN, Answer(silent=True))
    with pytest.raises(httpx.ReadTimeout):
        client.post("/api-token-auth/", timeout=0.2)
    assert gateway.asked == 1


def test_another_version_can_be_told_to_the_platform(gateway: Gateway, client: httpx.Client) -> None:
    gateway.user_agent = "tracebloc-sdk/1.1.9"
    assert "tracebloc-sdk/1.1.9" in client.post("/api-token-auth/", content=b"x").text
