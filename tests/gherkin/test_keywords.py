"""A line that was meant as a step or a scenario is told from one that was meant as words."""

from pathlib import Path

import pytest
from gherkin.dialect import DIALECTS, Dialect

from support.gherkin.files import UnreadableFile, read_text
from support.gherkin.keywords import near_step, near_title
from support.gherkin.parser import parse_feature

ENGLISH, GERMAN = Dialect(DIALECTS["en"]), Dialect(DIALECTS["de"])
GIVEN = ["Givn x", "Gven x", "Givenn x", "Gievn x", "given x", "GIVEN x", "Given: x", "Given", "Given\tx", "Given, x"]
WHEN = ["Whne x", "Wen x", "when x"]
THEN = ["Thne x", "Tehn x", "then x", "Thenn x"]
WORDS = ["The node dies", "They meet", "Gives a name", "Where it is", "What it is", "and so on", "But not this", "*bold*", "Catches: x", ""]
OF_GERMAN = [("angenommen x", "Angenommen"), ("Wnen x", "Wenn"), ("Given x", "Given"), ("Wen sie sehen", None)]
TITLES = [
    ("Scenaro: x", "Scenario"),
    ("scenario: x", "Scenario"),
    ("Scenario outline: x", "Scenario Outline"),
    ("ScenarioOutline: x", "Scenario Outline"),
    ("Backgroud: x", "Background"),
    ("Exampels: x", "Examples"),
    ("Scenario : x", "Scenario"),
    ("Ruel: x", "Rule"),
    ("Rules: x", None),
    ("Role: x", None),
    ("Note: x", None),
    ("Scenarios of all kinds", None),
]
PROSE = """Feature: f
  When a node dies, its work is lost.
  Then it begins anew,
  and goes on.
  Scenario: s
    and so on
    Given x
"""


@pytest.mark.parametrize(
    ("line", "keyword"), [(line, lines[0]) for lines in (["Given", *GIVEN], ["When", *WHEN], ["Then", *THEN]) for line in lines[1:]]
)
def test_a_step_with_a_slip_is_nearly_one(line: str, keyword: str) -> None:
    assert near_step(line, ENGLISH) == keyword


@pytest.mark.parametrize("line", WORDS)
def test_ordinary_words_are_words(line: str) -> None:
    assert near_step(line, ENGLISH) is None
    assert near_title(line, ENGLISH) is None


@pytest.mark.parametrize(("line", "keyword"), OF_GERMAN)
def test_another_language_has_its_own_slips(line: str, keyword: str | None) -> None:
    assert near_step(line, GERMAN) == keyword


@pytest.mark.parametrize(("line", "keyword"), TITLES)
def test_a_title_with_a_slip_is_nearly_one(line: str, keyword: str | None) -> None:
    assert near_title(line, ENGLISH) == keyword


def test_prose_is_left_alone() -> None:
    feature = parse_feature(PROSE, Path("a.feature"))
    assert feature.description == ["When a node dies, its work is lost.", "Then it begins anew,", "and goes on."]
    assert feature.scenarios[0].description == ["and so on"]


def test_a_carriage_return_within_a_line_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.feature"
    file.write_bytes(b"Feature: f\r\n  Scenario: a\rb\r\n")
    with pytest.raises(UnreadableFile, match=r"U\+000D") as refused:
        read_text(file)
    assert refused.value.line == 2
