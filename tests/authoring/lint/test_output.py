"""How findings are printed, and what the exit code says."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from support.authoring.lint.check import Report
from support.authoring.lint.finding import Finding
from support.authoring.lint.output import as_github, as_json, as_text
from support.commands.application import application
from tests.authoring.lint.conftest import Project

FINDING = Finding(Path("features/a,b:c.feature"), 7, "100% wrong\nindeed", "put it right", "some-rule")
PROJECT = Path(__file__).parents[3]


def called(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(application, ["lint", *arguments])
    return result.exit_code, result.output


def test_text_has_place_rule_reason_and_remedy() -> None:
    lines = as_text(Report((FINDING,), 1, 2, 3)).splitlines()
    assert lines[0] == "features/a,b:c.feature:7: some-rule: 100% wrong"
    assert lines[2:] == ["    -> put it right", "1 finding in 1 file, of 1 features, 2 scenarios, 3 steps"]


def test_annotations_are_escaped_as_github_wants_them() -> None:
    first = as_github(Report((FINDING,), 1, 2, 3)).splitlines()[0]
    assert first == "::error file=features/a%2Cb%3Ac.feature,line=7,title=some-rule::100%25 wrong%0Aindeed%0Aput it right"


def test_json_has_everything() -> None:
    found = json.loads(as_json(Report((FINDING,), 1, 2, 3)))
    assert found["exit_code"] == 1
    assert found["looked_at"] == {"features": 1, "scenarios": 2, "steps": 3}
    assert found["findings"][0]["file"] == "features/a,b:c.feature"


def test_exit_codes(project: Project) -> None:
    assert called()[0] == 0
    project.feature(("One more is counted", "One more is counted."))
    assert called()[0] == 1
    project.write("features/broken.feature", "nonsense")
    assert called()[0] == 2
    assert called("features/counting.feature")[0] == 1
    assert called("nowhere")[0] == 2


def test_only_what_was_asked_for_is_told(project: Project) -> None:
    project.feature(("Counting", "Counting more"), ("One more is counted", "One more is counted."), file="features/more/more.feature")
    assert called("features/counting.feature", "steps")[0] == 0
    for asked in ("features", "features/more", "./features/more/more.feature", str(Path.cwd() / "features"), "."):
        exit_code, output = called(asked)
        assert (exit_code, output.count("closing-period")) == (1, 1), output


def test_a_folder_without_anything_to_look_at_is_not_green(project: Project) -> None:
    Path("empty").mkdir()
    assert called("empty")[0] == 2


def test_rules_are_listed_with_what_they_are_for(project: Project) -> None:
    exit_code, output = called("--rules")
    assert exit_code == 0
    assert "undefined-step: " in output


def test_this_project_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    exit_code, output = called()
    assert exit_code == 0, output
