"""`ringmaster regression-rate` and `choose-ring`: what they answer, their pages, and what they refuse. The inventory's are beside it."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from support.commands.application import application
from tests.evaluation.repository import Made

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "incidents.csv"


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(application, list(arguments), env={"COLUMNS": "250"})


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with a merge a week for ten weeks, of which the first five were fixed."""
    made = Made(tmp_path / "shop")
    for week in range(10):
        made.merge(7 * week + 1, f"change-{week}", {f"{week}.py": "one\n"})
        if week < 5:
            made.commit(7 * week + 2, f"fix <b>{week}</b> of ada@example.com", {f"{week}.py": "two\n"})
    return made.folder


UNTIL = ("--until", "2026-06-01")


def test_rates_before_and_after_a_day_are_compared_with_the_list_behind_them(shop: Path) -> None:
    shown = ask("regression-rate", str(shop), "--date", "2026-02-09", *UNTIL)
    assert shown.exit_code == 0, shown.output
    assert "50.0% (5 of 10 merges;" in shown.output
    assert "Before 2026-02-09: 100.0% (5 of 5 merges; 95 % interval 57% to 100%). From 2026-02-09 on: 0.0% (0 of 5 merges;" in shown.output
    assert "The intervals lie apart" in shown.output
    assert "Merge branch 'change-4'" in shown.output
    assert "rewrites 1 line that it brought, in 4.py" in shown.output
    assert "ada@example.com" not in shown.output


def test_a_day_with_few_weeks_on_a_side_says_so(shop: Path) -> None:
    shown = ask("regression-rate", str(shop), "--date", "2026-03-02", *UNTIL).output
    assert "Only 2 weeks have merges after it; compare at least 4." in shown
    assert "before it" not in shown


def test_pages_are_written_and_the_answer_is_said(shop: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    for arguments, title in (
        (["regression-rate", str(shop), *UNTIL], "Regression rate of shop"),
        (["choose-ring", str(EXAMPLE), "--until", "2026-11-27"], "Which ring the incidents justify"),
        (["inventory", str(shop), "--results-folder", str(tmp_path / "out")], "State of the test suites"),
    ):
        written = ask(*arguments, "--html", str(page))
        assert written.exit_code == 0, written.output
        assert f"Written to {page}" in written.output
        html = page.read_text()
        assert f"<h1>{title}</h1>" in html
        assert "<b>" not in html
        page.unlink()


def test_a_ring_is_chosen_with_what_would_have_caught_each() -> None:
    shown = ask("choose-ring", str(EXAMPLE), "--until", "2026-11-27").output
    assert "Build ring 2 (services together): 4 incidents between services." in shown
    assert "The same table ingested again is no second dataset" in shown
    # in which order they stand depends on what else the features speak of
    assert {"nightly", "export"} <= set(re.findall(r"\w+", shown.split("The same table ingested again")[1][:200]))


def test_without_enough_incidents_a_ring_is_speculation(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("date,title,boundary\n2026-11-01,a,between\n2026-11-02,b,other\n2026-11-03,c,other\n")
    shown = ask("choose-ring", str(tmp_path / "i.csv"), "--until", "2026-11-27").output
    assert "No ring is justified: to build one would be speculation." in shown
    assert "no: 2 too few" in shown
    assert "Most of all, 2, are at no ring's boundary" in shown


def test_features_that_cannot_be_read_are_left_out_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.feature").write_text("no Gherkin")
    shown = ask("choose-ring", str(EXAMPLE), "--features", str(tmp_path))
    assert shown.exit_code == 0
    assert "left out: " in shown.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["regression-rate", "nothing"], "there is no folder nothing"),
        (["regression-rate", "{shop}", "--branch", "nothing"], "has no commit 'nothing'"),
        (["regression-rate", "{shop}", "--since", "2020-01-01", "--until", "2021-01-01"], "has no merge between 2020-01-01 and 2021-01-01"),
        (["regression-rate", "{shop}", "--since", "2026-01-01", "--until", "2025-01-01"], "--since 2026-01-01 is not before 2025-01-01"),
        (["regression-rate", "{shop}", "--date", "2027-01-01", "--until", "2026-06-01"], "--date 2027-01-01 does not lie between"),
        (["regression-rate", "{shop}", "--date", "soon"], "'soon' does not match"),
        (["choose-ring", "nothing.csv"], "there is no such file"),
        (["choose-ring", str(EXAMPLE), "--features", "nothing"], "there is no nothing"),
        (["choose-ring", str(EXAMPLE), "--html", "nothing/page.html"], "nothing/page.html cannot be written"),
    ],
)
def test_wrong_input_is_refused_with_a_sentence(shop: Path, arguments: list[str], words: str) -> None:
    refused = ask(*[argument.format(shop=shop) for argument in arguments])
    assert refused.exit_code == 2
    assert words in refused.output
    assert isinstance(refused.exception, SystemExit)
