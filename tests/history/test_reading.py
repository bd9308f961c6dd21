"""What the history says of runs and scenarios."""

from dataclasses import replace
from pathlib import Path

import pytest

from support.history.reading import open_history
from support.history.recording import add_measurement, add_run
from support.results.scenario_result import Failure, Status
from tests.history.runs import BEGAN, DAY, add, record, result

ONE = "features/a.feature: one"


def test_a_folder_without_runs_has_an_empty_history_and_stays_as_it_is(tmp_path: Path) -> None:
    with open_history(tmp_path) as history:
        assert (history.runs(), history.scenario(ONE), history.durations(), history.flakes()) == ([], [], {}, [])
    assert list(tmp_path.iterdir()) == []


def test_the_history_is_one_file(tmp_path: Path) -> None:
    add(tmp_path, 1, one="passed")
    assert [file.name for file in tmp_path.iterdir()] == ["history.sqlite"]


def test_a_run_is_told_with_how_many_of_its_scenarios_ended_how(tmp_path: Path) -> None:
    add(tmp_path, 1, one="passed", two="passed 2", three="failed", four="error", five="skipped", six="untested")
    with open_history(tmp_path) as history:
        (run,) = history.runs()
    assert (run.passed, run.flaky, run.failed, run.skipped, run.untested) == (2, 1, 2, 1, 1)
    assert (run.pass_rate, run.flaky_rate, run.started_at, run.ready_seconds) == (0.5, 0.25, BEGAN + DAY, 2)


def test_runs_are_told_oldest_first_whenever_they_were_added(tmp_path: Path) -> None:
    for day in (3, 1, 2):
        add(tmp_path, day, one="passed")
    with open_history(tmp_path) as history:
        assert [run.run for run in history.runs()] == ["day 1", "day 2", "day 3"]
        assert [run.run for run in history.runs(newest=2)] == ["day 2", "day 3"]
        assert [outcome.run for outcome in history.scenario(ONE)] == ["day 1", "day 2", "day 3"]


def test_a_run_that_is_added_twice_is_there_once(tmp_path: Path) -> None:
    add(tmp_path, 1, one="passed")
    add(tmp_path, 1, one="failed")
    with open_history(tmp_path) as history:
        assert [outcome.status for outcome in history.scenario(ONE)] == [Status.PASSED]


def test_a_scenario_keeps_why_it_failed_in_one_line(tmp_path: Path) -> None:
    failed = replace(result("one", "failed"), failure=Failure("ASSERT FAILED: no\nmore", "AssertionError", "no row\nof many"))
    add_run(record("1", failed), tmp_path)
    with open_history(tmp_path) as history:
        assert [outcome.reason for outcome in history.scenario(ONE)] == ["no row"]


def test_a_repeated_scenario_has_several_outcomes_in_one_run(tmp_path: Path) -> None:
    add_run(record("1", result("one"), result("one", "failed", at=BEGAN + 1)), tmp_path)
    with open_history(tmp_path) as history:
        assert [outcome.status for outcome in history.scenario(ONE)] == [Status.PASSED, Status.FAILED]
        assert list(history.of_run("1")) == [ONE]
        assert history.endings_of_run("1") == {ONE: (Status.FAILED, 1)}


@pytest.mark.parametrize(
    ("statuses", "since", "runs", "last_green"),
    [
        (["failed"], "day 0", 1, None),
        (["passed", "failed", "skipped", "error", "failed"], "day 1", 3, "day 0"),
        (["failed", "passed", "failed"], "day 2", 1, "day 1"),
        (["failed", "untested"], "day 0", 1, None),
    ],
)
def test_failing_since_counts_from_the_first_failure_after_the_last_pass(
    tmp_path: Path, statuses: list[str], since: str, runs: int, last_green: str | None
) -> None:
    for day, status in enumerate(statuses):
        add(tmp_path, day, one=status)
    with open_history(tmp_path) as history:
        found = history.failing_since(ONE)
        assert found is not None
        assert (found.run, found.runs, found.last_green) == (since, runs, last_green)
        assert history.failing() == {ONE: found}


def test_what_passed_the_last_time_it_ran_is_not_failing(tmp_path: Path) -> None:
    for day, status in enumerate(["failed", "passed", "skipped"]):
        add(tmp_path, day, one=status)
    with open_history(tmp_path) as history:
        assert history.failing_since(ONE) is None
        assert history.failing() == {}


