"""Malformed input: the lint and the selection of a run name the file and what is wrong, and never show a traceback."""

import contextlib
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from support.commands.application import application
from support.runner.planning.errors import SelectionError
from support.runner.planning.selection import Selection, configuration_of, read_model
from tests.authoring.lint.conftest import Project
from tests.authoring.lint.malformed import LINTED, REFUSED, SPOILT, Make


def linted(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(application, ["lint", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.exit_code, result.output


def select(selection: Selection) -> None:
    read_model(configuration_of(selection), selection)


def selected(path: Path) -> None:
    select(Selection((str(path),)))


def test_there_are_a_hundred_malformed_inputs() -> None:
    assert len(REFUSED) + len(LINTED) >= 100


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_run_is_refused_by_lint_and_run(project: Project, tmp_path: Path, make: Make) -> None:
    path = make(tmp_path)
    exit_code, output = linted(str(path))
    assert exit_code == 2, output
    assert ":1: " in output or "broken.feature:" in output
    with pytest.raises(SelectionError, match=".") as refused:
        selected(path)
    assert "\n" not in str(refused.value).strip() or "\n" in path.name


@pytest.mark.parametrize("make", LINTED.values(), ids=LINTED.keys())
def test_what_can_be_run_but_should_not_be_is_found(project: Project, tmp_path: Path, make: Make) -> None:
    path = make(tmp_path)
    exit_code, output = linted(str(path))
    assert exit_code == 1, output
    assert "broken.feature:" in output


@pytest.mark.parametrize("make", [*LINTED.values(), *SPOILT.values()], ids=[*LINTED, *SPOILT])
def test_a_run_selects_it_or_says_why_not(project: Project, tmp_path: Path, make: Make) -> None:
    with contextlib.suppress(SelectionError):
        selected(make(tmp_path))


@pytest.mark.parametrize("make", SPOILT.values(), ids=SPOILT.keys())
def test_the_lint_has_an_answer_to_everything(project: Project, tmp_path: Path, make: Make) -> None:
    exit_code, output = linted(str(make(tmp_path)))
    assert exit_code in (0, 1, 2)
    assert output.strip().splitlines()[-1].endswith("steps")


@pytest.mark.parametrize("content", [b"def (:\n", b"\0", b"\xff", b"x = '\n", b"(" * 500, b"a" * 2_000_000])
def test_broken_steps_are_found_with_their_line(project: Project, content: bytes) -> None:
    project.write("steps/broken.py", content)
    exit_code, output = linted()
    assert exit_code == 2, output
    assert "steps/broken.py:1: broken-file" in output


@pytest.mark.parametrize("as_format", ["github", "json"])
def test_every_format_survives_names_that_are_no_text(project: Project, tmp_path: Path, as_format: str) -> None:
    (Path(os.fsdecode(bytes(tmp_path) + b"/\xff.feature"))).write_text("nonsense")
    assert linted("--format", as_format, ".")[0] == 2


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        (("@smokey",), "Did you mean '@smoke'"),
        (("not @smokey",), "Did you mean '@smoke'"),
        (("@needs.clster",), "Did you mean 'cluster'"),
        (("@catches.nothing",), "is not a sabotage"),
        (("@p0 and (@p1",), "cannot be read"),
        (("and",), "cannot be read"),
        (("@p1",), "no scenario is selected"),
        (("@p0", "@ring2"), "no scenario is selected"),
        (("",), "tags"),
        (("@",), "tags"),
    ],
)
def test_tags_that_select_nothing_are_refused(project: Project, tags: tuple[str, ...], words: str) -> None:
    with pytest.raises(SelectionError, match=words):
        select(Selection(tags=tags))


@pytest.mark.parametrize("name", ["(", "[", "nobody", "*", "\\"])
def test_a_name_is_part_of_a_name_and_no_pattern(project: Project, name: str) -> None:
    with pytest.raises(SelectionError, match="no scenario is selected"):
        select(Selection(names=(name,)))
    select(Selection(names=("more is",)))


def test_a_tag_that_a_feature_carries_can_be_asked_for(project: Project) -> None:
    project.feature(("@p0", "@p0 @needs.cluster"))
    for tags in (("@needs.*",), ("@needs.cluster and not @p1",), ("@ring1,@ring2",), ("~@p1",)):
        select(Selection(tags=tags))
