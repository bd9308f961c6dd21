"""Results that cannot be written lose nothing else: everything runs, the console shows it, and no run passes without its reports."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Run

STEPS = """
import os, shutil
from behave import step

@step("it passes")
def passes(context): pass

@step("it fails")
def fails(context): assert False, "as it should"

@step("its results {what}")
def results(context, what):
    folder = os.path.realpath(os.environ["OUT"] + "/latest")
    shutil.rmtree(folder if what != "are gone with all others" else os.environ["OUT"])
    if what == "are a file": open(folder, "w").close()
"""
FEATURE = "Feature: f\n  Scenario: first\n    Given its results {what}\n  Scenario: second\n    Given it {then}\n"


@pytest.mark.parametrize(("then", "exit_code"), [("passes", 3), ("fails", 1)])
@pytest.mark.parametrize("what", ["are gone", "are gone with all others", "are a file"])
def test_everything_runs_and_one_sentence_says_what_is_missing(
    project: Callable[..., Path], run: Run, tmp_path: Path, what: str, then: str, exit_code: int
) -> None:
    folder = project(f=FEATURE.format(what=what, then=then))
    (folder / "steps" / "steps.py").write_text(STEPS)
    (folder / "environment.py").unlink()
    outcome = run(folder, "--workers", "1", OUT=str(tmp_path / "out"))
    assert outcome.exit_code == exit_code, outcome.output
    assert ("2 passed" if then == "passes" else "1 passed, 1 failed") in outcome.output
    assert outcome.output.count("results of this run are missing, since they could not be written") == 1
    assert "Traceback" not in outcome.output
    assert "defect of Ringmaster" not in outcome.output
