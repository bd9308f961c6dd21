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


MADE = """{"version": 1, "run": "1", "substrate": "none", "sabotage": null, "workers": 1, "seed": null, "shard": null, "shard_plan": "",
"ready_seconds": 0.0, "step_seconds": 0.0, "hook_seconds": 0.0, "wall_seconds": 0.0, "exit_code": 0, "scenarios": []}"""
SCENARIO = """[{"identity": {"file": "f", "name": "n"}, "name": "n", "keyword": "Scenario", "location": "f:1", "feature": "F", "tags": [],
"own_tags": [], "description": "", "parameters": [], "weight": "blocks", "status": "passed", "evidence": "%s"}]"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"wall_seconds": 0.0', '"wall_seconds": NaN', "NaN is no finite number"),
        ('"wall_seconds": 0.0', '"wall_seconds": 1e999', "1e999 is no finite number"),
        ('"scenarios": []', f'"scenarios": {"[" * 100_000}', "nested too deeply"),
        (', "scenarios": []', "", "scenarios: Field required"),
        ('"shard": null', '"shard": "a/b"', "there is no shard 'a/b'"),
        ('"shard": null', '"shard": "3/2"', "there is no shard '3/2'"),
        ('"scenarios": []', f'"scenarios": {SCENARIO % "/etc"}', "scenarios.0.evidence: it lies outside"),
        ('"scenarios": []', f'"scenarios": {SCENARIO % "scenarios/../../other"}', "scenarios.0.evidence: it lies outside"),
    ],
)
def test_what_no_run_writes_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    file = tmp_path / "run.json"
    file.write_text(MADE)
    read_record(tmp_path)
    assert old in MADE
    file.write_text(MADE.replace(old, new))
    with pytest.raises(UnreadableRecord, match=words):
        read_record(tmp_path)


def test_evidence_within_the_run_is_taken(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(MADE.replace('"scenarios": []', f'"scenarios": {SCENARIO % "scenarios/n"}'))
    assert read_record(tmp_path).scenarios[0].evidence == "scenarios/n"
