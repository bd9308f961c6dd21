"""How reliable scenarios are over many runs."""

from support.history.past import PastOutcome, Reliability, reliability
from support.results.scenario_result import Status


def outcomes(*ended: str) -> list[PastOutcome]:
    """Such as `passed`, or `passed 2` at the second attempt."""
    found = []
    for number, words in enumerate(ended):
        status, _, attempts = words.partition(" ")
        found.append(PastOutcome(run=str(number), started_at=number, status=Status(status), attempts=int(attempts or 1)))
    return found


def of(*ended: str) -> Reliability:
    (one,) = reliability({"s": outcomes(*ended)})
    return one


def test_rates_are_shares_of_the_runs() -> None:
    one = of("passed", "failed 2", "passed 2", "passed")
    assert (one.runs, one.pass_rate, one.flaky_rate, one.retry_rate) == (4, 0.75, 0.25, 0.5)


def test_runs_in_which_it_was_skipped_or_did_not_begin_say_nothing() -> None:
    assert of("passed", "skipped", "untested").runs == 1
    assert reliability({"s": outcomes("skipped")}) == []


def test_greens_in_a_row_end_at_a_failure_and_at_a_second_attempt() -> None:
    assert of("failed", "passed", "passed").consecutive_greens == 2
    assert of("passed", "passed 2", "passed").consecutive_greens == 1
    assert of("passed", "skipped", "passed").consecutive_greens == 2
    assert of("passed", "failed").consecutive_greens == 0


def test_changes_between_passed_and_failed_are_counted() -> None:
    assert of("passed", "failed", "error", "passed").changes == 2


def test_the_least_reliable_comes_first() -> None:
    found = reliability({"good": outcomes("passed"), "retried": outcomes("passed 2"), "bad": outcomes("failed")})
    assert [one.scenario for one in found][-1] == "good"
