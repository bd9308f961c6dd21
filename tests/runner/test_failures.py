"""Whatever goes wrong in a step: one sentence and one status, the same in every report."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Outcome, Run

FEATURE = """
Feature: f
  Scenario: an expectation
    Then the leaderboard is right
  Scenario: a refusal
    Then the platform lets it in
  Scenario: a refusal before
    Given the platform lets it in
  Scenario: a wait
    Then it is done at last
  Scenario: a plain assertion
    Then the total is right
  Scenario: a called step fails
    Then it calls "Then the total is right"
  Scenario: a defect
    Then there is a defect
  Scenario: a called step is defective
    Then it calls "Then there is a defect"
  Scenario: a called step is unknown
    Then it calls "Then nobody knows this"
"""
STEPS = """
from behave import step
from hamcrest import assert_that, contains_exactly, has_entries
from environments.errors import PlatformRefused
from support.waiting import eventually

@step("the leaderboard is right")
def leaderboard(context):
    seen = [{"team": "Ada", "score": 1}, {"team": "Bob", "score": 2}]
    assert_that(seen, contains_exactly(has_entries(team="Ada", score=1), has_entries(team="Bea", score=2)), "the leaderboard")
@step("the platform lets it in")
def lets_in(context): raise PlatformRefused("joining was refused with 403: not for you")
@step("it is done at last")
def done(context): eventually("the job", lambda: "Running", lambda status: status == "Done", within=0.05)
@step("the total is right")
def total(context):
    total = 4
    assert total == 3
@step('it calls "{called}"')
def calls(context, called): context.execute_steps(called)
@step("there is a defect")
def defect(context): {}["x"]
"""
SENTENCES = {
    "an expectation": ("failed", "the leaderboard: row 2: expected team Bea, seen team Bob"),
    "a refusal": ("failed", "joining was refused with 403: not for you"),
    "a refusal before": ("failed", "joining was refused with 403: not for you"),
    "a wait": ("failed", "s for the job: seen last: 'Running'"),
    "a plain assertion": ("failed", "assert total == 3 does not hold, where total = 4"),
    "a called step fails": ("failed", "assert total == 3 does not hold, where total = 4"),
    "a defect": ("error", "KeyError: 'x' (in steps/other.py:22)"),
    "a called step is defective": ("error", "KeyError: 'x' (in steps/other.py:22)"),
    "a called step is unknown": ("error", "this step calls 'Then nobody knows this', which is undefined"),
}
HOOKS = """
def after_scenario(context, scenario):
    with open("hooks.log", "a") as log: log.write(f"{scenario.status.name}\\n")
"""


@pytest.fixture
def outcome(project: Callable[..., Path], run: Run) -> Outcome:
    folder = project(f=FEATURE)
    (folder / "steps" / "other.py").write_text(STEPS)
    (folder / "environment.py").write_text(HOOKS)
    return run(folder)


def test_every_report_says_the_same_sentence_and_status(outcome: Outcome) -> None:
    cases = {case.get("name"): case for suite in outcome.junit for case in suite.iter("testcase")}
    allure = {result["name"]: result for result in outcome.allure}
    for row in outcome.record["scenarios"]:
        status, sentence = SENTENCES[row["name"]]
        (step,) = row["steps"]
        assert row["status"] == step["status"] == status, row["name"]
        assert step["error"] == step["failure"]["message"]
        assert step["error"].endswith(sentence)
        element = cases[row["name"]].find("failure" if status == "failed" else "error")
        assert element is not None
        assert str(element.get("message")) == step["error"]
        told = allure[row["name"]]
        assert (told["status"], told["statusDetails"]["message"]) == ("failed" if status == "failed" else "broken", step["error"])
        assert f"        {step['error']}\n" in outcome.output
        assert f"blocks: {row['location']} {row['name']}: {status}: {step['error'][:160]}" in outcome.output
    assert sorted(outcome.noted("hooks.log")) == sorted(status for status, _ in SENTENCES.values())


def test_traces_hold_the_projects_own_frames_alone(outcome: Outcome) -> None:
    for row in outcome.record["scenarios"]:
        trace = row["steps"][0]["failure"]["trace"]
        assert "steps/other.py" in trace
        assert "/behave/" not in trace
        assert "support/runner" not in trace
    texts = [*("".join(suite.itertext()) for suite in outcome.junit), str(outcome.allure), outcome.output]
    assert all("steps/other.py" in text and "/behave/" not in text and "support/runner" not in text for text in texts)
    # on the console only where code is wrong
    assert outcome.output.count("Traceback") == 3


def test_both_tables_are_data_in_the_record_and_columns_on_the_console(outcome: Outcome) -> None:
    row = next(row for row in outcome.record["scenarios"] if row["name"] == "an expectation")
    comparison = row["steps"][0]["failure"]["comparison"]
    assert (comparison["what"], comparison["columns"]) == ("the leaderboard", ["team", "score"])
    assert comparison["rows"][1] == {"expected": ["Bea", "2"], "seen": ["Bob", "2"], "name": "2", "differing": [0]}
    assert "          ≠ 2  Bea   2      |  Bob   2\n" in outcome.output


def test_hooks_and_cleanups_are_told_in_a_sentence_too(project: Callable[..., Path], run: Run) -> None:
    folder = project(f="Feature: f\n  Scenario: has a bad hook before\n    Given it passes\n  Scenario: b\n    Given it cleans up badly\n")
    outcome = run(folder)
    hook, cleanup = (row["failure"]["message"] for row in outcome.record["scenarios"])
    assert hook.startswith("the hook before_scenario went wrong: RuntimeError: hook went wrong before (in environment.py:")
    assert cleanup.startswith("the cleanup bad went wrong: RuntimeError: cleanup went wrong (in steps/steps.py:")
    (folder / "environment.py").write_text("def before_all(context): raise RuntimeError('no')\n")
    around = run(folder).record["scenarios"][-1]["failure"]
    assert around["message"] == "the hook before_all went wrong: RuntimeError: no (in environment.py:1)"
    assert around["trace"].startswith("Traceback")
