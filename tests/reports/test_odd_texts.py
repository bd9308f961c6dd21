"""Whatever text a result holds, JUnit and Allure are files that a real parser reads."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from reports.allure import write_result
from reports.junit import JUnitReport
from support.results.identity import Identity
from support.results.scenario_result import Captured, Failure, FeatureHeading, ScenarioResult, Status, StepResult, Weight
from support.results.texts import presentable

ODD = {
    "nul": "a\x00b",
    "escape": "\x1b[31mred\x1b[0m",
    "bell": "a\x07b",
    "end of a CDATA": "a]]>b",
    "markup": "<a href=\"b\">&amp;</a> 'x'",
    "lines": "one\r\ntwo\n\tthree",
    "non-character": "a\uffffb\ufdd0",
    "astral": "\U0001f600",
    "half a character": "a\ud800b",
    "next line": "a\x85b\u2028c",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_it_is_survived(tmp_path: Path, text: str) -> None:
    safe = presentable(text)
    failure = Failure(safe, "AssertionError", safe, safe)
    step = StepResult(f"Given {safe}", Status.FAILED, safe, text=safe, table=((safe,), (safe,)), failure=failure)
    result = ScenarioResult(
        Identity("f.feature", safe), safe, "Scenario", "f.feature:1", safe, (safe,), (safe,), safe, ((safe, safe),), Weight.BLOCKS,
        Status.FAILED, failure=failure, captured=Captured(safe, safe, safe), output=safe, steps=(step,),
    )  # fmt: skip
    JUnitReport(tmp_path, tmp_path).feature(FeatureHeading("Feature", safe, "f.feature:1", "f.feature"), [result])
    (case,) = ElementTree.parse(tmp_path / "TESTS-f.xml").getroot().iter("testcase")  # noqa: S314
    assert case.find("failure") is not None
    write_result(tmp_path, result, tmp_path)
    (file,) = tmp_path.glob("*-result.json")
    assert json.loads(file.read_text())["status"] == "failed"
