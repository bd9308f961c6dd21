"""The catalogue of steps: found by words, shown with examples, written as pages; and new features made of it."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from support.authoring.catalogue.entries import Catalogue, read_catalogue
from support.authoring.catalogue.pages import as_html, as_markdown
from support.authoring.catalogue.search import find_steps, nearest_words
from support.authoring.lint.check import lint
from support.commands.application import application

PROJECT = Path(__file__).parents[3]
STEPS = '''
from behave import given, step, then
from behave.runner import Context


@given("the <owner> keeps {int} row(s) of {string} & {word}")
def keeps(context: Context, rows: int, what: str, how: str) -> None:
    """Rows are kept; the leaderboard is not touched."""


@step("the leaderboard is sorted")
def is_sorted(context: Context) -> None:
    """Best score first."""


@then("nobody says this")
def unused(context: Context) -> None:
    """Not used."""
'''
FEATURE = """Feature: Rows
  Scenario: Kept
    Given the <owner> keeps 3 rows of "a </pre>" & b
    And the <owner> keeps 4 rows of "c" & d
    And the <owner> keeps 3 rows of "a </pre>" & b
    And the <owner> keeps 5 rows of "e" & f
    And the <owner> keeps 6 rows of "g" & h
    Then the leaderboard is sorted
"""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "steps").mkdir()
    (tmp_path / "features").mkdir()
    (tmp_path / "steps" / "storage.py").write_text(STEPS)
    (tmp_path / "features" / "rows.feature").write_text(FEATURE)
    return read_catalogue()


def called(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(application, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.exit_code, result.output


def functions(catalogue: Catalogue, *words: str) -> list[str]:
    return [found.function for found in find_steps(words, {entry.definition: len(entry.uses) for entry in catalogue.entries})]


def test_a_sentence_with_the_word_comes_before_a_docstring_with_it(catalogue: Catalogue) -> None:
    assert functions(catalogue, "leaderboard") == ["is_sorted", "keeps"]


def test_a_step_with_more_of_the_words_comes_first(catalogue: Catalogue) -> None:
    assert functions(catalogue, "leaderboard", "rows") == ["keeps", "is_sorted"]


@pytest.mark.parametrize("word", ["LEADERBOARD", "leader", "leaderbaord", "sorted"])
def test_words_are_found_in_any_case_by_their_beginning_and_mistyped(catalogue: Catalogue, word: str) -> None:
    assert functions(catalogue, word)[0] == "is_sorted"


def test_a_word_that_nothing_has_names_the_nearest(catalogue: Catalogue) -> None:
    assert functions(catalogue, "ladderboat") == []
    assert "leaderboard" in nearest_words(["ladderboat"], [entry.definition for entry in catalogue.entries])
    assert called("steps", "ladderboat")[0] == 1


def test_examples_come_from_the_features_and_differ(catalogue: Catalogue) -> None:
    keeps = catalogue.entries[0]
    assert [use.line for use in keeps.examples] == [3, 4, 6]
    assert len(keeps.uses) == 5
    assert keeps.parameters == ["rows: int", "what: string", "how: word"]


def test_the_terminal_shows_sentence_parameters_docstring_topic_and_example(catalogue: Catalogue) -> None:
    exit_code, output = called("steps", "keeps")
    assert exit_code == 0
    for words in (
        "Given the <owner> keeps {int}",
        "rows: int",
        "Rows are kept",
        "storage",
        "features/rows.feature:3",
        "steps/storage.py:6",
    ):
        assert words in output


def test_unused_steps_are_listed(catalogue: Catalogue) -> None:
    exit_code, output = called("steps", "--unused")
    assert exit_code == 0
    assert "nobody says this" in output
    assert "leaderboard" not in output


class Page(HTMLParser):
    """What the tests look at in a page: its elements, and addresses it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.attributes += attributes

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_holds_every_step_and_loads_nothing(catalogue: Catalogue) -> None:
    page = Page(as_html(catalogue))
    assert page.opened.count("article") == 3
    assert 'a </pre>" & b' in page.words
    assert "the <owner> keeps {int} row(s)" in page.words
    assert not {"link", "img", "iframe"} & set(page.opened)
    assert [value for name, value in page.attributes if name in ("src", "href") and not (value or "").startswith("#")] == []


def test_it_is_said_in_words_how_often_a_step_is_used(catalogue: Catalogue) -> None:
    used = [entry.used for entry in catalogue.entries]
    assert used[0] == "used 5 times"
    assert "not used" in used
    for text in (as_html(catalogue), as_markdown(catalogue), called("steps")[1]):
        assert all(words in text for words in used)
        assert "used 1 times" not in text
        assert "used 0 times" not in text


def test_titles_are_written_as_people_write_them(real_steps: Path) -> None:
    titles = read_catalogue().by_platform()["tracebloc"]
    assert {"SDK, login", "Faults, service bus"} <= set(titles)


