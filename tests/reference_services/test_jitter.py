"""Delays that a seed brings back, at the two places where services meet."""

import time
from collections.abc import Iterator

import pytest

from environments.network.direct_http import direct_client
from environments.platforms.tracebloc.messaging import queues
from environments.processes.variables import basic_environment
from environments.reference_services import jitter
from tests.http_server import Answered, answering


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every delay that was asked for, instead of the delay."""
    asked: list[float] = []
    monkeypatch.setattr(jitter._never, "wait", asked.append)
    monkeypatch.setenv(jitter.VARIABLE, "7")
    jitter._of_this_process.cache_clear()
    return asked


@pytest.fixture
def url() -> Iterator[str]:
    with answering(lambda _asked: Answered(204)) as url:
        yield url


def test_the_same_seed_brings_the_same_delays_and_every_program_its_own() -> None:
    def some(seed: str, process: str) -> list[float]:
        chance = jitter.delays(seed, process)
        return [chance.random() for _ in range(5)]

    assert some("7", "backend") == some("7", "backend")
    assert len({tuple(some(seed, process)) for seed in "78" for process in ("backend", "edge")}) == 4


def test_some_are_delayed_and_none_for_long(paused: list[float]) -> None:
    for _ in range(1000):
        jitter.pause()
    assert 200 < len(paused) < 400
    assert all(0 <= seconds <= jitter.LONGEST_SECONDS for seconds in paused)


def test_without_a_seed_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(jitter.VARIABLE, raising=False)
    began = time.monotonic()
    for _ in range(10_000):
        jitter.pause()
    assert time.monotonic() - began < 1
    assert jitter.handed_on() == {}


def test_requests_between_services_are_delayed(paused: list[float], url: str) -> None:
    with direct_client(url, timeout=5) as client:
        for _ in range(20):
            assert client.get("/").status_code == 204
    assert paused


def test_messages_are_delayed_before_they_are_handled(paused: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    class Receiver:
        def complete_message(self, _message: object) -> None:
            pass

    consumer = queues.QueueConsumer("", "some", lambda _body: None)
    for _ in range(20):
        consumer._handle_and_settle(Receiver(), "a message")  # type: ignore[arg-type]
    assert paused


def test_services_are_handed_the_seed_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(jitter.VARIABLE, "7")
    assert jitter.handed_on() == {jitter.VARIABLE: "7"}
    assert jitter.VARIABLE not in basic_environment()
