"""`run.json`: its published schema holds for a real run, and what is no record of this version is refused with a sentence."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from support.results.run_record import SCHEMA, VERSION, UnreadableRecord, made_schema, read_record
from tests.runner.conftest import Outcome, Run, command, project, run, surroundings

__all__ = ["project", "run", "surroundings"]


@pytest.fixture
def finished(project: Callable[..., Path], run: Run) -> Outcome:
    return run(project(), "--workers", "2")


def test_a_real_run_fits_the_published_schema(finished: Outcome) -> None:
    jsonschema.validate(finished.record, json.loads(SCHEMA.read_text()))
    assert finished.record["version"] == VERSION
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(finished.record | {"version": VERSION + 1}, json.loads(SCHEMA.read_text()))


def test_the_published_schema_is_the_one_of_the_classes() -> None:
    assert json.loads(SCHEMA.read_text()) == made_schema()


def test_what_was_written_is_read_again(finished: Outcome) -> None:
    record = read_record(finished.results)
    assert json.loads(json.dumps(record, default=vars)) == finished.record


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"run": "1"}', "has no version"),
        ('{"version": 99, "run": "1"}', "is of version 99"),
        ('{"version": 1, "run": "1"', "is broken or cut off"),
        ('{"version": 1, "run": "1"}', "is not the record of a run: substrate: Field required"),
        ("[1, 2]", "has no version"),
        ("\x00\x01", "is broken or cut off"),
    ],
)
def test_what_is_no_record_of_this_version_is_refused(
    tmp_path: Path, surroundings: dict[str, str], project: Callable[..., Path], text: str, words: str
) -> None:
    folder = tmp_path / "out" / "20260101-000000-aaaaaa"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(text)
    (tmp_path / "out" / "latest").symlink_to(folder)
    with pytest.raises(UnreadableRecord, match=words):
        read_record(folder)
    made = project(f="Feature: f\n  Scenario: s\n    Given it passes\n")
    for arguments in (("show",), ("run", "--rerun-failed"), ("merge", str(folder))):
        ended = subprocess.run(
            [*command(*arguments), "--results-folder", str(tmp_path / "out")], cwd=made, env=surroundings, capture_output=True, text=True
        )
        assert ended.returncode == 2, ended.stdout + ended.stderr
        assert words in ended.stderr
        assert "Traceback" not in ended.stderr
