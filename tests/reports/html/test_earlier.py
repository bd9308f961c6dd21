"""What came before a run, as the history beside the results tells it."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.made_run import make_run
from reports.html.earlier import Score, in_short, past_of
from support.history.files import FILE
from support.history.recording import add_measurement, add_run

NAMES = ["20261125-080000-aaaaaa", "20261126-080000-bbbbbb", "20261127-080000-cccccc", "20261128-080000-dddddd"]


def add(results: Path, name: str, **changes: str) -> None:
    add_run(replace(make_run(results, 20, run=name), **changes), results)


def test_earlier_runs_are_told_oldest_first_up_to_this_one(tmp_path: Path) -> None:
    for name in NAMES:
        add(tmp_path, name)
    record = replace(make_run(tmp_path / "again", 20, run=NAMES[2]), run=NAMES[2])
    past = past_of(record, tmp_path)
    assert [run.run for run in past.runs] == NAMES[:2]
    # the history tells the same as the record itself
    assert past.runs[0] == replace(in_short(record), run=NAMES[0], began=past.runs[0].began)
    marks = past.marks[1]
    assert [marks[str(record.scenarios[number].identity)] for number in (0, 3, 7)] == ["p", "s", "f"]


def test_runs_with_a_sabotage_do_not_count(tmp_path: Path) -> None:
    add(tmp_path, NAMES[0], sabotage="no-tax")
    assert past_of(make_run(tmp_path, 20, run=NAMES[1]), tmp_path).runs == []


def test_the_scores_of_sabotages_are_told(tmp_path: Path) -> None:
    add_measurement(tmp_path, "sabotage score", "named", {"caught": 38, "of": 40}, at=5.0)
    assert past_of(make_run(tmp_path, 1), tmp_path).scores == [Score(5.0, "named", 38, 40)]


def test_the_newest_drift_of_each_deployment_is_told_with_all_its_nights(tmp_path: Path) -> None:
    differs = [["GET /orders/", "answered 200 on staging only", None], ["queue paid", "the setting `x` is 1 on staging", "issue 7"]]
    add_measurement(tmp_path, "drift", "staging", {"new": 3, "known": 0}, at=5.0)
    add_measurement(tmp_path, "drift", "staging", {"new": 1, "known": 1, "scenarios": 9, "same": 4, "differences": differs}, at=6.0)
    add_measurement(tmp_path, "drift", "farm", {"new": 2, "known": 0}, at=4.0)
    farm, staging = past_of(make_run(tmp_path, 1), tmp_path).drifts
    assert (farm.deployment, farm.differences, farm.nights) == ("farm", [], [(4.0, 2, 0)])
    assert (staging.at, staging.scenarios, staging.same, staging.nights) == (6.0, 9, 4, [(5.0, 3, 0), (6.0, 1, 1)])
    assert [reason for _, _, reason in staging.differences] == ["", "issue 7"]


def test_no_secret_of_a_difference_gets_into_the_report(tmp_path: Path) -> None:
    differs = [["message", "somebody@example.com is there on staging only", None]]
    add_measurement(tmp_path, "drift", "staging", {"new": 1, "known": 0, "differences": differs}, at=6.0)
    (drift,) = past_of(make_run(tmp_path, 1), tmp_path).drifts
    assert "somebody@example.com" not in str(drift)


def test_of_many_scenarios_fewer_runs_are_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES[:3]:
        add(tmp_path, name)
    monkeypatch.setattr("reports.html.earlier.MOST_MARKS", 30)
    past = past_of(make_run(tmp_path, 20, run=NAMES[3]), tmp_path)
    assert (len(past.runs), len(past.marks)) == (3, 2)


def test_without_a_history_there_is_nothing_to_compare(tmp_path: Path) -> None:
    past = past_of(make_run(tmp_path, 1), tmp_path)
    assert (past.runs, past.marks, past.scores, past.problems) == ([], [], [], [])


def test_a_broken_history_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    (problem,) = past_of(make_run(tmp_path, 1), tmp_path).problems
    assert problem.endswith("So nothing is compared with earlier runs.")


def test_a_run_in_which_nothing_began_has_the_time_of_its_name(tmp_path: Path) -> None:
    assert in_short(make_run(tmp_path, 0, run="20261127-120000-abcdef")).began == 1_795_780_800.0
