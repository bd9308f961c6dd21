"""One result of many: shards run as a command, merged, and compared with one run of the whole."""

import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.runs.conftest import Ringmaster, assert_refused, ringmaster, surroundings, temporary

__all__ = ["ringmaster", "surroundings", "temporary"]

FEATURE = """
@p0
Feature: Split <number>

  Scenario: passes
    Given it passes

  Scenario: fails
    Given it fails

  Scenario Outline: row <n>
    Given it passes
    Examples:
      | n |
      | 1 |
      | 2 |
"""
STEPS = """
from behave import given

@given("it passes")
def passes(context):
    pass

@given("it fails")
def fails(context):
    assert False, "it does not hold"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of its own, without a platform."""
    (tmp_path / "project" / "features" / "steps").mkdir(parents=True)
    (tmp_path / "project" / "features" / "steps" / "steps.py").write_text(STEPS)
    for number in "12":
        (tmp_path / "project" / "features" / f"split_{number}.feature").write_text(FEATURE.replace("<number>", number))
    return tmp_path / "project"


def run(ringmaster: Ringmaster, project: Path, *arguments: str, out: str) -> Path:
    results = project.parent / out
    ringmaster("run", "--substrate", "none", "--results-folder", str(results), *arguments, folder=project)
    return results / "latest"


def test_shards_and_the_whole_say_the_same(ringmaster: Ringmaster, project: Path) -> None:
    whole = run(ringmaster, project, out="whole")
    shards = [run(ringmaster, project, "--shard", f"{number}/3", out=f"shard-{number}") for number in (1, 2, 3)]
    outcome = ringmaster("merge", *map(str, shards), "--results-folder", str(project.parent / "merged"), folder=project)
    assert outcome.exit_code == 1, outcome.output
    assert "2 failed, 6 passed" in outcome.output
    merged = project.parent / "merged" / "latest"
    assert told(merged) == told(whole)
    assert junit(merged) == junit(whole)
    assert allure(merged) == allure(whole)


def test_shards_that_do_not_make_a_whole_are_refused(ringmaster: Ringmaster, project: Path) -> None:
    one, _ = (run(ringmaster, project, "--shard", f"{number}/2", out=f"shard-{number}") for number in (1, 2))
    results = ("--results-folder", str(project.parent / "merged"))
    assert_refused(ringmaster("merge", str(one), *results, folder=project), 2, "shards are missing: 2/2")
    assert_refused(ringmaster("merge", str(one), str(one), *results, folder=project), 2, "more than once: 1/2, 1/2")
    assert_refused(ringmaster("merge", str(one), str(project), *results, folder=project), 2, "holds no finished run")
    (project / "features" / "split_2.feature").unlink()
    other = run(ringmaster, project, "--shard", "2/2", out="other")
    assert_refused(ringmaster("merge", str(one), str(other), *results, folder=project), 2, "cut by different plans")
    assert not (project.parent / "merged").exists()


def test_a_shard_without_scenarios_is_refused(ringmaster: Ringmaster, project: Path) -> None:
    outcome = ringmaster("run", "--substrate", "none", "--shard", "9/9", folder=project)
    assert_refused(outcome, 2, "no scenario is selected by", "--shard 9/9 of 8 scenarios")


def told(folder: Path) -> list[tuple[str, str, str]]:
    record = json.loads((folder / "run.json").read_text())
    return [(row["location"], row["name"], row["status"]) for row in record["scenarios"]]


def junit(folder: Path) -> Counter[str]:
    suites = [ElementTree.parse(file).getroot() for file in (folder / "junit").glob("*.xml")]  # noqa: S314
    return Counter({name: sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")})


def allure(folder: Path) -> Counter[str]:
    return Counter(json.loads(file.read_text())["status"] for file in (folder / "allure-results").glob("*-result.json"))
