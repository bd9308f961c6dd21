"""JUnit XML: parts of steps, reasons of skips, nothing secret."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def cases(finished_project: Path) -> dict[str, ElementTree.Element]:
    (file,) = (finished_project / "junit").glob("*.xml")
    return {str(case.get("name")): case for case in ElementTree.parse(file).getroot().iter("testcase")}  # noqa: S314


def test_parts_stand_below_their_step(cases: dict[str, ElementTree.Element]) -> None:
    assert "- a part of it (0.50 s)" in str(cases["passes"].findtext("system-out"))


def test_a_skip_has_its_reason(cases: dict[str, ElementTree.Element]) -> None:
    skipped = cases["is skipped"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "needs cluster: not here"


def test_nothing_secret_is_in_a_failure(cases: dict[str, ElementTree.Element]) -> None:
    text = ElementTree.tostring(cases["fails"], encoding="unicode")
    assert "<failure" in text
    assert "abcdefgh" not in text
    assert "ada@example.com" not in text


def test_a_case_says_what_blocks_and_where_it_is(cases: dict[str, ElementTree.Element]) -> None:
    assert [each.tag for each in cases["fails"]][:2] == ["properties", "failure"], "Jenkins reads properties that come first"
    case = cases["passes"]
    told = {each.get("name"): each.get("value") for each in case.iter("property")}
    assert told == {
        "priority": "p0",
        "weight": "blocks",
        "quarantine": "",
        "attempts": "1",
        "file": "features/outcomes.feature",
        "line": "4",
    }
    # GitLab's reader takes the place from here
    assert (case.get("file"), case.get("line")) == ("features/outcomes.feature", "4")
