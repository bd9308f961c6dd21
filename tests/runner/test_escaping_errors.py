"""Whatever code of the user's raises: it is an error of that hook or step, everything else runs, and all reports are written."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Outcome, Run

RAISING = """
import asyncio, sys
from behave import step

def note(text):
    with open("notes.log", "a") as file: file.write(text + "\\n")

def leave(how):
    if how == "exit": sys.exit(0)
    if how == "exit with words": sys.exit("no licence")
    if how == "cancelled": raise asyncio.CancelledError("too late")
    if how == "interrupt": raise KeyboardInterrupt
    if how == "generator": raise GeneratorExit("g")
"""
STEPS = (
    RAISING
    + """
@step('it leaves by {how}')
def leaves(context, how):
    context.add_cleanup(note, "cleaned-up")
    leave(how)
@step('a coroutine leaves by {how}')
async def leaves_in_coroutine(context, how): leave(how)
@step('its cleanup leaves by {how}')
def cleanup_leaves(context, how):
    context.add_cleanup(note, "cleaned-up")
    context.add_cleanup(leave, how)
@step("it passes")
def passes(context): pass
"""
)
HOWS = ["exit", "exit with words", "cancelled", "interrupt", "generator"]
NAMES = {
    "exit": "SystemExit",
    "exit with words": "SystemExit",
    "cancelled": "CancelledError",
    "interrupt": "KeyboardInterrupt",
    "generator": "GeneratorExit",
}
TWO = "Feature: f\n  Scenario: first\n    Given {step}\n    Then it passes\n  Scenario: second\n    Given it passes\n"
RULED = """
Feature: f
  Scenario: second
    Given it passes
  @tagged
  Rule: r
    Scenario: first
      Given it passes
