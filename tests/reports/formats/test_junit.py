"""JUnit XML: parts of steps, reasons of skips, nothing secret."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import xmlschema

from benchmarks.made_run import make_run
from reports.formats.junit import JUnitReport
from support.results.identity import Identity
from support.results.scenario_result import Failure, FeatureHeading, Status, StepResult
from tests.verdict.records import scenario


@pytest.fixture(scope="module")
def cases(finished_project: Path) -> dict[str, ElementTree.Element]:
    (file,) = (finished_project / "junit").glob("*.xml")
    return {str(case.get("name")): case for case in ElementTree.parse(file).getroot().iter("testcase")}  # noqa: S314


def test_parts_stand_below_their_step(cases: dict[str, ElementTree.Element]) -> None:
    assert "- a part of it (0.50 s)" in str(cases["passes"].findtext("system-out"))


def test_a_skip_has_its_reason(cases: dict[str, ElementTree.Element]) -> None:
    skipped = cases["is skipped"].find("skipped")
    assert skipped is not None
    # Jenkins shows the message, GitLab the text; Source: their readers
    assert skipped.get("message") == str(skipped.text).strip() == "needs cluster: not here"


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


SCHEMA = Path(__file__).with_name("junit.xsd")
LARGEST = 30_000_000
"""Bytes of one file, and `LARGEST_OF_ALL` of all of a job. Source: GitLab, "Unit test reports"."""
LARGEST_OF_ALL = 100_000_000
HEADING = FeatureHeading("Feature", "Orders", "features/shop/orders.feature:1", "features/shop/orders.feature")


def problems(folder: Path) -> list[str]:
    """What the schema says against each file."""
    schema = xmlschema.XMLSchema(SCHEMA)
    return [f"{file.name}: {error.reason}" for file in sorted(folder.glob("*.xml")) for error in schema.iter_errors(file)]


def test_what_is_written_keeps_to_what_gitlab_and_jenkins_read(finished_project: Path) -> None:
    assert problems(finished_project / "junit") == []


def test_odd_texts_and_outcomes_keep_to_it_too(tmp_path: Path) -> None:
    odd = 'a "name" <with> & \x1b[31m\x00\ud800\n]]> 😀'
    failed = StepResult("Then it", Status.FAILED, seconds=0.5, failure=Failure(odd, "AssertionError", odd, odd))
    results = [
        scenario(odd, status="failed", steps=(failed,), reason=None),
        scenario("undefined", status="undefined", steps=(StepResult("Given nobody", Status.UNDEFINED),)),
        scenario("skipped", status="skipped", reason=odd),
        scenario("left out", status="untested"),
        scenario("hook", status="hook_error"),
        scenario("quick", seconds=1e-9),
    ]
    JUnitReport(tmp_path, tmp_path).feature(HEADING, results)
    assert problems(tmp_path) == []


def test_scenarios_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """GitLab shows only the first of them."""
    file = HEADING.file
    results = [
        scenario("is taken", identity=Identity(file, "is taken")),
        scenario("is taken", identity=Identity(file, "is taken", rule="by mail")),
        scenario("is taken", identity=Identity(file, "is taken", occurrence=2)),
        scenario("is paid", identity=Identity(file, "is paid", rule="by mail")),
    ]
    JUnitReport(tmp_path, tmp_path).feature(HEADING, results)
    (written,) = tmp_path.glob("*.xml")
    cases = ElementTree.parse(written).getroot().iter("testcase")  # noqa: S314
    assert [case.get("name") for case in cases] == ["is taken", "by mail: is taken", "is taken #2", "is paid"]
    assert problems(tmp_path) == []


def test_a_thousand_scenarios_of_a_feature_fit_into_what_gitlab_takes(tmp_path: Path) -> None:
    record = make_run(tmp_path, 1000)
    JUnitReport(tmp_path / "junit", tmp_path).feature(HEADING, record.scenarios)
    sizes = [file.stat().st_size for file in (tmp_path / "junit").glob("*.xml")]
    assert max(sizes) < LARGEST
    # so that ten thousand fit too
    assert sum(sizes) * 10 < LARGEST_OF_ALL
