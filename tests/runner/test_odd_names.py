"""Names that mean something to a terminal's markup are printed as they stand."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Outcome, Run, command

ODD = "a [/b] sign that is [red] or :warning:"
FOLDER = "out [/b] :fire:"
FEATURE = f"""
Feature: f
  Scenario: {ODD}
    Given it fails
"""


@pytest.fixture
def failed(project: Callable[..., Path], run: Run) -> Outcome:
    outcome = run(project(f=FEATURE), results=FOLDER)
    assert outcome.exit_code == 1, outcome.output
    return outcome


def test_a_run_prints_odd_names_as_they_stand(failed: Outcome) -> None:
    assert f"blocks: features/f.feature:3 {ODD}: failed" in failed.output
    assert f"Results: {failed.results.parent / 'latest'}" in failed.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "--list"), f"features/f.feature:3  {ODD}"),
        (("flakes",), ODD),
        (("flakes", "nothing like it"), f"{FOLDER} says anything"),
        (("show",), ODD),
        (("show", "nothing like it"), ODD),
        (("merge", "{results}"), "[/b] :fire:/"),
        (("merge", "{results}/[/b]:fire:"), "[/b]:fire:"),
        (("run", "--name", "[/b]:fire:"), "[/b]:fire:"),
    ],
)
def test_so_do_other_commands(failed: Outcome, surroundings: dict[str, str], arguments: tuple[str, ...], words: str) -> None:
    given = [argument.format(results=failed.results) for argument in arguments]
    ended = subprocess.run(
        [*command(*given), "--results-folder", str(failed.results.parent)],
        cwd=failed.folder,
        env=surroundings | {"COLUMNS": "400"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert words in ended.stdout + ended.stderr, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("encoding", ["ascii:strict", "utf-8:strict"])
def test_a_terminal_of_any_encoding_is_written_to(project: Callable[..., Path], run: Run, encoding: str) -> None:
    outcome = run(project(f="Feature: Äpfel 😀\n  Scenario: größer\n    Given it passes\n"), PYTHONIOENCODING=encoding)
    assert outcome.exit_code == 0, outcome.output
    assert "1 passed" in outcome.output
