"""The report of the random mutants, for people and for the next run."""

import json
from pathlib import Path

import pytest

from reports.mutation import print_mutants, write_markdown
from support.mutation.outcome import Ending, MutantOutcome, MutationReport, Rate, TrendPoint, read_trend


def outcome(service: str, ending: Ending, **said: object) -> MutantOutcome:
    facts = {"file": f"{service}.py", "line": 3, "within": "f", "rule": "boundary moved", "was": "if a < b:", "becomes": "if a <= b:"}
    return MutantOutcome.model_validate({**facts, "service": service, "diff": "-if a < b:\n+if a <= b:", "ending": ending, **said})


@pytest.fixture
def report() -> MutationReport:
    mutants = [
        outcome(
            "backend", Ending.KILLED, by="An order is kept (a.feature:3)", words="Expected: ada@example.com | 3", tried=2, by_time=True
        ),
        outcome("backend", Ending.SURVIVED, tried=2, left_out=7, how="run the line"),
        outcome("training", Ending.UNTOUCHED),
        outcome("training", Ending.UNDECIDED, by="the platform did not start, or a part of it died", by_time=True),
    ]
    return MutationReport(
        run="20261127-090000-abc",
        seed=7,
        asked=5,
        mutants=mutants,
        not_green={"b.feature:9": "failed"},
        marked_as_equivalent=1,
        stale_marks=["old.py: x = 1"],
        seconds=12.0,
        trend=[TrendPoint(run="20261126", seed=3, total=Rate(killed=2, mutants=4), services={})],
    )


def test_rates_are_by_service_and_what_no_scenario_runs_is_no_catch(report: MutationReport) -> None:
    assert str(report.total) == "1 of 3 killed, 33 %"
    assert {name: str(rate) for name, rate in report.services.items()} == {
        "backend": "1 of 2 killed, 50 %",
        "training": "0 of 1 killed, 0 %",
    }


def test_what_was_not_decided_is_told_and_counts_neither_way(report: MutationReport, tmp_path: Path) -> None:
    assert [each.ending for each in report.survivors] == [Ending.SURVIVED, Ending.UNTOUCHED]
    assert report.killed_by_time == 1
    written = write_markdown(report, tmp_path).read_text()
    assert "training.py:3, boundary moved: not decided, since without it as well the platform did not start, or a part" in written


def test_survivors_are_diffs_to_read_with_what_was_left_out(
    report: MutationReport, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_mutants(report)
    printed = capsys.readouterr().out
    for text in (printed, write_markdown(report, tmp_path).read_text()):
        assert "backend.py:3, boundary moved: survived (2 scenarios that run the line, 7 more were left out for want of time)" in text
        assert "-if a < b:\n+if a <= b:" in text
        assert "training.py:3, boundary moved: run by no scenario" in text
        assert "1 of 3 killed, 33 %, in 12 s; seed 7" in text
        assert "20261126, seed 3: 2 of 4 killed, 50 %" in text
        assert "does not pass without any mutant: b.feature:9 (failed)" in text
        assert "marks a line that is not there any more: old.py: x = 1" in text
        assert "1 mutants fewer than asked for" in text
        assert "1 of the killed only took too long" in text
        assert "ada@example.com" not in text


def test_a_survivor_comes_with_the_entry_that_marks_it(report: MutationReport, tmp_path: Path) -> None:
    assert (
        "[[equivalent]]\nfile = 'backend.py'\nwithin = 'f'\nwas = 'if a < b:'\nbecomes = 'if a <= b:'"
        in write_markdown(report, tmp_path).read_text()
    )


def test_a_run_is_kept_and_is_part_of_the_next_ones_trend(report: MutationReport, tmp_path: Path) -> None:
    folder = tmp_path / report.run
    folder.mkdir()
    assert read_trend(tmp_path) == []
    report.write(folder)
    report.add_to_trend(tmp_path)
    report.add_to_trend(tmp_path)
    assert json.loads((folder / "mutants.json").read_text())["seed"] == 7
    assert [(point.run, point.seed, str(point.total)) for point in read_trend(tmp_path)] == [(report.run, 7, str(report.total))] * 2
