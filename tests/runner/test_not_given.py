"""A step that finds out that its scenario needs what only an operator can give: the scenario is skipped, and every report says why."""

from collections.abc import Callable
from pathlib import Path

from tests.runner.conftest import Run

FEATURE = """
Feature: f
  Scenario: a step
    Given it passes
    When nobody has given it
    Then it fails
  Scenario: with a table
    When nobody has given it
      | a |
      | 1 |
  Scenario: a called step
    When it calls one that nobody has given
    Then it fails
  Scenario: a hook of somebody else's
    Given it passes
"""
STEPS = """
from behave import step
from environments.errors import NotGiven

@step("nobody has given it")
def not_given(context): raise NotGiven("inbox", "its operator has none")
@step("it calls one that nobody has given")
def calls(context):
    context.execute_steps("Given nobody has given it")
    raise AssertionError("it went on")
"""


def test_the_scenario_is_skipped_with_the_reason(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=FEATURE)
    (folder / "steps" / "other.py").write_text(STEPS)
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output
    assert list(outcome.statuses.values()) == ["skipped", "skipped", "skipped", "passed"]
    reasons = {row["name"]: row["reason"] for row in outcome.record["scenarios"] if row["status"] == "skipped"}
    assert set(reasons.values()) == {"needs inbox: its operator has none"}
    assert [step["status"] for step in outcome.record["scenarios"][0]["steps"]] == ["passed", "skipped", "skipped"]
    assert "needs inbox: its operator has none" in outcome.output
    assert outcome.junit_counts["skipped"] == 3
