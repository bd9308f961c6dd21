"""Budgets: what takes too long is interrupted or killed, said where it hung, cleaned up after, and told apart from failures."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Run

# loaded before the scenario's time begins to run
WAITING = """
from behave import step
from support.waiting import eventually
@step("it waits for something that never happens")
def waits(context):
    eventually("the moon to be blue", lambda: "grey", lambda colour: colour == "blue", within=60)
"""


def feature(*steps: str, tags: str = "") -> str:
    lines = "\n".join(f"    Given {step}" for step in steps)
    return f"Feature: f\n  {tags}\n  Scenario: slow\n{lines}\n  Scenario: other\n    Given it passes\n"


def test_a_scenario_over_its_budget_is_interrupted_and_the_run_ends_with_4(project: Callable[..., Path], run: Run) -> None:
    began = time.monotonic()
    outcome = run(project(f=feature("it passes", "it takes 60 s", tags="@budget.0.3")))
    assert time.monotonic() - began < 10
    assert outcome.exit_code == 4, outcome.output
    assert outcome.statuses == {"slow": "error", "other": "passed"}
    assert "the scenario's budget of 0.3 s is used up" in outcome.output
    # where it hung
    assert "in takes" in outcome.output
    assert "time.sleep(seconds)" in outcome.output
    assert outcome.allure_counts == {"broken": 1, "passed": 1}


def test_the_last_wait_is_told(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=feature("it waits for something that never happens", tags="@budget.0.5"))
    (folder / "steps" / "waiting.py").write_text(WAITING)
    outcome = run(folder)
    assert outcome.exit_code == 4
    assert "for the moon to be blue" in outcome.output
    assert "'grey'" in outcome.output


def test_cleanups_of_an_interrupted_scenario_are_done(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=feature("it takes 60 s", tags="@budget.0.3"))
    environment = folder / "environment.py"
    environment.write_text(
        environment.read_text().replace('    if scenario.name == "has a bad hook after"', '    note("after:" + scenario.name)\n    if 0')
    )
    outcome = run(folder)
    assert "after:slow" in outcome.noted("hooks.log")


@pytest.mark.parametrize("hanging", ["it holds the processor for good"])
def test_what_cannot_be_interrupted_is_killed_with_its_stack(project: Callable[..., Path], run: Run, hanging: str) -> None:
    # half a second: on a busy machine a step that is to be killed has to have begun by then
    outcome = run(project(f=feature(hanging, tags="@budget.5")), "--workers", "2", RINGMASTER_DEADLINE_FACTOR="0.1")
    assert outcome.exit_code == 4, outcome.output
    assert outcome.statuses == {"slow": "error", "other": "passed"}
    assert "was killed" in outcome.output
    # written by the signal itself, since no Python code ran any more
    assert "in holds" in outcome.output


def test_a_step_that_swallows_the_interruption_does_not_make_the_scenario_pass(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(f=feature("it takes 1.0 s whatever is asked of it", tags="@budget.0.3")))
    assert outcome.exit_code == 4, outcome.output
    assert outcome.statuses["slow"] == "error"


def test_steps_and_scenarios_have_budgets_by_setting(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=feature("it takes 60 s"))
    for option in ("--step-budget", "--scenario-budget"):
        outcome = run(folder, option, "0.3")
        assert outcome.exit_code == 4, outcome.output
        assert outcome.statuses == {"slow": "error", "other": "passed"}
    assert run(folder, "--step-budget", "30", "--name", "other").exit_code == 0


@pytest.mark.parametrize("setting", [{"RINGMASTER_RUN_BUDGET": "0.5"}, {"RINGMASTER_RING_BUDGETS": '{"ring1": 0.5}'}])
def test_when_the_budget_of_a_ring_or_the_run_is_used_up_the_rest_does_not_run(
    project: Callable[..., Path], run: Run, setting: dict[str, str]
) -> None:
    scenarios = "".join(f"  @ring1\n  Scenario: number {number}\n    Given it takes 0.2 s\n" for number in range(10))
    outcome = run(project(f=f"Feature: f\n{scenarios}"), "--workers", "1", **setting)
    assert outcome.exit_code == 4, outcome.output
    assert "is used up" in outcome.output
    left = [row for row in outcome.record["scenarios"] if row["status"] == "skipped"]
    assert len(left) >= 5
    assert all("not run: the" in row["reason"] for row in left)


@pytest.mark.parametrize("setting", [{"RINGMASTER_RUN_BUDGET": "1"}, {"RINGMASTER_RING_BUDGETS": '{"ring1": 1}'}])
def test_no_further_repetition_begins_when_a_budget_is_used_up(project: Callable[..., Path], run: Run, setting: dict[str, str]) -> None:
    outcome = run(project(f="Feature: f\n  @ring1\n  Scenario: s\n    Given it takes 0.4 s\n"), "--repeat", "40", **setting)
    assert outcome.exit_code == 4, outcome.output
    ended = [row["status"] for row in outcome.record["scenarios"]]
    assert len(ended) <= 4
    assert ended.count("error") <= 1
    assert outcome.output.count("\nRepetition ") == len(ended)


def test_a_failure_counts_more_than_a_budget(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(f=feature("it takes 60 s", tags="@budget.0.3") + "  Scenario: fails\n    Given it fails\n"))
    assert outcome.exit_code == 1


def test_a_budget_that_is_no_number_is_refused(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(f=feature("it passes", tags="@budget.soon")))
    assert outcome.exit_code == 2
    assert "f.feature" in outcome.output
    assert "@budget.soon is not a budget" in outcome.output


def test_time_in_steps_and_in_hooks_is_told_apart(project: Callable[..., Path], run: Run) -> None:
    folder = project(f="Feature: f\n  Scenario: s\n    Given it takes 0.2 s\n")
    environment = folder / "environment.py"
    environment.write_text(environment.read_text().replace("    assert context.from_before_all == 1", "    import time; time.sleep(0.4)"))
    record = run(folder).record
    assert 0.2 <= record["step_seconds"] < 0.4
    assert 0.4 <= record["hook_seconds"] < 0.8
    assert record["wall_seconds"] >= 0.6
