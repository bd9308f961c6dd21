"""`ringmaster history`: runs, a run, scenarios with their marks, and histories of other machines."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from support.commands.application import application
from support.history.files import FILE
from tests.history.runs import add


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A history of four runs; `two` fails in the last two, `three` is flaky."""
    for day, (two, three) in enumerate([("passed", "passed"), ("passed", "failed"), ("failed", "passed 2"), ("failed", "passed")]):
        add(tmp_path, day, one="passed", two=two, three=three, four="skipped")
    return tmp_path


def ask(results: Path, *arguments: str, command: str = "history") -> Result:
    return CliRunner().invoke(application, [command, *arguments, "--results-folder", str(results)], env={"COLUMNS": "180"})


def test_runs_are_shown_newest_first_with_what_fails_is_flaky_and_is_slow(results: Path) -> None:
    shown = ask(results, "--newest", "3")
    assert shown.exit_code == 0, shown.output
    assert re.findall(r"^│ (day \d)", shown.output, re.MULTILINE) == ["day 3", "day 2", "day 1"]
    assert "pass rate: 66.7% over 3 runs; 100.0% over the 1 before" in shown.output
    assert re.search(r"Fails\n[^✓]*a.feature: two +│ .* 2 runs \(passed before, in day 1\)", shown.output)
    assert re.search(r"Flaky\n[^✓]*a.feature: three +│ 4 +│ 25% +│ 2 +│ 1 ", shown.output)
    assert "Slowest" in shown.output


@pytest.mark.parametrize("wanted", [["latest"], ["day", "3"], ["show", "day 3"]])
def test_a_run_is_shown_with_what_failed_in_it_since_when(results: Path, wanted: list[str]) -> None:
    shown = ask(results, *wanted)
    assert shown.output.startswith("Run day 3\n"), shown.output
    assert "2 runs (passed before, in day 1)" in shown.output
    assert re.search(r"│ 1 +│ not here", shown.output)


def test_a_scenario_is_shown_as_a_row_of_marks(results: Path) -> None:
    assert re.search(r"a.feature: three +│ ✓✗~✓ +│", ask(results, "three").output)
    assert re.search(r"a.feature: two +│ ✓✓✗✗ +│ .* 2 runs", ask(results, "TWO").output)
    several = ask(results, "a.feature").output
    assert several.startswith("History of 4 scenarios")
    assert re.search(r"a.feature: four +│ ---- +│", several)


def test_what_is_no_run_and_no_scenario_is_refused_with_the_nearest(results: Path) -> None:
    refused = ask(results, "thre?")
    assert refused.exit_code == 2
    assert "has no run and no scenario 'thre?'. Did you mean 'three'?" in refused.output


def test_a_folder_without_runs_says_so(tmp_path: Path) -> None:
    for command in ("history", "flakes"):
        shown = ask(tmp_path, command=command)
        assert shown.exit_code == 0
        assert "No run is in the history yet" in shown.output or "no run in" in shown.output


def test_histories_of_other_machines_are_added_once(results: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    into = tmp_path_factory.mktemp("into") / "not" / "there yet"
    assert "4 runs added to" in ask(into, "merge", str(results / FILE)).output
    assert "0 runs added to" in ask(into, "merge", str(results)).output


@pytest.mark.parametrize("command", [["history"], ["flakes"], ["history", "merge"]])
def test_a_history_that_cannot_be_used_is_refused_with_a_sentence(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / FILE).write_text("this was a history once" * 100)
    others = [str(tmp_path / FILE)] if "merge" in command else []
    refused = ask(tmp_path, *command[1:], *others, command=command[0])
    assert refused.exit_code == 2
    assert "is broken" in refused.output
    assert isinstance(refused.exception, SystemExit)


def test_flakes_read_the_history(results: Path) -> None:
    shown = ask(results, command="flakes").output
    assert re.search(r"a.feature: three +│ 4 +│ 75% +│ 25% +│ 25% +│ 1 +│ 2 ", shown), shown
