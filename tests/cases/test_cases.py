"""Every case in this folder gives the outcome that its `expected.toml` says."""

import shutil
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.runner.conftest import Outcome, Run

WRONG_INPUT = 2
FOLDER = Path(__file__).parent
RUNS = [
    pytest.param(file.parent, expected, id=" ".join([file.parent.name, *expected.get("arguments", [])]))
    for file in sorted(FOLDER.glob("*/expected.toml"))
    for expected in tomllib.loads(file.read_text(encoding="utf-8"))["run"]
]


@pytest.mark.parametrize(("case", "expected"), RUNS)
def test_a_case_gives_its_outcome(case: Path, expected: dict[str, Any], run: Run, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(case, project)
    if not any(project.rglob("steps")):
        shutil.copytree(FOLDER / "steps", project / "steps")
    outcome = run(project, *expected.get("arguments", []))
    assert outcome.exit_code == expected["exit_code"], outcome.output
    if "statuses" in expected:
        assert outcome.statuses == expected["statuses"], outcome.output
    if outcome.exit_code != WRONG_INPUT:
        assert_reports_agree(outcome)
    if "steps" in expected:
        assert [step["status"] for row in outcome.record["scenarios"] for step in row["steps"]] == expected["steps"]
    for words in expected.get("says", []):
        assert words in outcome.output
    for words in expected.get("never_says", []):
        assert words not in outcome.output


def assert_reports_agree(outcome: Outcome) -> None:
    """All reports are files that parsers read, and say the same of every scenario."""
    rows = Counter((row["name"], row["status"]) for row in outcome.record["scenarios"])
    cases = [case for suite in outcome.junit for case in suite.iter("testcase")]
    assert Counter((case.get("name"), case.get("status")) for case in cases) == rows
    assert len({result["uuid"] for result in outcome.allure}) == len(outcome.allure) >= len(cases)
    histories = {result["historyId"] for result in outcome.allure}
    assert len(histories) == len(cases)
