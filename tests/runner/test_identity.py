"""Two scenarios are two, in every report and over many runs, however alike they are called."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reports.formats.junit import dotted
from support.history.reading import open_history
from tests.runner.conftest import Outcome, Run

ALIKE = """
Feature: names
  Scenario: copy -- cut
    Given it passes
  Scenario: copy -- paste
    Given it fails
  Scenario: same
    Given it passes
  Scenario: same
    Given it fails
  Rule: one
    Scenario: same
      Given it passes
  Rule: two
    Scenario: same
      Given it fails
    Scenario Outline: row
      Given it <does>
      Examples:
        | does   |
        | passes |
        | fails  |
"""


def classes(outcome: Outcome) -> set[tuple[str | None, str | None]]:
    return {(case.get("classname"), case.get("name")) for suite in outcome.junit for case in suite.iter("testcase")}


def test_allure_keeps_all_of_them_apart(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(a=ALIKE, b=ALIKE))
    assert len(outcome.allure) == 16
    assert len({result["historyId"] for result in outcome.allure}) == 16
    # rows whose outline's name holds no placeholder are one case with different parameters
    for name in ("testCaseId", "fullName"):
        assert len({result[name] for result in outcome.allure}) == 14, name


def test_rerun_failed_runs_those_that_failed_and_not_their_namesakes(project: Callable[..., Path], run: Run) -> None:
    folder = project(a=ALIKE)
    first = [row["location"] for row in run(folder).record["scenarios"] if row["status"] == "failed"]
    again = [row["location"] for row in run(folder, "--rerun-failed").record["scenarios"]]
    assert again == first
    assert len(again) == 4


@pytest.mark.parametrize("gone", ["renamed", "moved", "row"])
def test_what_failed_and_is_not_there_any_more_is_not_left_out_of_a_rerun(gone: str, project: Callable[..., Path], run: Run) -> None:
    folder = project(a=ALIKE, b=ALIKE)
    run(folder)
    file = folder / "features" / "b.feature"
    if gone == "moved":
        file.rename(folder / "features" / "c.feature")
    else:
        old, new = ("copy -- paste", "copied") if gone == "renamed" else ("| fails  |", "| works  |")
        file.write_text(ALIKE.replace(old, new))
    outcome = run(folder, "--rerun-failed")
    assert outcome.exit_code == 2, outcome.output
    assert "is not there any more" in outcome.output
    assert "b.feature: " in outcome.output
    # another file was asked for
    assert run(folder, "--rerun-failed", "features/a.feature").exit_code == (2 if gone == "moved" else 1)


def test_the_history_keeps_them_apart(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(a=ALIKE))
    with open_history(outcome.results.parent) as history:
        assert len(history.scenarios()) == 8


def test_junit_calls_them_the_same_however_they_were_selected(project: Callable[..., Path], run: Run) -> None:
    folder = project(a=ALIKE)
    whole = run(folder)
    for selected in ("features", "features/a.feature", "./features", str(folder / "features"), "features/a.feature:3"):
        part = run(folder, selected)
        assert classes(part) <= classes(whole), selected
        assert [file.name for file in (part.results / "junit").iterdir()] == ["TESTS-features.a.xml"]


def test_no_two_paths_give_one_junit_file() -> None:
    paths = ["a/b.feature", "a.b.feature", "a/b.c.feature", "a/b/c.feature", "a%2Eb.feature", "../a/b.feature", "/a/b.feature"]
    found = {path: dotted(path) for path in paths}
    assert len(set(found.values())) >= len(paths) - 1, found
    assert found["a/b.feature"] == "a.b"
    assert found["a.b.feature"] == "a%2Eb"
