"""Reading log files by time."""

from datetime import datetime
from pathlib import Path

import pytest

from environments.embedded import log_files

LOG = """no time yet
2026-03-01 10:00:00,250 INFO backend begins
2026-03-01 10:00:05,500 ERROR backend fails
Traceback (most recent call last):
2026-03-01 10:00:09,000 INFO backend ends
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "backend.log"
    file.write_text(LOG)
    return file


def at(second: float) -> float:
    return datetime(2026, 3, 1, 10, 0, 0).astimezone().timestamp() + second


def test_a_log_is_read_from_a_time_on_with_the_lines_that_have_none(log: Path) -> None:
    assert log_files.read(log) == LOG
    assert log_files.read(log, at(5)).splitlines() == LOG.splitlines()[2:]
    assert log_files.read(log, at(0)).splitlines() == LOG.splitlines()[1:]
    assert log_files.read(log, at(60)) == ""


def test_times_without_a_fraction_count_to_the_end_of_their_second(tmp_path: Path) -> None:
    log = tmp_path / "mariadb.log"
    log.write_text("2026-03-01  9:59:59 0 [Note] before\n2026-03-01 10:00:05 0 [Note] then\n")
    assert log_files.read(log, at(5.5)) == "2026-03-01 10:00:05 0 [Note] then\n"


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert log_files.read(tmp_path / "no.log") == ""
    assert log_files.last_lines(tmp_path / "no.log") == []


def test_the_last_lines_are_the_last(log: Path) -> None:
    assert log_files.last_lines(log, 1) == [LOG.splitlines()[-1]]