def test_how_each_scenario_ended_before_a_run_is_told_also_when_it_was_not_in_the_run_before(tmp_path: Path) -> None:
    add(tmp_path, 1, one="failed", two="passed")
    add(tmp_path, 2, one="passed")
    add(tmp_path, 3, one="failed", two="failed")
    with open_history(tmp_path) as history:
        before = history.before(BEGAN + 3 * DAY)
    assert {name: (outcome.run, outcome.status) for name, outcome in before.items()} == {
        ONE: ("day 2", Status.PASSED),
        "features/a.feature: two": ("day 1", Status.PASSED),
    }


def test_a_run_with_a_sabotage_counts_for_nothing(tmp_path: Path) -> None:
    add(tmp_path, 1, one="passed")
    add(tmp_path, 2, sabotage="flops-not-relayed", one="failed")
    with open_history(tmp_path) as history:
        assert [run.run for run in history.runs()] == ["day 1", "day 2"]
        assert [run.run for run in history.trend()] == ["day 1"]
        assert history.failing() == {}
        assert [one.runs for one in history.flakes()] == [1]


def test_shards_count_until_their_whole_is_there_and_then_the_whole_does(tmp_path: Path) -> None:
    add_run(record("a", result("one"), shard="1/2"), tmp_path)
    add_run(record("b", result("two"), shard="2/2"), tmp_path)
    assert names_of(tmp_path) == ["a", "b"]
    add_run(record("whole", result("one"), result("two"), parts=("a", "b")), tmp_path)
    assert names_of(tmp_path) == ["whole"]


def names_of(results: Path) -> list[str]:
    with open_history(results) as history:
        return [run.run for run in history.trend()]


def test_a_run_without_scenarios_began_when_its_name_says(tmp_path: Path) -> None:
    add_run(record("20260101-120000-aaaaaa"), tmp_path)
    with open_history(tmp_path) as history:
        assert [run.started_at for run in history.runs()] == [1767268800.0]


def test_a_run_in_which_nothing_ran_is_no_part_of_the_trend(tmp_path: Path) -> None:
    add_run(record("platform did not start"), tmp_path)
    add(tmp_path, 1, one="skipped")
    assert names_of(tmp_path) == []


def test_the_newest_pass_counts_as_much_for_the_duration_as_all_before(tmp_path: Path) -> None:
    for day, (status, seconds) in enumerate([("passed", 4.0), ("failed", 99.0), ("passed", 2.0), ("passed", 2.0)]):
        add_run(record(str(day), result("one", status, at=BEGAN + day, seconds=seconds)), tmp_path)
    with open_history(tmp_path) as history:
        assert history.durations() == {ONE: pytest.approx(2.5)}


def test_a_shards_durations_count_only_as_those_of_its_whole(tmp_path: Path) -> None:
    add_run(record("part", result("one"), shard="1/2"), tmp_path)
    with open_history(tmp_path) as history:
        assert history.durations() == {}
    add_run(record("whole", result("one"), parts=("part",)), tmp_path)
    with open_history(tmp_path) as history:
        assert history.durations() == {ONE: 1.0}


def test_what_has_not_run_for_long_keeps_its_duration(tmp_path: Path) -> None:
    add(tmp_path, 0, one="passed", two="passed")
    for day in range(1, 30):
        add(tmp_path, day, one="passed")
    with open_history(tmp_path) as history:
        assert set(history.durations()) == {ONE, "features/a.feature: two"}


def test_measurements_are_told_oldest_first_by_kind(tmp_path: Path) -> None:
    add_measurement(tmp_path, "sabotage", "named", {"caught": 2, "of": 3}, at=2.0)
    add_measurement(tmp_path, "sabotage", "named", {"caught": 1, "of": 3}, at=1.0)
    add_measurement(tmp_path, "inventory", "backend", {}, at=1.0)
    with open_history(tmp_path) as history:
        assert [(one.subject, one.content["caught"]) for one in history.measurements("sabotage")] == [("named", 1), ("named", 2)]


def test_half_a_character_in_a_name_is_kept_as_a_question_mark(tmp_path: Path) -> None:
    add_run(record("1", result("one \ud800")), tmp_path)
    with open_history(tmp_path) as history:
        assert list(history.scenarios()) == ["features/a.feature: one ?"]
