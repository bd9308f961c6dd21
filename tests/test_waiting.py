"""Waiting on conditions."""

import re
from collections.abc import Callable

import httpx
import pytest
from hamcrest import equal_to, greater_than

from support.evidence.entries import read_entries
from support.evidence.kinds import Kind
from support.evidence.recorder import Recorder
from support.waiting import NeverHappened, Patience, eventually


def counting_probe() -> Callable[[], int]:
    count = 0

    def probe() -> int:
        nonlocal count
        count += 1
        return count

    return probe


def test_returns_the_first_value_that_satisfies_the_matcher() -> None:
    assert eventually("a big number", counting_probe(), greater_than(3)) == 4


def test_a_function_can_be_the_condition() -> None:
    assert eventually("an even number", counting_probe(), lambda n: n % 2 == 0) == 2


def test_the_error_says_what_was_expected_what_was_seen_last_and_for_how_long() -> None:
    with pytest.raises(NeverHappened) as failure:
        eventually("the status", lambda: "Pending", equal_to("Online"), within=0.2)
    text = str(failure.value)
    assert "for the status" in text
    assert "expected: 'Online'" in text
    assert "'Pending'" in text
    assert re.search(r"waited 0\.[2-6] s", text)


def test_equal_sightings_are_folded_and_changes_are_kept() -> None:
    values = iter(["Pending", "Pending", "Running", "Failed"])
    with pytest.raises(NeverHappened) as failure:
        eventually("it", lambda: next(values, "Failed"), equal_to("Completed"), within=0.3)
    assert [sighting.value for sighting in failure.value.timeline.sightings] == ["'Pending'", "'Running'", "'Failed'"]
    assert str(failure.value).count("'Pending'") == 1


def test_a_passing_error_counts_as_not_yet_and_is_in_the_timeline(evidence: Recorder) -> None:
    attempts = iter([httpx.ConnectError("refused"), httpx.ConnectError("refused")])

    def probe() -> str:
        for error in attempts:
            raise error
        return "up"

    assert eventually("the service", probe, equal_to("up")) == "up"
    evidence.close()
    (entry,) = read_entries(evidence.folder)
    assert (entry.kind, entry.what, entry.failed) == (Kind.WAIT, "the service", False)
    assert "ConnectError: refused" in entry.detail


def test_any_other_error_ends_the_wait_at_once() -> None:
    def probe() -> str:
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        eventually("it", probe, equal_to("x"), within=30)


def test_an_error_that_never_passes_ends_as_never_happened() -> None:
    def probe() -> str:
        raise httpx.ConnectError("refused")

    with pytest.raises(NeverHappened, match="ConnectError: refused"):
        eventually("the service", probe, equal_to("up"), within=0.2)


def test_one_factor_stretches_every_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Patience, "factor", 3.0)
    with pytest.raises(NeverHappened) as failure:
        eventually("it", lambda: 1, equal_to(2), within=0.1)
    assert failure.value.timeline.sightings[0].last_seen >= 0.2


def test_secrets_are_not_in_the_timeline() -> None:
    with pytest.raises(NeverHappened) as failure:
        eventually("it", lambda: {"token": "abcdef123456"}, equal_to(1), within=0.05)
    assert "abcdef123456" not in str(failure.value)


def test_a_long_timeline_is_cut_and_says_so() -> None:
    with pytest.raises(NeverHappened, match="earlier sightings left out"):
        eventually("it", counting_probe(), equal_to(-1), within=0.8)
