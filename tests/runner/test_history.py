"""What earlier runs took, which several runs may write at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hamcrest import assert_that, close_to, equal_to, has_entries, has_length

from support.runner.history import FILE, keep_durations, read_durations


def test_runs_that_end_at_the_same_time_lose_nothing_of_each_other(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: keep_durations(tmp_path, {f"scenario {number}": 1.0}), range(200)))
    assert_that(read_durations(tmp_path), has_length(200))


def test_the_newest_run_counts_as_much_as_all_before(tmp_path: Path) -> None:
    for seconds in (4.0, 2.0, 2.0):
        keep_durations(tmp_path, {"a scenario": seconds})
    assert_that(read_durations(tmp_path), has_entries({"a scenario": close_to(2.5, 0.001)}))


def test_a_history_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("[1, 2")
    assert_that(read_durations(tmp_path), equal_to({}))
