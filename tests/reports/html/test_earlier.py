"""Earlier runs, from the folders beside a run's."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.made_run import make_run
from reports.html.earlier import as_earlier, neighbours
from support.results.run_record import FILE


def test_the_runs_beside_are_read_oldest_first_up_to_this_one(tmp_path: Path) -> None:
    names = ["20261125-080000-aaaaaa", "20261126-080000-bbbbbb", "20261127-080000-cccccc", "20261128-080000-dddddd"]
    records = [make_run(tmp_path, 40, run=name) for name in names]
    (tmp_path / "latest").symlink_to(names[-1])
    found = neighbours(tmp_path / names[2])
    assert [run.run for run in found.runs] == names[:2]
    # read quickly, it is the same as read carefully
    assert found.runs[0] == as_earlier(records[0])
    assert [run.run for run in neighbours(tmp_path / names[3], most=2).runs] == names[1:3]


def test_a_run_with_a_sabotage_is_left_out(tmp_path: Path) -> None:
    replace(make_run(tmp_path, 3, run="20261125-080000-aaaaaa"), sabotage="no-tax").write(tmp_path / "20261125-080000-aaaaaa")
    assert neighbours(tmp_path / "20261126-080000-bbbbbb").runs == []


def test_a_broken_neighbour_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    for name, text in {"1": '{"version": 1, "scen', "2": "[]", "3": '{"version": 1}'}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE).write_text(text)
    make_run(tmp_path, 3, run="4")
    (tmp_path / "5").mkdir()
    found = neighbours(tmp_path / "6")
    assert [run.run for run in found.runs] == ["4"]
    assert len(found.problems) == 3
    assert "The earlier run 3 cannot be read and is left out: its run.json is broken." in found.problems


def test_records_of_another_version_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / FILE).write_text(json.dumps({"run": "1", "scenarios": []}))
    found = neighbours(tmp_path / "2")
    assert (found.runs, found.problems) == ([], [])


def test_a_run_in_which_nothing_began_has_the_time_of_its_name(tmp_path: Path) -> None:
    assert as_earlier(make_run(tmp_path, 0, run="20261127-120000-abcdef")).began == 1_795_780_800.0


def test_no_more_is_read_than_takes_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1", "2", "3"):
        make_run(tmp_path, 20, run=name)
    monkeypatch.setattr("reports.html.earlier.MOST_BYTES", 2.5 * (tmp_path / "1" / FILE).stat().st_size)
    assert [run.run for run in neighbours(tmp_path / "4").runs] == ["2", "3"]
