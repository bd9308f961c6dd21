"""What a run does with the history, and with one that it cannot use."""

import json
import resource
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from support.history.files import FILE
from support.history.reading import open_history
from support.runner.record_keeping import keep_run
from tests.history.runs import record, result
from tests.runner.conftest import Outcome, Run, project, run, surroundings

__all__ = ["project", "run", "surroundings"]

FEATURE = "Feature: f\n  Scenario: s\n    Given it passes\n"


def fine(outcome: Outcome) -> None:
    assert outcome.exit_code == 0, outcome.output
    assert "Traceback" not in outcome.output
    assert "1 passed" in outcome.output
    assert outcome.record["exit_code"] == 0


def test_each_run_is_added_and_its_durations_are_known_to_the_next(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=FEATURE)
    fine(run(folder))
    outcome = run(folder)
    fine(outcome)
    with open_history(outcome.results.parent) as history:
        assert [(past.passed, past.exit_code) for past in history.runs()] == [(1, 0), (1, 0)]
        assert history.run(outcome.results.name) is not None
        assert list(history.durations()) == ["features/f.feature: s"]
    assert not [file for file in outcome.results.parent.iterdir() if file.name in ("durations.json", "flake-ledger.jsonl")]


def broken(file: Path) -> None:
    file.write_text("this was a history once" * 100)


def of_another_program(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE mails (text)")


@pytest.mark.parametrize(
    ("spoil", "words"), [(broken, "is broken"), (of_another_program, "not a history of Ringmaster"), (Path.mkdir, "cannot be opened")]
)
def test_a_history_that_cannot_be_used_is_said_and_changes_no_verdict(
    project: Callable[..., Path], run: Run, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    (tmp_path / "out").mkdir()
    spoil(tmp_path / "out" / FILE)
    outcome = run(project(f=FEATURE))
    fine(outcome)
    said = [line for line in outcome.output.splitlines() if line.startswith("ringmaster: ")]
    assert said
    assert all(words in line for line in said)
    assert any("The verdict stands" in line for line in said)


def test_a_disk_that_is_full_at_the_end_is_said_and_the_run_goes_on_to_its_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / "1").mkdir(parents=True)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores the signal, so that a write beyond the limit fails as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        keep_run(record("1", result("one")), tmp_path / "out" / "1")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    said = capsys.readouterr().err
    assert "run.json cannot be written" in said
    assert "The verdict stands, but this run is not in the history" in said


def test_broken_files_of_earlier_versions_are_said_once(project: Callable[..., Path], run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "durations.json").write_text("[1, 2")
    (tmp_path / "out" / "flake-ledger.jsonl").write_text("[\n" + json.dumps({"run": "0", "scenario": "s", "status": "passed"}))
    folder = project(f=FEATURE)
    first, second = run(folder), run(folder)
    fine(first)
    assert first.output.count("durations.json cannot be read") == 1
    assert first.output.count("1 of 2 lines of") == 1
    assert "cannot be read" not in second.output
