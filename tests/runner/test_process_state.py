"""What a step does to the process that it runs in is over with its scenario, and a process that it forks runs no scenario."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Run

STEPS = """
import os, shutil, signal, sys, tempfile
from behave import step

@step("it passes")
def passes(context): pass

@step("it enters a folder and deletes it")
def enters(context):
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    shutil.rmtree(folder)

@step("it empties the variables")
def empties(context): os.environ.clear()

@step("it sets a timer")
def sets_timer(context): signal.setitimer(signal.ITIMER_REAL, 0.2)

@step("it ignores signals")
def ignores(context):
    for number in (signal.SIGTERM, signal.SIGINT): signal.signal(number, signal.SIG_IGN)

@step("it blocks signals")
def blocks(context): signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])

@step("it lets nobody read files")
def masks(context): os.umask(0o777)

@step("it forgets where modules are")
def forgets(context): sys.path.clear()

@step("it closes its output")
def closes(context): os.close(1)

@step("it replaces its output")
def replaces(context): sys.__stdout__ = sys.stderr = None

@step("all is as it was")
def is_as_it_was(context):
    import time
    assert os.getcwd() == BEGAN["folder"]
    assert os.environ["PATH"] and os.environ["HOME"] == BEGAN["home"]
    assert signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN and not signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert sys.path
    time.sleep(0.3)
    with open(os.path.join(BEGAN["folder"], "made"), "w") as file: file.write("x")
    assert os.stat("made").st_mode & 0o400
    os.system("echo heard of a program")

BEGAN = {"folder": os.getcwd(), "home": os.environ["HOME"]}

@step("it forks a process that {how}")
def forks(context, how):
    if os.fork() == 0:
        if how == "exits": sys.exit(0)
        if how == "fails": raise ValueError("only the copy fails")
        return
    os.wait()

@step("its cleanup forks a process")
def cleanup_forks(context): context.add_cleanup(forks, context, "exits")
"""


def feature(*scenarios: str) -> str:
    return "Feature: f\n" + "".join(f"  Scenario: {number}\n    Given {step}\n" for number, step in enumerate(scenarios))


@pytest.mark.parametrize(
    "step",
    [
        "it enters a folder and deletes it",
        "it empties the variables",
        "it sets a timer",
        "it ignores signals",
        "it blocks signals",
        "it lets nobody read files",
        "it forgets where modules are",
        "it closes its output",
        "it replaces its output",
    ],
)
def test_the_next_scenario_finds_the_process_as_it_was(project: Callable[..., Path], run: Run, step: str) -> None:
    folder = project(f=feature(step, "all is as it was", "it passes"))
    (folder / "steps" / "steps.py").write_text(STEPS)
    (folder / "environment.py").unlink()
    outcome = run(folder, "--workers", "1", HOME="/")
    assert outcome.statuses == {"0": "passed", "1": "passed", "2": "passed"}, outcome.output
    assert "heard of a program" in outcome.output
    assert outcome.exit_code == 0


@pytest.mark.parametrize("step", ["it forks a process that exits", "it forks a process that goes on", "its cleanup forks a process"])
def test_a_forked_process_runs_no_scenario(project: Callable[..., Path], run: Run, step: str) -> None:
    folder = project(f=feature(step, "it passes", step, "it passes"))
    (folder / "steps" / "steps.py").write_text(STEPS)
    (folder / "environment.py").unlink()
    outcome = run(folder, "--workers", "1")
    assert outcome.statuses == dict.fromkeys("0123", "passed"), outcome.output
    assert outcome.exit_code == 0


def test_what_a_forked_process_raises_is_shown_and_the_step_goes_on(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=feature("it forks a process that fails", "it passes"))
    (folder / "steps" / "steps.py").write_text(STEPS)
    (folder / "environment.py").unlink()
    outcome = run(folder, "--workers", "1")
    assert outcome.statuses == {"0": "passed", "1": "passed"}, outcome.output
    assert "ValueError: only the copy fails" in outcome.output


HARM = """
import signal, sys
def harm(*_):
    sys.stdout = sys.stderr = None
    for number in (signal.SIGTERM, signal.SIGCHLD): signal.signal(number, signal.SIG_IGN)
    sys.setrecursionlimit(150)
"""


@pytest.mark.parametrize(
    "where", ["harm()", *(f"{hook} = harm" for hook in ("before_all", "before_feature", "after_feature", "after_all"))]
)
def test_what_hooks_do_to_the_runners_own_processes_is_undone(where: str, project: Callable[..., Path], run: Run) -> None:
    folder = project(f="Feature: f\n  Scenario: one\n    Given it passes\n  Scenario: two\n    Given it passes\n")
    (folder / "environment.py").write_text(f"{HARM}\n{where}\n")
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.statuses == {"one": "passed", "two": "passed"}
    assert "2 passed" in outcome.output