def test_a_search_leaves_no_link_to_a_topic_that_it_hides(catalogue: Catalogue) -> None:
    page = Page(as_html(catalogue))
    links = {(value or "")[1:] for name, value in page.attributes if name == "href"} - {"steps"}
    # the script finds each topic's link by this
    assert links == {value for name, value in page.attributes if name == "aria-labelledby"}


def test_the_page_can_be_used_without_a_mouse_and_in_the_dark(catalogue: Catalogue) -> None:
    text = as_html(catalogue)
    page = Page(text)
    assert ("lang", "en") in page.attributes
    assert ("for", "words") in page.attributes
    assert ("role", "status") in page.attributes
    assert {"main", "nav", "h1", "h2", "h3"} <= set(page.opened)
    assert "prefers-color-scheme: dark" in text
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value for name, value in page.attributes if name == "aria-labelledby"} <= set(ids)


def test_markdown_shows_sentences_as_they_are(catalogue: Catalogue) -> None:
    text = as_markdown(catalogue)
    assert "`Given the <owner> keeps {int} row(s) of {string} & {word}`" in text
    assert 'Given the <owner> keeps 3 rows of "a </pre>" & b' in text
    assert "## Features of no platform: Storage" in text


def test_pages_are_written_where_they_are_wanted(catalogue: Catalogue, tmp_path: Path) -> None:
    assert called("steps", "--html", "steps.html", "--markdown", "steps.md")[0] == 0
    assert (tmp_path / "steps.html").read_text().startswith("<!doctype html>")
    exit_code, output = called("steps", "--html", "nowhere/steps.html")
    assert exit_code == 2
    assert "nowhere/steps.html cannot be written" in output


def test_a_broken_module_is_left_out_and_told(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "steps" / "broken.py").write_text("def (:")
    exit_code, output = called("steps", "leaderboard")
    assert exit_code == 0
    assert "left out: steps/broken.py:1: is not valid Python" in output


def test_a_folder_without_steps_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert called("steps")[0] == 2


@pytest.fixture
def real_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the project's own steps and features, to write into."""
    for name in ("steps", "support", "environment.py", "ringmaster.toml"):
        (tmp_path / name).symlink_to(PROJECT / name)
    (tmp_path / "features").mkdir()
    for folder in (PROJECT / "features").iterdir():
        (tmp_path / "features" / folder.name).mkdir()
        for file in folder.glob("*.feature"):
            (tmp_path / "features" / folder.name / file.name).write_text(file.read_text())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("ring", [1, 2, 3])
def test_a_new_feature_lints(real_steps: Path, ring: int) -> None:
    exit_code, output = called("new", "feature", "Ties on the leader board", "--ring", str(ring))
    assert exit_code == 0, output
    path = Path(output.splitlines()[0])
    assert path.parent.name.startswith(f"ring{ring}_")
    assert lint([path]).findings == ()
    assert lint([path]).scenarios == 1


@pytest.mark.parametrize("name", ["", "   ", "???", "x" * 200, "a\x1bb", "Ends with a period."])
def test_a_name_that_is_none_is_refused(real_steps: Path, name: str) -> None:
    assert called("new", "feature", name)[0] == 2


def test_nothing_is_overwritten(real_steps: Path) -> None:
    assert called("new", "feature", "Ties: all")[0] == 0
    path = real_steps / "features" / "tracebloc" / "ring1_in_process" / "ties_all.feature"
    before = path.read_text()
    assert called("new", "feature", "Ties - all")[0] == 2
    assert called("new", "feature", "ties:  ALL", "--ring", "2")[0] == 2
    assert path.read_text() == before


def test_the_editor_is_told_where_features_and_steps_are() -> None:
    settings = json.loads((PROJECT / ".vscode" / "settings.json").read_text())
    for name, ending in (("cucumber.features", ".feature"), ("cucumber.glue", ".py")):
        for pattern in settings[name]:
            assert [file for file in PROJECT.glob(pattern) if file.suffix == ending], pattern


def test_lint_and_catalogue_load_no_client_of_the_platform() -> None:
    code = (
        "import sys; from support.authoring.lint.check import lint; from support.authoring.catalogue.pages import as_html;"
        "from support.authoring.catalogue.entries import read_catalogue; lint(); as_html(read_catalogue()); print(*sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    assert not re.findall(r"(?<!\S)(?:torch|tracebloc|azure|boto3|sklearn)(?!\S)", ended.stdout)


def test_a_new_feature_belongs_to_the_platform_that_is_named(real_steps: Path) -> None:
    exit_code, output = called("new", "feature", "Ties", "--platform", "tracebloc")
    assert exit_code == 0, output
    assert output.startswith("features/tracebloc/")
    exit_code, output = called("new", "feature", "More ties", "--platform", "traceblok")
    assert exit_code == 2
    assert "there is no platform 'traceblok'. Known, nearest first: tracebloc" in output
