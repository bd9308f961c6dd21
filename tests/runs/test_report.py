"""`ringmaster report`, and the report that each run writes."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.made_run import make_run
from reports.html.page import FILE
from tests.runner.conftest import Run, command, project, run, surroundings

__all__ = ["project", "run", "surroundings"]

Report = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def report(tmp_path: Path, surroundings: dict[str, str]) -> Report:
    """Runs `ringmaster report` with the results in `tmp_path/out`."""

    def called(*arguments: str) -> subprocess.CompletedProcess[str]:
        whole = [*command("report"), *arguments, "--results-folder", str(tmp_path / "out")]
        return subprocess.run(whole, cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=60)

    return called


SMALL = "Feature: f\n  It protects the till.\n\n  Catches: an open till.\n\n  Scenario: s\n    Given it passes\n"


def test_each_run_writes_its_report(project: Callable[..., Path], run: Run) -> None:
    ended = run(project(small=SMALL))
    text = (ended.results / FILE).read_text(encoding="utf-8")
    head = json.loads(text.partition('id="head">')[2].partition("</script>")[0])
    assert [scenario["name"] for scenario in head["scenarios"]] == ["s"]
    assert head["features"][0]["description"] == "It protects the till.\n\nCatches: an open till."


def test_allure_says_what_a_feature_protects(project: Callable[..., Path], run: Run) -> None:
    own = SMALL.replace("Scenario: s\n", "Scenario: s\n    Told of itself.\n")
    (result,) = run(project(small=own)).allure
    assert result["description"] == "It protects the till.\n\nCatches: an open till.\n\nTold of itself."


def test_a_run_is_compared_with_the_one_before(project: Callable[..., Path], run: Run) -> None:
    made = project(small=SMALL)
    first, second = run(made), run(made)
    text = (second.results / FILE).read_text(encoding="utf-8")
    head = json.loads(text.partition('id="head">')[2].partition("</script>")[0])
    assert [one["run"] for one in head["runs"]] == [first.results.name, second.results.name]
    assert head["scenarios"][0]["past"] == "p"


def test_it_can_be_switched_off(project: Callable[..., Path], run: Run) -> None:
    ended = run(project(small=SMALL), RINGMASTER_REPORT="no")
    assert ended.exit_code == 0
    assert not (ended.results / FILE).exists()


def test_the_newest_run_is_rendered_again(tmp_path: Path, report: Report) -> None:
    record = make_run(tmp_path / "out", 20)
    (tmp_path / "out" / "latest").symlink_to(record.run)
    ended = report()
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "out" / record.run / FILE).is_file()
    assert f"{record.run}/{FILE}" in ended.stdout


def test_a_run_can_be_named_or_lie_anywhere(tmp_path: Path, report: Report) -> None:
    record = make_run(tmp_path / "out", 20)
    shutil.copytree(tmp_path / "out" / record.run, tmp_path / "downloaded")
    assert report(record.run, "downloaded").returncode == 0
    assert (tmp_path / "out" / record.run / FILE).is_file()
    assert (tmp_path / "downloaded" / FILE).is_file()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"version": 1, "run": "1", "scen', "is broken or cut off"),
        ('{"version": 2, "run": "1"}', "is of version 2, and this Ringmaster reads version 1"),
        ('{"name": "another-program"}', "has no version"),
        (None, "there is no finished run"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_rest_is_rendered(tmp_path: Path, report: Report, text: str | None, words: str) -> None:
    record = make_run(tmp_path / "out", 20)
    broken = tmp_path / "out" / "20261127-110000-broken"
    broken.mkdir()
    if text is not None:
        (broken / "run.json").write_text(text)
    ended = report(broken.name, record.run)
    assert ended.returncode == 2
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (broken / FILE).exists()
    assert (tmp_path / "out" / record.run / FILE).is_file()


def test_broken_evidence_and_decisions_are_said_and_the_rest_is_rendered(tmp_path: Path, report: Report) -> None:
    record = make_run(tmp_path / "out", 20)
    folder = tmp_path / "out" / record.run
    (folder / "scenarios" / "order-7" / "evidence.jsonl").write_bytes(b"\xff\x00{")
    (folder / "gate-decision.json").write_text("{")
    ended = report(record.run)
    assert ended.returncode == 2
    assert "The evidence of one scenario is broken or gone" in ended.stderr
    assert "The gate's decision cannot be read" in ended.stderr
    assert (folder / FILE).is_file()
