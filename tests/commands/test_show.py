"""`ringmaster show` in a project whose scenarios leave no evidence: which run and which scenario it finds."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Run, command, project, run, surroundings

__all__ = ["project", "run", "surroundings"]

FEATURE = """
Feature: f
  Scenario: the first
    Given it passes
  Scenario: the second
    Given it fails
"""
Show = Callable[..., tuple[int, str]]


@pytest.fixture
def show(tmp_path: Path, surroundings: dict[str, str]) -> Show:
    """`show("words")` gives exit code and output."""

    def started(*arguments: str) -> tuple[int, str]:
        asked = command("show", "--results-folder", str(tmp_path / "out"), *arguments)
        ended = subprocess.run(asked, cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    return started


def test_the_newest_run_that_has_the_scenario_is_found(project: Callable[..., Path], run: Run, show: Show) -> None:
    folder = project(f=FEATURE)
    run(folder, "--name", "second")
    with_it = run(folder, "--name", "second").results.name
    without = run(folder, "--name", "first").results.name
    code, said = show("second")
    assert code == 0, said
    assert f"Run {without} did not have it; this is of run {with_it}:" in said
    assert "failed: Given it fails" in said
    assert "one is not two" in said
    assert show("second", "--run", without)[0] == 2


def test_what_no_run_has_is_refused_with_what_the_newest_has(project: Callable[..., Path], run: Run, show: Show) -> None:
    run(project(f=FEATURE))
    code, said = show("the third")
    assert code == 2
    assert "has 'the third' in its name" in said
    assert "the first (features/f.feature:3)" in said


def test_a_record_that_cannot_be_read_is_passed_over(project: Callable[..., Path], run: Run, show: Show) -> None:
    folder = project(f=FEATURE)
    run(folder, "--name", "second")
    (run(folder, "--name", "second").results / "run.json").write_text("{")
    run(folder, "--name", "first")
    assert show("second")[0] == 0


def test_evidence_that_is_gone_is_told(project: Callable[..., Path], run: Run, show: Show) -> None:
    results = run(project(f=FEATURE), "--name", "first").results
    record = results / "run.json"
    record.write_text(record.read_text().replace('"evidence": null', '"evidence": "scenarios/gone"'))
    code, said = show("first")
    assert (code, "its evidence cannot be read" in said, "Traceback" in said) == (2, True, False), said
