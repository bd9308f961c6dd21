"""Second attempts: for @network only, every attempt kept and shown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from support.history.reading import open_history
from tests.runner.conftest import Outcome, Run

FLAKY = """
Feature: f
  @network
  Scenario Outline: far away
    Given it passes
    When it passes at attempt <number>
    Then it passes
    Examples:
      | number |
      | 2      |
"""


@pytest.fixture
def flaky(project: Callable[..., Path], run: Run) -> Outcome:
    return run(project(f=FLAKY))


def test_a_second_attempt_may_pass_and_the_first_is_kept(flaky: Outcome) -> None:
    assert flaky.exit_code == 0, flaky.output
    (row,) = flaky.record["scenarios"]
    assert (row["status"], row["attempts"]) == ("passed", 2)
    assert "the network is away, try 1" in row["failed_attempts"][0]
    assert [step["status"] for step in row["steps"]] == ["passed", "passed", "passed"]


def test_every_report_shows_both_attempts(flaky: Outcome) -> None:
    assert "attempt 1 of 2 failed, trying again: When it passes at attempt 2" in flaky.output
    assert sorted(result["status"] for result in flaky.allure) == ["failed", "passed"]
    # Allure groups retries by this
    assert len({result["historyId"] for result in flaky.allure}) == 1
    (suite,) = flaky.junit
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    assert "attempt 1 failed: When it passes at attempt 2" in "".join(suite.itertext())


def test_every_report_says_that_it_passed_late(flaky: Outcome) -> None:
    late = "passed at attempt 2 of 2"
    assert f"    {late}" in flaky.output.splitlines()
    assert f"flaky: features/f.feature:10 far away -- @1.1 : {late}" in flaky.output
    assert late in "".join(flaky.junit[0].itertext())
    assert [result["statusDetails"]["message"] for result in flaky.allure if result["status"] == "passed"] == [late]


def test_two_attempts_are_the_most(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(f=FLAKY.replace("| 2 ", "| 9 ")))
    assert outcome.exit_code == 1, outcome.output
    assert outcome.noted("notes.log").count("tried") == 2
    (row,) = outcome.record["scenarios"]
    assert (row["status"], row["attempts"]) == ("failed", 2)


@pytest.mark.parametrize("step", ["it cleans up badly", "nobody knows this", "it is pending"])
def test_what_the_test_itself_does_wrong_is_not_tried_again(project: Callable[..., Path], run: Run, step: str) -> None:
    outcome = run(project(f=f"Feature: f\n  @network\n  Scenario: s\n    Given it passes at attempt 1\n    Then {step}\n"))
    assert outcome.exit_code == 1, outcome.output
    assert outcome.noted("notes.log").count("tried") == 1


def test_without_the_tag_there_is_one_attempt(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(f=FLAKY.replace("@network", "@p0")))
    assert outcome.exit_code == 1, outcome.output
    assert outcome.record["scenarios"][0]["attempts"] == 1


def test_the_history_calls_a_scenario_flaky_that_passed_at_its_second_attempt(flaky: Outcome) -> None:
    with open_history(flaky.results.parent) as history:
        assert [(run.passed, run.flaky) for run in history.runs()] == [(1, 1)]
