"""Runs are added whole or not at all: by many at once, under kills, in full and closed folders, and from other machines."""

import itertools
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.history.database import HistoryUnusable
from support.history.files import FILE
from support.history.reading import open_history
from support.history.recording import add_measurement, add_run, merge_history
from tests.history.runs import BEGAN, add, record, result

PROJECT = Path(__file__).parents[2]
SCENARIOS = 50
WRITER = f"""
import itertools, sys
from pathlib import Path
from support.history.recording import add_run
from tests.history.runs import record, result
for number in itertools.count() if sys.argv[3] == "for ever" else range(int(sys.argv[3])):
    add_run(record(f"{{sys.argv[2]}} {{number}}", *[result(f"scenario {{place}}") for place in range({SCENARIOS})]), Path(sys.argv[1]))
    print(number, flush=True)
"""


def writer(results: Path, name: str, count: str) -> "subprocess.Popen[str]":
    """A process that adds runs and prints each when it is in."""
    return subprocess.Popen([sys.executable, "-c", WRITER, str(results), name, count], cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def whole(results: Path) -> set[str]:
    """The names of all runs, each of which has to have all of its scenarios, in a file without a flaw."""
    with sqlite3.connect(results / FILE) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with open_history(results) as history:
        assert {run.passed for run in history.runs()} <= {SCENARIOS}
        return {run.run for run in history.runs()}


def test_a_kill_at_any_moment_leaves_whole_runs_and_nothing_else(tmp_path: Path) -> None:
    for attempt in range(8):
        process = writer(tmp_path, f"process {attempt}", "for ever")
        assert process.stdout is not None
        said = list(itertools.islice(process.stdout, attempt))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        found = whole(tmp_path) if said or (tmp_path / FILE).is_file() else set()
        assert {f"process {attempt} {line.strip()}" for line in said} <= found
    add(tmp_path, 1, one="passed")


def test_a_kill_while_the_first_run_is_added_leaves_a_history_that_the_next_run_uses(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    with open_history(tmp_path) as history:
        assert history.runs() == []
    add(tmp_path, 1, one="passed")
    with open_history(tmp_path) as history:
        assert len(history.runs()) == 1


def test_runs_that_end_at_the_same_time_lose_nothing_of_each_other(tmp_path: Path) -> None:
    processes = [writer(tmp_path, f"process {number}", "5") for number in range(4)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert len(whole(tmp_path)) == 20


def test_threads_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: add_run(record(str(number), result("one")), tmp_path), range(40)))
    with open_history(tmp_path) as history:
        assert len(history.runs()) == 40


def machines(parent: Path) -> list[Path]:
    """Three histories, with runs that two of them share."""
    folders = [parent / name for name in "abc"]
    for number, folder in enumerate(folders):
        folder.mkdir()
        (folder / "durations.json").write_text(json.dumps({"features/a.feature: of old": 3.0 - number}))
        add_run(record("shared", result("one", at=BEGAN)), folder)
        add_run(record(f"own {number}", result("one", at=BEGAN + number + 1, seconds=number), result(f"only {number}")), folder)
        add_measurement(folder, "sabotage", "named", {"caught": number}, at=float(number))
    add_run(record("whole", result("one"), parts=("own 0", "own 1")), folders[2])
    return folders


def told(results: Path) -> object:
    with open_history(results) as history:
        return history.runs(), history.trend(), history.scenarios(), history.durations(), history.measurements("sabotage")


def test_histories_of_several_machines_say_the_same_in_whatever_order_they_are_merged(tmp_path: Path) -> None:
    files = [folder / FILE for folder in machines(tmp_path)]
    merged = []
    for number, order in enumerate(itertools.permutations(files)):
        into = tmp_path / f"merged-{number}"
        into.mkdir()
        assert merge_history(order, into) == (5, [])
        assert merge_history([*order, *order], into) == (0, [])
        merged.append(told(into))
    assert all(one == merged[0] for one in merged)
    runs, trend, *_ = merged[0]  # type: ignore[misc]
    assert {run.run for run in runs} == {"shared", "own 0", "own 1", "own 2", "whole"}
    assert {run.run for run in trend} == {"shared", "own 2", "whole"}


def test_a_history_is_not_merged_into_itself(tmp_path: Path) -> None:
    add(tmp_path, 1, one="passed")
    assert merge_history([tmp_path / FILE], tmp_path) == (0, [])


def other_program(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE mails (text)")


def cut_off(file: Path) -> None:
    for day in range(20):
        add(file.parent, day, one="passed")
    file.write_bytes(file.read_bytes()[:9000])


def of_tomorrow(file: Path) -> None:
    add(file.parent, 1, one="passed")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")


def with_an_unknown_status(file: Path) -> None:
    add(file.parent, 1, one="passed")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE outcomes SET status = 'exploded'")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (other_program, "is not a history of Ringmaster"),
        (cut_off, "broken"),
        (of_tomorrow, "is a history of version 99"),
        (lambda file: file.write_text("not a database, but a text of some length" * 30), "is broken"),
        (lambda file: file.touch(), "is empty"),
        (lambda file: None, "there is no history"),
        (lambda file: file.mkdir(), "there is no history"),
        (with_an_unknown_status, "is broken"),
    ],
)
def test_what_is_no_history_is_refused_and_nothing_of_the_others_is_taken_in(tmp_path: Path, spoil: object, words: str) -> None:
    for name in ("good", "bad", "own"):
        (tmp_path / name).mkdir()
    add(tmp_path / "good", 1, one="passed")
    spoil(tmp_path / "bad" / FILE)  # type: ignore[operator]
    with pytest.raises(HistoryUnusable, match=words):
        merge_history([tmp_path / "good" / FILE, tmp_path / "bad" / FILE], tmp_path / "own")
    assert not (tmp_path / "own" / FILE).exists()


@pytest.mark.parametrize(
    ("spoil", "words"), [(other_program, "not a history"), (cut_off, "broken"), (lambda file: file.mkdir(), "cannot be")]
)
def test_a_history_that_cannot_be_used_is_left_alone(tmp_path: Path, spoil: object, words: str) -> None:
    file = tmp_path / FILE
    spoil(file)  # type: ignore[operator]
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(HistoryUnusable, match=words):
        add_run(record("new", result("one")), tmp_path)
    assert (file.read_bytes() if file.is_file() else b"") == before


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    add(tmp_path, 1, one="passed")
    size = (tmp_path / FILE).stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores the signal, so that a write beyond the limit fails as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        with pytest.raises(HistoryUnusable, match="see whether its disk is full"):
            add_run(record("big", *[result(f"scenario {place}") for place in range(500)]), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with open_history(tmp_path) as history:
        assert [run.run for run in history.runs()] == ["day 1"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_closed_folder_can_be_read_and_is_said_when_written(tmp_path: Path) -> None:
    add(tmp_path, 1, one="passed")
    (tmp_path / FILE).chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with open_history(tmp_path) as history:
            assert len(history.runs()) == 1
        with pytest.raises(HistoryUnusable, match="see who may write"):
            add_run(record("new", result("one")), tmp_path)
    finally:
        tmp_path.chmod(0o755)
