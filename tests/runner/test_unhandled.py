"""What threads, tasks and coroutines raise or never do belongs to the step that began them, and nothing of it is green."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Outcome, Run
from tests.runner.test_escaping_errors import assert_told

FEATURE = "Feature: f\n  Scenario: s\n    Given it is done\n  Scenario: next\n    Given it takes a while\n"
HEAD = """
import asyncio, gc, threading
from behave import step
def breaks(): raise ValueError("nobody sees this")
async def breaks_later(): raise ValueError("nobody sees this")
def in_thread(what):
    thread = threading.Thread(target=what, name="pump")
    thread.start()
    thread.join()
def in_thread_of_library(what, value):
    thread = threading.Thread(target=what, args=[value])
    thread.start()
    thread.join()
go_on = threading.Event()
@step("it takes a while")
def takes_a_while(context):
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "left": thread.join()
"""
LOST = {
    "a thread": "def done(context): in_thread(breaks)",
    "a task": (
        "def done(context):\n"
        "    async def main():\n"
        "        asyncio.ensure_future(breaks_later())\n"
        "        await asyncio.sleep(0)\n"
        "    asyncio.run(main())\n"
    ),
    "a task that is kept": (
        "async def done(context):\n    context.kept = asyncio.ensure_future(breaks_later())\n    await asyncio.sleep(0)\n"
    ),
    "a callback": ("async def done(context):\n    asyncio.get_running_loop().call_soon(breaks)\n    await asyncio.sleep(0.01)\n"),
}


@pytest.fixture
def start(project: Callable[..., Path], run: Run) -> Callable[..., Outcome]:
    """`start(step)` runs a scenario with this step, and one after it."""

    def start(step: str, hooks: str = "") -> Outcome:
        folder = project(f=FEATURE)
        (folder / "steps" / "steps.py").write_text(f"{HEAD}\n@step('it is done')\n{step}\n")
        (folder / "environment.py").write_text(f"{HEAD.partition('go_on')[0]}\n{hooks}\n")
        return run(folder, "--workers", "1")

    return start


@pytest.mark.parametrize("what", LOST)
def test_what_nobody_catches_is_an_error_of_the_scenario(what: str, start: Callable[..., Outcome]) -> None:
    outcome = start(LOST[what])
    assert_told(outcome, "ValueError: nobody sees this (in steps/steps.py:")
    assert outcome.statuses == {"s": "error", "next": "passed"}


def test_an_expectation_in_a_thread_is_a_failure(start: Callable[..., Outcome]) -> None:
    outcome = start("def done(context):\n    def check():\n        seen = 3\n        assert seen == 4\n    in_thread(check)")
    assert outcome.statuses["s"] == "failed"
    assert "assert seen == 4 does not hold, where seen = 3" in outcome.output
    assert "raised in the thread 'pump', where nothing caught it" in outcome.output


def test_what_a_thread_raises_stands_below_what_the_step_raises(start: Callable[..., Outcome]) -> None:
    outcome = start("def done(context):\n    in_thread(breaks)\n    raise KeyError('first of all')")
    assert "meanwhile: ValueError: nobody sees this" in outcome.output
    assert "KeyError: 'first of all'" in outcome.record["scenarios"][0]["steps"][0]["error"]


def test_what_several_threads_raise_is_told_together(start: Callable[..., Outcome]) -> None:
    outcome = start("def done(context):\n    in_thread(breaks)\n    in_thread(lambda: int('x'))")
    assert_told(outcome, "threads or tasks failed: ValueError: nobody sees this")
    assert "invalid literal" in outcome.output


@pytest.mark.parametrize("made", ["breaks_later()", "asyncio.sleep(1)"])
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_coroutine_that_nothing_awaits_is_an_error(kind: str, made: str, start: Callable[..., Outcome]) -> None:
    assert_told(start(f"{kind} done(context):\n    {made}"), "which nothing awaited: nothing in it ran")


@pytest.mark.parametrize("hook", ["before_all", "before_feature", "before_scenario", "after_scenario", "after_all"])
def test_a_thread_of_a_hook_fails_the_hook(hook: str, start: Callable[..., Outcome]) -> None:
    outcome = start("def done(context): pass", f"def {hook}(context, *_): in_thread(breaks)")
    assert_told(outcome, f"the hook {hook} went wrong: ValueError: nobody sees this")


def test_a_thread_of_a_cleanup_fails_the_cleanup(start: Callable[..., Outcome]) -> None:
    outcome = start("def done(context): context.add_cleanup(in_thread, breaks)")
    assert_told(outcome, "the cleanup in_thread went wrong: ValueError: nobody sees this")


def test_what_a_thread_raises_after_its_scenario_fails_the_run_and_no_other_scenario(start: Callable[..., Outcome]) -> None:
    outcome = start(
        "def done(context):\n    threading.Thread(target=lambda: go_on.wait() and breaks(), name='left').start()",
    )
    assert outcome.exit_code == 1, outcome.output
    assert outcome.statuses == {"s": "passed", "next": "passed", "around the run": "hook_error"}
    assert "the thread 'left' was left running by the scenario 's'" in outcome.output
    assert any(result["status"] == "broken" and "nobody sees this" in str(result) for result in outcome.allure)


def test_an_error_while_an_object_is_thrown_away_is_only_printed(start: Callable[..., Outcome]) -> None:
    outcome = start("def done(context):\n    class Lost:\n        def __del__(self): breaks()\n    Lost()")
    assert outcome.exit_code == 0, outcome.output
    assert "nobody sees this" in outcome.record["scenarios"][0]["captured"]["stderr"]


def test_what_a_library_does_in_its_own_thread_is_only_printed(start: Callable[..., Outcome]) -> None:
    outcome = start("def done(context):\n    import json\n    in_thread_of_library(json.loads, '{')")
    assert outcome.exit_code == 0, outcome.output
    assert "JSONDecodeError" in outcome.record["scenarios"][0]["captured"]["stderr"]
