"""A scenario's story, as `ringmaster show` and the reports tell it."""

from pathlib import Path

import pytest

from reports.story import story_of
from support.evidence.entries import Entry
from support.evidence.kinds import Kind
from support.evidence.recorder import Recorder


def told(tmp_path: Path, *entries: Entry, full: bool = False) -> str:
    recorder = Recorder(tmp_path)
    for entry in entries:
        recorder.add(entry)
    recorder.close()
    return "\n".join(line.text for line in story_of(tmp_path, full=full))


SCENARIO = Entry(at=10.0, kind=Kind.SCENARIO, what="It works", detail="features/a.feature:3\n@p0")
REQUEST = Entry(at=11.5, kind=Kind.REQUEST, what="GET /a/", detail="-> 200\n  {}", seconds=0.25)
STEP = Entry(at=11.0, kind=Kind.STEP, what="Given a", seconds=1.0)
END = Entry(at=13.0, kind=Kind.END, what="passed", seconds=3.0)


def test_things_are_told_in_the_order_in_which_they_happened(tmp_path: Path) -> None:
    story = told(tmp_path, SCENARIO, REQUEST, STEP, END)
    assert (
        story.index("Scenario: It works")
        < story.index("✓ Given a 1.00 s")
        < story.index("+1.50 s request GET /a/ 0.25 s")
        < story.index("passed after")
    )


def test_details_are_on_one_line_or_in_full(tmp_path: Path) -> None:
    assert "-> 200 {}" in told(tmp_path, SCENARIO, REQUEST)
    assert "-> 200\n" in told(tmp_path, SCENARIO, REQUEST, full=True)


def test_what_went_wrong_is_always_told_in_full(tmp_path: Path) -> None:
    failed = STEP.model_copy(update={"failed": True, "detail": "it is 1\n  and not 2"})
    story = told(tmp_path, SCENARIO, failed)
    assert "✗ Given a" in story
    assert "  and not 2" in story


def test_the_step_that_a_killed_run_was_in_is_told(tmp_path: Path) -> None:
    begun = [Entry(at=11.0, kind=Kind.BEGIN, what="Given a"), STEP, Entry(at=12.0, kind=Kind.BEGIN, what="When b")]
    story = told(tmp_path, SCENARIO, *begun)
    assert story.count("Given a") == 1
    assert "… When b (did not end)" in story
    assert "The run ended here" in story


def test_the_files_kept_are_listed(tmp_path: Path) -> None:
    assert "services/backend.log" in told(tmp_path, SCENARIO, Entry(at=12.0, kind=Kind.FILE, what="services/backend.log"), END)


def test_without_evidence_there_is_no_story(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        story_of(tmp_path)