"""


@pytest.fixture
def start(project: Callable[..., Path], run: Run) -> Callable[..., Outcome]:
    """`start(feature, hooks)` runs a project with steps that leave in every way."""

    def start(feature: str, hooks: str = "", *arguments: str) -> Outcome:
        folder = project(f=feature)
        (folder / "steps" / "steps.py").write_text(STEPS)
        (folder / "environment.py").write_text(RAISING + hooks)
        return run(folder, *arguments)

    return start


def assert_told(outcome: Outcome, words: str) -> None:
    """Exit code 1, all reports there, and each says what was raised."""
    assert outcome.exit_code == 1, outcome.output
    assert words in outcome.output
    assert any(result["status"] == "broken" and words in result["statusDetails"]["message"] for result in outcome.allure), outcome.allure
    assert outcome.junit_counts["errors"] >= 1
    assert outcome.record["exit_code"] == 1


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("who", ["it", "a coroutine", "its cleanup"])
def test_in_a_step_or_cleanup(start: Callable[..., Outcome], how: str, who: str) -> None:
    hooks = "def after_scenario(context, scenario): note('after:' + scenario.name)\n"
    outcome = start(TWO.format(step=f"{who} leaves by {how}"), hooks)
    assert_told(outcome, NAMES[how])
    assert outcome.statuses == {"first": "cleanup_error" if who == "its cleanup" else "error", "second": "passed"}
    noted = outcome.noted("notes.log")
    assert "after:first" in noted
    assert ("cleaned-up" in noted) == (who != "a coroutine")
    if who != "its cleanup":
        (step, *_) = outcome.record["scenarios"][0]["steps"]
        assert (step["status"], step["failure"]["kind"]) == ("error", NAMES[how])
        assert "in leave" in step["failure"]["trace"]


@pytest.mark.parametrize("how", ["exit", "interrupt"])
@pytest.mark.parametrize(
    ("hook", "statuses"),
    [
        ("before_all(context)", {"first": "hook_error", "second": "hook_error"}),
        ("after_all(context)", {"first": "passed", "second": "passed"}),
        ("before_feature(context, feature)", {"first": "hook_error", "second": "hook_error"}),
        ("after_feature(context, feature)", {"first": "passed", "second": "passed"}),
        ("before_rule(context, rule)", {"first": "hook_error", "second": "passed"}),
        ("after_rule(context, rule)", {"first": "passed", "second": "passed"}),
        ("before_tag(context, tag)", {"first": "hook_error", "second": "passed"}),
        ("after_tag(context, tag)", {"first": "passed", "second": "passed"}),
        ("before_scenario(context, scenario)", {"first": "hook_error", "second": "hook_error"}),
        ("after_scenario(context, scenario)", {"first": "hook_error", "second": "hook_error"}),
        ("before_step(context, step)", {"first": "error", "second": "error"}),
        ("after_step(context, step)", {"first": "error", "second": "error"}),
    ],
)
def test_in_a_hook(start: Callable[..., Outcome], hook: str, statuses: dict[str, str], how: str) -> None:
    outcome = start(RULED, f"def {hook}: leave('{how}')\n", "--workers", "2")
    assert_told(outcome, NAMES[how])
    told = outcome.output + json.dumps(outcome.allure) + "".join("".join(suite.itertext()) for suite in outcome.junit)
    assert "in leave" in told
    ran = {name: status for name, status in outcome.statuses.items() if not name.startswith("around")}
    assert ran == statuses, outcome.output


@pytest.mark.parametrize("how", ["exit", "interrupt"])
@pytest.mark.parametrize("file", ["steps/steps.py", "environment.py"])
def test_while_it_is_loaded(project: Callable[..., Path], run: Run, file: str, how: str) -> None:
    folder = project(f=TWO.format(step="it passes"))
    (folder / file).write_text(RAISING + f"leave('{how}')\n")
    outcome = run(folder)
    assert outcome.exit_code == 2, outcome.output
    assert f"{file}:" in outcome.output
    assert NAMES[how] in outcome.output


ABORTING = "Feature: f\n  Scenario: first\n    Given it aborts\n    Then it passes\n  Scenario: second\n    Given it passes\n"
ABORT = '\n@step("it aborts")\ndef aborts(context): context.abort("the machine is broken")\n'


@pytest.mark.parametrize(
    ("hook", "first"),
    [
        ("", "error"),
        ("before_all(context)", "hook_error"),
        ("before_feature(context, feature)", "hook_error"),
        ("before_scenario(context, scenario)", "error"),
        ("after_scenario(context, scenario)", "passed"),
    ],
)
def test_after_an_abort_nothing_more_begins(project: Callable[..., Path], run: Run, hook: str, first: str) -> None:
    feature = ABORTING if not hook else TWO.format(step="it passes")
    folder = project(f=feature, g=TWO.format(step="it passes").replace("first", "third").replace("second", "fourth"))
    (folder / "steps" / "steps.py").write_text(STEPS + ABORT)
    hooks = f'def {hook}: context.abort("the machine is broken")\n' if hook else ""
    (folder / "environment.py").write_text(hooks)
    outcome = run(folder, "--workers", "1")
    assert outcome.exit_code == 1, outcome.output
    assert "aborted: the machine is broken" in outcome.output
    assert outcome.record["aborted"] == "the machine is broken"
    statuses = outcome.statuses
    assert statuses["first"] == first
    assert set(statuses.values()) <= {first, "skipped", "hook_error"}, statuses
    assert "passed" not in list(statuses.values())[1:], statuses


def test_an_abort_ends_repetitions_too(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=ABORTING)
    (folder / "steps" / "steps.py").write_text(STEPS + ABORT)
    (folder / "environment.py").write_text("")
    outcome = run(folder, "--repeat", "3")
    assert outcome.exit_code == 1
    assert "Repetition 2" not in outcome.output


@pytest.mark.parametrize(
    "hook",
    [
        "def before_all(context): os._exit(0)",
        "def after_all(context): os._exit(0)",
        "def before_all(context): context.add_cleanup(os._exit, 0)",
    ],
)
def test_a_hook_of_the_run_cannot_end_it_without_a_word(start: Callable[..., Outcome], hook: str) -> None:
    assert_told(start(TWO.format(step="it passes"), f"import os\n{hook}\n"), "SystemExit: 0")


@pytest.mark.parametrize("file", ["steps/steps.py", "environment.py"])
def test_what_is_loaded_cannot_end_the_run_without_a_word(project: Callable[..., Path], run: Run, file: str) -> None:
    folder = project(f=TWO.format(step="it passes"))
    (folder / file).write_text("import os\nos._exit(0)\n")
    outcome = run(folder)
    assert outcome.exit_code == 2, outcome.output
    assert f"{file}:2: SystemExit: 0" in outcome.output


def test_a_process_that_such_a_hook_forks_ends_as_it_wants_to(start: Callable[..., Outcome]) -> None:
    hook = "def before_all(context):\n    child = os.fork()\n    if not child: os._exit(7)\n    assert os.waitpid(child, 0)[1] == 7 << 8\n"
    assert start(TWO.format(step="it passes"), f"import os\n{hook}\n").exit_code == 0
