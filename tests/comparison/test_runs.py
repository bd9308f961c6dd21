"""Two runs that are compared: each is shown as it goes on, and ends in time."""

import sys
from pathlib import Path

import pytest

from support.comparison.runs import CouldNotRun, Way, run_both
from support.results.exit_codes import ExitCode

ENDS = """#!/bin/sh
for last; do :; done
echo "Ringmaster run 1"
echo "  ✓ A thing works       1.00 s"
echo "  - Another is skipped  0.00 s"
echo "  ✗ A third does not    2.00 s"
echo "    ✗ Then it works     2.00 s"
while [ "$1" != "--results-folder" ]; do shift; done
mkdir -p "$2/latest" && echo "{}" > "$2/latest/run.json"
exit 1
"""
HANGS = """#!/bin/sh
trap 'kill $!; exit 143' TERM
echo "  ✓ A thing works       1.00 s"
sleep 60 > /dev/null &
wait
"""


@pytest.fixture
def as_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands there runs in place of Python."""
    file = tmp_path / "python"
    file.touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(file))
    return file


def test_each_scenario_is_shown_as_it_ends(as_python: Path, tmp_path: Path) -> None:
    as_python.write_text(ENDS)
    told: list[str] = []
    folders = run_both((Way("old"), Way("new")), ["a.feature"], tmp_path / "out", within_seconds=30, tell=told.append)
    assert folders == (tmp_path / "out" / "1" / "latest", tmp_path / "out" / "2" / "latest")
    endings = ["  ✓ A thing works       1.00 s", "  ✗ A third does not    2.00 s"]
    assert told == ["old:", *endings, "new:", *endings]


def test_a_run_that_takes_too_long_is_ended_and_told(as_python: Path, tmp_path: Path) -> None:
    as_python.write_text(HANGS)
    with pytest.raises(CouldNotRun, match=r"the run on old could not be made within 1 s \(exit code 143\)") as refusal:
        run_both((Way("old"), Way("new")), [], tmp_path / "out", within_seconds=1, tell=lambda _: None)
    assert refusal.value.exit_code == ExitCode.PLATFORM_FAILED
    assert "A thing works" in str(refusal.value)
