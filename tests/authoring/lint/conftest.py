"""A small project that the lint finds nothing in, to spoil in one place."""

from pathlib import Path

import pytest

from support.authoring.lint.check import lint
from support.authoring.lint.finding import Finding

FEATURE = """@ring1 @p0
Feature: Counting

  It protects the count.
  Catches: a count that is one off
  Catches no sabotage: it has none of its own

  Background:
    Given there are 2 apples

  Scenario: One more is counted
    When "Eve" brings 1 apple
    Then there are 3 in the "basket"
"""

STEPS = '''"""Apples."""

from behave import given, step, then, when
from behave.runner import Context


@given("there are {int} apple/apples")
def there_are(context: Context, number: int) -> None:
    """Apples are there."""


@when("{string} brings/takes {int} apple/apples")
def brings(context: Context, name: str, number: int) -> None:
    """Somebody brings or takes some."""


@then("there are {int} in the {string}")
def are_in(context: Context, number: int, place: str) -> None:
    """All are counted."""
'''

FEATURE_FILE = Path("features/counting.feature")
STEPS_FILE = Path("steps/apples.py")


class Project:
    """The files of a project in the current folder."""

    def write(self, file: Path | str, text: str | bytes) -> Path:
        """Write a file of the project, making its folders."""
        path = Path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def feature(self, *changes: tuple[str, str], file: Path | str = FEATURE_FILE) -> Path:
        """Write the feature with some of its words replaced."""
        return self.write(file, _changed(FEATURE, changes))

    def steps(self, *changes: tuple[str, str]) -> Path:
        """Write the steps with some of their words replaced."""
        return self.write(STEPS_FILE, _changed(STEPS, changes))

    def findings(self, *paths: str) -> list[Finding]:
        """What the lint finds."""
        return list(lint([Path(path) for path in paths]).findings)

    def rules(self, *paths: str) -> list[str]:
        """The names of the rules that find something."""
        return sorted({finding.rule for finding in self.findings(*paths)})


def _changed(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "support").mkdir()
    made = Project()
    made.write("environment.py", "")
    made.feature()
    made.steps()
    return made
