"""`ringmaster run --events` and `--format`, and `ringmaster export` of a run that is over."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.runner.conftest import Run, command, project, run, surroundings

__all__ = ["project", "run", "surroundings"]

FEATURE = """Feature: f
  @p0
  Scenario: good
    Given it passes
  @p1
  Scenario: bad
    Given it fails
"""


def events_in(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_events_tell_the_run_as_it_goes(project: Callable[..., Path], run: Run, tmp_path: Path) -> None:
    outcome = run(project(f=FEATURE), "--events", str(tmp_path / "events.jsonl"))
    events = events_in(tmp_path / "events.jsonl")
    scenario = ["scenario_begins", "step_over", "scenario_over"]
    assert [event["event"] for event in events] == ["run_begins", "feature_begins", *scenario, *scenario, "run_over"]
    assert events[0]["run"] == outcome.record["run"]
    assert [event["scenario"] for event in events if event["event"] == "scenario_over"] == outcome.record["scenarios"]
    assert events[-1]["exit_code"] == 0
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)


def test_a_reader_that_goes_away_does_not_end_the_run(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(f=FEATURE), "--events", "/dev/full")
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output.count("events can no longer be written: No space left on device") == 1
    assert outcome.statuses == {"good": "passed", "bad": "failed"}


def test_events_that_cannot_be_written_are_refused_before_anything_starts(project: Callable[..., Path], run: Run, tmp_path: Path) -> None:
    outcome = run(project(f=FEATURE), "--events", str(tmp_path / "missing" / "events.jsonl"))
    assert outcome.exit_code == 2
    assert "option --events:" in outcome.output
    assert "Ringmaster run" not in outcome.output


def test_a_run_is_told_in_other_formats_at_once_and_later_alike(
    project: Callable[..., Path], run: Run, surroundings: dict[str, str], tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    made = project(f=FEATURE)
    outcome = run(made, "--format", "github", "--format", "messages", GITHUB_STEP_SUMMARY=str(summary))
    assert outcome.exit_code == 0, outcome.output
    annotation = "::warning file=features/f.feature,line=7,title=warns%3A bad::"
    assert annotation in outcome.output
    messages = (outcome.results / "cucumber-messages.ndjson").read_text()
    told = summary.read_text()
    (outcome.results / "cucumber-messages.ndjson").unlink()
    again = subprocess.run(
        command("export", str(outcome.results), "--format", "github", "--format", "messages"),
        cwd=made,
        env=surroundings | {"GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
    )
    assert again.returncode == 0, again.stderr
    assert annotation in again.stdout
    assert (outcome.results / "cucumber-messages.ndjson").read_text() == messages
    assert summary.read_text() == told * 2


def test_a_run_that_came_to_nothing_is_red_for_github(project: Callable[..., Path], run: Run, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    outcome = run(project(f=FEATURE), "--name", "nothing like it", "--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert outcome.exit_code == 2
    assert "::error title=ringmaster run::there is no result (exit code 2)" in outcome.output
    assert summary.read_text() == "## ❌ Ringmaster: there is no result (exit code 2)\n"


@pytest.mark.parametrize("text", [None, "", "[]", '{"version": 99}'])
def test_what_is_no_run_cannot_be_exported(surroundings: dict[str, str], tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    ended = subprocess.run(
        command("export", str(tmp_path), "--format", "messages"), cwd=tmp_path, env=surroundings, capture_output=True, text=True
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("ringmaster: ")
    assert "Traceback" not in ended.stderr
