"""A project elsewhere, with features and steps only: it runs without a platform, and declares tags and capabilities of its own."""

from pathlib import Path

import pytest

from tests.runs.conftest import PROJECT, Ringmaster, assert_refused

FEATURE = """@p0 @slow
Feature: Printing

  Catches no sabotage: nothing of it belongs to a platform.

  Scenario: Pages are printed
    When 2 pages are printed
    Then they are there

  @needs.printer
  Scenario: Photos are printed
    When 3 pages are printed
    Then they are there

  @needs.screen
  Scenario: A page is shown
    When 1 page is printed
    Then they are there
"""
STEPS = '''"""Printing."""

from behave import then, when
from behave.runner import Context


@when("{int} page/pages is/are printed")
def printed(context: Context, number: int) -> None:
    """Prints."""
    context.number = number


@then("they are there")
def there(context: Context) -> None:
    """Looks."""
    assert isinstance(context.number, int)
'''
DECLARED = """
[tags]
slow = "takes long"

[capabilities]
printer = "no printer is connected"
screen = ""
"""
HERE, OUTSIDE = True, False


@pytest.fixture
def own_project(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    for name, text in {"features/printing.feature": FEATURE, "steps/pages.py": STEPS, "ringmaster.toml": DECLARED}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("where", [HERE, OUTSIDE], ids=["from there", "from this repository"])
def test_what_it_lacks_by_its_own_words_is_skipped_with_them(ringmaster: Ringmaster, own_project: Path, where: bool) -> None:
    features = "features" if where is HERE else str(own_project / "features")
    outcome = ringmaster("run", "--substrate", "none", "--tags", "@slow", features, folder=own_project if where is HERE else PROJECT)
    assert outcome.exit_code == 0, outcome.output
    assert (outcome.status_of("Pages"), outcome.status_of("Photos"), outcome.status_of("A page")) == ("passed", "skipped", "passed")
    assert "needs printer: no printer is connected" in outcome.output


def test_lint_and_tags_know_what_it_declares(ringmaster: Ringmaster, own_project: Path) -> None:
    linted = ringmaster("lint", folder=own_project)
    assert linted.exit_code == 0, linted.output
    assert "@slow: takes long" in ringmaster("tags", folder=own_project).output
    (own_project / "ringmaster.toml").unlink()
    assert "'@slow' is not a known tag" in ringmaster("lint", folder=own_project).output
    assert_refused(ringmaster("run", "--substrate", "none", "--tags", "@slwo", folder=own_project), 2, "'@slwo' is not a known tag")


def test_a_declaration_that_says_nothing_is_refused(ringmaster: Ringmaster, own_project: Path) -> None:
    (own_project / "ringmaster.toml").write_text("[tags]\nslow = 1\n")
    for command in (("lint",), ("tags",), ("run", "--substrate", "none", "--tags", "@slow")):
        assert_refused(ringmaster(*command, folder=own_project), 2, "[tags] has to give each name its meaning")
