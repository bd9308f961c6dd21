"""The line that says how a run goes: true, on a terminal, and never in what is kept."""

import os
import pty
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from behave.parser import parse_feature

from support.runner.planning.plan import RunPlan, make_plan
from support.runner.progress import Progress
from support.runner.workers.task_results import result_not_begun
from tests.runner.conftest import Run, command

FEATURE = "Feature: f\n" + "".join(f"  Scenario: {name}\n    Given it passes\n" for name in ("one", "two", "three", "four"))
TAKING = "Feature: f\n" + "".join(
    f"  Scenario: {name}\n    Given it takes {seconds} s\n" for name, seconds in (("brief", 0.3), ("long", 1.5))
)
LINE = re.compile(r"[01] of 2 done \| about [12] s left \| (?:long \([01] s\)(?:, )?|brief \(0 s\)(?:, )?)+")
# carriage return, and what erases a line
ERASED = "\r\x1b[2K"


def plan(**seconds: float) -> RunPlan:
    feature = parse_feature(FEATURE, filename="f.feature")
    return make_plan([feature], list(feature.walk_scenarios()), (), {f"f.feature: {name}": taken for name, taken in seconds.items()})


def test_it_says_what_runs_how_long_how_many_are_done_and_what_is_left() -> None:
    tasks = plan(one=1.0, two=5.0, three=3.0).tasks
    tasks[0].result = result_not_begun(tasks[0], "to be over", Path())
    tasks[1].begun, tasks[1].began_at = True, time.monotonic() - 2
    # 3 s of the one that runs, 3 s of the next, and of the one without a history what the others take
    assert Progress(tasks, 1).line([tasks[1]]) == "1 of 4 done | about 9 s left | two (2 s)"
    assert Progress(tasks, 3).line([tasks[1]]) == "1 of 4 done | about 3 s left | two (2 s)"


def test_without_a_history_it_expects_nothing() -> None:
    tasks = plan().tasks
    tasks[2].begun, tasks[2].began_at = True, time.monotonic()
    assert Progress(tasks, 2).line([tasks[2]]) == "0 of 4 done | three (0 s)"


@pytest.fixture
def taking(project: Callable[..., Path], run: Run) -> tuple[Path, str]:
    """A project that has run once, so that it has a history, and what that run wrote to a file."""
    folder = project(taking=TAKING)
    outcome = run(folder, "--workers", "2", FORCE_COLOR="1")
    assert outcome.exit_code == 0, outcome.output
    return folder, outcome.output


def test_it_is_on_a_terminal_and_nothing_of_it_stays(taking: tuple[Path, str], surroundings: dict[str, str], tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    arguments = command("run", "--workers", "2", "--results-folder", str(tmp_path / "out"))
    running = subprocess.Popen(
        arguments, cwd=taking[0], env=surroundings | {"TERM": "xterm"}, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    text = read_all(ours)
    assert running.wait(timeout=30) == 0, text
    shown = [LINE.search(piece) for piece in text.split(ERASED)]
    assert sum(found is not None for found in shown) >= 3, text
    # what was not erased before the next thing was written would stay
    stays = re.sub(r"[^\n]*?" + re.escape(ERASED), "", text)
    assert " done |" not in stays, text
    assert "✓ Given it takes 1.5 s" in stays


def test_it_is_not_in_a_file_even_where_colours_are_forced(taking: tuple[Path, str]) -> None:
    assert " done |" not in taking[1]
    assert "\r" not in taking[1]


def test_a_terminal_that_cannot_erase_gets_none(taking: tuple[Path, str], surroundings: dict[str, str], tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    arguments = command("run", "--results-folder", str(tmp_path / "out"))
    variables = surroundings | {"TERM": "dumb"}
    running = subprocess.Popen(arguments, cwd=taking[0], env=variables, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
    os.close(theirs)
    text = read_all(ours)
    assert running.wait(timeout=30) == 0, text
    assert " done |" not in text


def read_all(terminal: int) -> str:
    """What is written to a terminal until its last writer is gone."""
    read = b""
    while True:
        try:
            read += (piece := os.read(terminal, 1 << 16))
        except OSError:
            # Linux tells so that the other side is closed
            piece = b""
        if not piece:
            os.close(terminal)
            return read.decode()
