"""One result of many: shards run as a command, merged, and compared with one run of the whole."""

import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from support.history.reading import open_history
from tests.runs.conftest import Outcome, Ringmaster, assert_refused, ringmaster, surroundings, temporary

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
    assert "6 passed, 2 failed (2 blocking)" in outcome.output
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


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("commit", "b" * 40, "commits: 1/2 has aaaaaaaaaaaa, 2/2 has bbbbbbbbbbbb"),
        ("substrate", "kind", "substrates"),
        ("sabotage", "x", "sabotages"),
    ],
)
def test_shards_that_were_run_differently_are_refused(ringmaster: Ringmaster, project: Path, field: str, value: str, words: str) -> None:
    shards = [run(ringmaster, project, "--shard", f"{number}/2", out=f"shard-{number}") for number in (1, 2)]
    for shard, changed in zip(shards, ({"commit": "a" * 40}, {"commit": "a" * 40, field: value}), strict=True):
        record = json.loads((shard / "run.json").read_text())
        (shard / "run.json").write_text(json.dumps(record | changed))
    merged = ringmaster("merge", *map(str, shards), "--results-folder", str(project.parent / "merged"), folder=project)
    assert_refused(merged, 2, f"run with different {words}")


def shards_and_merged(ringmaster: Ringmaster, project: Path, of: int) -> tuple[list[Outcome], Outcome]:
    folders = [project.parent / f"part-{number}" for number in range(1, of + 1)]
    parts = [
        ringmaster("run", "--substrate", "none", "--results-folder", str(out), "--shard", f"{number}/{of}", folder=project)
        for number, out in enumerate(folders, 1)
    ]
    merged = ringmaster("merge", *(f"{out}/latest" for out in folders), "--results-folder", str(project.parent / "merged"), folder=project)
    return parts, merged


def test_an_empty_shard_is_a_part_like_any_other(ringmaster: Ringmaster, project: Path) -> None:
    (project / "features" / "split_1.feature").unlink()
    (project / "features" / "split_2.feature").write_text("Feature: f\n  Scenario: alone\n    Given it passes\n")
    parts, merged = shards_and_merged(ringmaster, project, 3)
    assert [part.exit_code for part in parts] == [0, 0, 0], [part.output for part in parts]
    assert "There is nothing to run in shard 3/3" in parts[2].output
    assert (merged.exit_code, "1 passed" in merged.output) == (0, True), merged.output


def test_a_quarantined_failure_stays_one_in_the_whole(ringmaster: Ringmaster, project: Path) -> None:
    (project / "features" / "split_1.feature").unlink()
    quarantined = "  @quarantine.7.2999-12-31\n  Scenario: bad\n    Given it fails\n"
    (project / "features" / "split_2.feature").write_text(f"Feature: f\n  Scenario: good\n    Given it passes\n{quarantined}")
    parts, merged = shards_and_merged(ringmaster, project, 2)
    assert [part.exit_code for part in parts] == [0, 0], [part.output for part in parts]
    assert merged.exit_code == 0, merged.output
    assert "blocks:" not in merged.output
    assert "quarantined: features/split_2.feature:5 bad: failed" in merged.output
    assert "1 passed, 1 failed (1 quarantined)" in merged.output


def test_where_nothing_passed_in_any_shard_the_whole_is_red(ringmaster: Ringmaster, project: Path) -> None:
    (project / "features" / "split_1.feature").unlink()
    (project / "features" / "split_2.feature").write_text("Feature: f\n  @p2\n  Scenario: bad\n    Given it fails\n")
    parts, merged = shards_and_merged(ringmaster, project, 2)
    assert [part.exit_code for part in parts] == [0, 0], [part.output for part in parts]
    assert merged.exit_code == 1, merged.output


def test_shards_that_run_one_after_the_other_in_one_folder_make_a_whole(ringmaster: Ringmaster, project: Path) -> None:
    results = project.parent / "shared"
    folders = []
    for number in "123":
        ringmaster("run", "--substrate", "none", "--results-folder", str(results), "--shard", f"{number}/3", folder=project)
        folders.append(str((results / "latest").resolve()))
    merged = ringmaster("merge", *folders, "--results-folder", str(results), folder=project)
    assert "6 passed, 2 failed (2 blocking)" in merged.output
    with open_history(results) as history:
        assert len(history.durations()) == 6


def told(folder: Path) -> list[tuple[str, str, str]]:
    record = json.loads((folder / "run.json").read_text())
    return [(row["location"], row["name"], row["status"]) for row in record["scenarios"]]


def junit(folder: Path) -> Counter[str]:
    suites = [ElementTree.parse(file).getroot() for file in (folder / "junit").glob("*.xml")]  # noqa: S314
    return Counter({name: sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")})


def allure(folder: Path) -> Counter[str]:
    return Counter(json.loads(file.read_text())["status"] for file in (folder / "allure-results").glob("*-result.json"))
