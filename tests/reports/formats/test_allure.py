"""Allure results tell what behave knows, also where allure-behave alone would not."""

import json
from pathlib import Path
from typing import Any

import pytest

Results = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def results(finished_project: Path) -> Results:
    found = [json.loads(path.read_text()) for path in (finished_project / "allure-results").glob("*-result.json")]
    return {result["name"]: result for result in found}


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        ("passes", "passed"),
        ("fails", "failed"),
        ("breaks", "broken"),
        ("has a bad hook", "broken"),
        ("cleans up badly", "broken"),
        ("is undefined", "broken"),
        ("is skipped", "skipped"),
        ("under a rule", "passed"),
    ],
)
def test_every_outcome_is_told_as_it_was(results: Results, scenario: str, status: str) -> None:
    assert results[scenario]["status"] == status


def test_a_skip_has_its_reason(results: Results) -> None:
    assert results["is skipped"]["statusDetails"]["message"] == "needs cluster: not here"


def test_parts_are_sub_steps(results: Results) -> None:
    (step,) = results["passes"]["steps"]
    assert [part["name"] for part in step["steps"]] == ["a part of it"]
    assert step["steps"][0]["stop"] - step["steps"][0]["start"] == 500


def test_nothing_secret_is_in_the_results(results: Results) -> None:
    text = json.dumps(results)
    assert "abcdefgh" not in text
    assert "ada@example.com" not in text


def test_what_blocks_a_release_is_a_blocker(results: Results) -> None:
    assert {"name": "severity", "value": "blocker"} in results["passes"]["labels"]
    assert {"name": "severity", "value": "normal"} in results["fails"]["labels"]
