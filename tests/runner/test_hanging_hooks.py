"""Hooks and cleanups around scenarios end with the run: when its budget is used up, and when it is stopped; all reports are written."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hamcrest import equal_to

from support.waiting import eventually
from tests.runner.conftest import Outcome, Run, command

STEPS = """
import time
from behave import step

def hang(how):
    open("hangs", "w").close()
    while how == "for good":
        try: time.sleep(600)
        except BaseException: pass
    time.sleep(600)

@step("it leaves a cleanup that hangs for its {layer}")
def leaves(context, layer): context.add_cleanup(hang, "once", layer={"feature": "feature", "run": "testrun"}[layer])
@step("it passes")
def passes(context): pass
"""
HOOKS = """
import os, time

def hang(hook):
    if os.environ["HANGS"].startswith(hook):
        open("hangs", "w").close()
        while "for good" in os.environ["HANGS"]:
            try: time.sleep(600)
            except BaseException: pass
        time.sleep(600)

def before_all(context): hang("before_all")
def after_all(context): hang("after_all")
def before_feature(context, feature): hang("before_feature")
def after_feature(context, feature): hang("after_feature")
"""
TWO = "Feature: f\n  Scenario: first\n    Given {step}\n  Scenario: second\n    Given it passes\n"
LEAVING = ["it leaves a cleanup that hangs for its feature", "it leaves a cleanup that hangs for its run"]


@pytest.fixture
def hanging(project: Callable[..., Path]) -> Callable[[str], Path]:
    """A project whose hooks hang as HANGS says, or whose first scenario leaves something that does."""

    def make(step: str) -> Path:
        folder = project(f=TWO.format(step=step))
        (folder / "steps" / "steps.py").write_text(STEPS)
        (folder / "environment.py").write_text(HOOKS)
        return folder

    return make


def assert_reported(outcome: Outcome, words: str) -> None:
    assert words in outcome.output, outcome.output
    assert any(words in (row["failure"] or {}).get("message", "") for row in outcome.record["scenarios"]), outcome.record
    assert "again: ringmaster run the-run" not in outcome.output


@pytest.mark.parametrize("hook", ["before_all", "after_all", "before_feature", "after_feature", "after_feature for good"])
def test_a_hook_ends_with_the_budget_of_the_run(hanging: Callable[[str], Path], run: Run, hook: str) -> None:
    outcome = run(hanging("it passes"), "--run-budget", "30", HANGS=hook, RINGMASTER_DEADLINE_FACTOR="0.1")
    assert outcome.exit_code == 1
    told = {"for good": "ended with signal 9 (SIGKILL), before its last hooks", "all": "the run's budget of 3 s is used up"}
    words = next((words for which, words in told.items() if hook.endswith(which)), "it did not end within the time that the run still had")
    assert_reported(outcome, words)
    ran = {name: status for name, status in outcome.statuses.items() if not name.startswith("around")}
    assert ran == dict.fromkeys(["first", "second"], "hook_error" if hook.startswith("before") else "passed"), outcome.output


@pytest.mark.parametrize("step", LEAVING)
def test_a_cleanup_ends_with_the_budget_of_the_run(hanging: Callable[[str], Path], run: Run, step: str) -> None:
    outcome = run(hanging(step), "--run-budget", "30", HANGS="", RINGMASTER_DEADLINE_FACTOR="0.1")
    assert outcome.exit_code == 1
    assert_reported(outcome, "the cleanup hang went wrong: the run's budget of 3 s is used up")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("hook", "step", "words"),
    [
        ("after_all", "it passes", "the hook after_all was interrupted: the run was stopped"),
        ("before_feature", "it passes", "its hook was interrupted, since the run was stopped"),
        ("after_feature", "it passes", "its hook was interrupted, since the run was stopped"),
        *(("nothing", step, "the cleanup hang went wrong: RunStopped: the run was stopped") for step in LEAVING),
    ],
)
def test_one_signal_ends_them_and_nothing_is_lost(
    hanging: Callable[[str], Path], surroundings: dict[str, str], tmp_path: Path, hook: str, step: str, words: str, number: signal.Signals
) -> None:
    folder = hanging(step)
    arguments = command("run", "--results-folder", str(tmp_path / "out"))
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen(
            arguments, cwd=folder, env=surroundings | {"HANGS": hook}, stdout=log, stderr=log, preexec_fn=default_signals
        )
        eventually("it to hang", (folder / "hangs").exists, equal_to(True), within=30)
        running.send_signal(number)
        exit_code = running.wait(timeout=9)
    outcome = Outcome(exit_code, (tmp_path / "log").read_text(), folder, (tmp_path / "out" / "latest").resolve())
    assert exit_code == 128 + number, outcome.output
    assert_reported(outcome, words)


def default_signals() -> None:
    """As a shell starts it in the foreground."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.setsid()
