"""What steps find in `context.config.userdata`: from behave's files, and from `-D`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Run

FEATURE = "Feature: f\n  Scenario: s\n    Given the colour is {colour}\n"
STEPS = """
from behave import given
@given("the colour is {colour}")
def is_colour(context, colour): assert context.config.userdata.get("Colour") == colour, dict(context.config.userdata)
"""
FILES = {
    "behave.ini": "[behave.userdata]\nColour = red\n",
    ".behaverc": "[behave.userdata]\nColour = red\n",
    "setup.cfg": "[metadata]\nname = x\n[behave.userdata]\nColour = red\n",
    "tox.ini": "[tox]\n[behave.userdata]\nColour = red\n",
    "pyproject.toml": '[tool.behave.userdata]\nColour = "red"\n',
}


@pytest.fixture
def painted(project: Callable[..., Path]) -> Callable[[str], Path]:
    """A project whose only scenario wants a colour."""

    def make(colour: str) -> Path:
        folder = project(f=FEATURE.format(colour=colour))
        (folder / "steps" / "colour.py").write_text(STEPS)
        return folder

    return make


@pytest.mark.parametrize("file", FILES)
def test_userdata_of_each_of_behaves_files_reaches_the_steps(painted: Callable[[str], Path], run: Run, file: str) -> None:
    folder = painted("red")
    (folder / file).write_text(FILES[file])
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output


def test_a_tox_ini_without_userdata_takes_nothing_away(painted: Callable[[str], Path], run: Run) -> None:
    folder = painted("red")
    (folder / "tox.ini").write_text("[tox]\n")
    (folder / "pyproject.toml").write_text(FILES["pyproject.toml"])
    assert run(folder).exit_code == 0


def test_what_is_defined_counts_more_than_what_a_file_says(painted: Callable[[str], Path], run: Run) -> None:
    folder = painted("dark blue")
    (folder / "behave.ini").write_text(FILES["behave.ini"])
    outcome = run(folder, "-D", "Colour=dark blue", "-D", "flag")
    assert outcome.exit_code == 0, outcome.output


def test_a_name_alone_is_true(painted: Callable[[str], Path], run: Run) -> None:
    assert run(painted("true"), "-D", "Colour").exit_code == 0


def test_what_selects_scenarios_for_plain_behave_alone_is_told(painted: Callable[[str], Path], run: Run) -> None:
    folder = painted("red")
    (folder / "behave.ini").write_text("[behave]\ndefault_tags = not @wip\n" + FILES["behave.ini"])
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output
    assert "behave.ini: default_tags has no effect here, only on plain behave" in outcome.output


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("behave.ini", "Colour = red\n", "behave.ini cannot be read: File contains no section headers"),
        ("behave.ini", "[behave.userdata]\nColour = 100%\n", "behave.ini cannot be read: '%' must be followed by"),
        ("pyproject.toml", "[tool.behave\n", "pyproject.toml cannot be read: "),
        ("pyproject.toml", "[tool]\nbehave = 1\n", "pyproject.toml cannot be read: "),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(painted: Callable[[str], Path], run: Run, file: str, text: str, words: str) -> None:
    folder = painted("red")
    (folder / file).write_text(text)
    outcome = run(folder)
    assert outcome.exit_code == 2, outcome.output
    assert outcome.output.startswith(f"ringmaster: {words}"), outcome.output


def test_a_definition_without_a_name_is_refused(painted: Callable[[str], Path], run: Run) -> None:
    outcome = run(painted("red"), "-D", "=red")
    assert (outcome.exit_code, outcome.output.startswith("ringmaster: -D =red: there is no name")) == (2, True), outcome.output
