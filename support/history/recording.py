"""Adds to the history: runs, measurements, and other histories. Each is there as a whole or not at all, also after a `kill -9`."""

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from support.history.database import HistoryUnusable, is_new, make_tables, opened, storable
from support.history.earlier_files import former_name, take_over
from support.history.files import FILE
from support.results.run_folder import time_of
from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult

LONGEST_REASON = 300
ADD_RUN = """
INSERT OR IGNORE INTO runs (run, started_at, substrate, sabotage, shard, workers, exit_code,
                            ready_seconds, step_seconds, hook_seconds, wall_seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
ADD_OUTCOME = """
INSERT INTO outcomes (run, place, scenario, started_at, status, attempts, seconds, reason)
VALUES (?, ?, (SELECT number FROM scenarios WHERE identity = ?), ?, ?, ?, ?, ?)
"""
MERGE = (
    "INSERT OR IGNORE INTO scenarios (identity) SELECT identity FROM other.scenarios ORDER BY number",
    "CREATE TEMP TABLE added AS SELECT number AS theirs, run FROM other.runs WHERE run NOT IN (SELECT run FROM main.runs)",
    """INSERT INTO runs (run, started_at, substrate, sabotage, shard, workers, exit_code,
                         ready_seconds, step_seconds, hook_seconds, wall_seconds)
       SELECT run, started_at, substrate, sabotage, shard, workers, exit_code, ready_seconds, step_seconds, hook_seconds, wall_seconds
       FROM other.runs WHERE number IN (SELECT theirs FROM added)""",
    """INSERT INTO outcomes SELECT runs.number, o.place, mine.number, o.started_at, o.status, o.attempts, o.seconds, o.reason
       FROM added JOIN main.runs ON runs.run = added.run JOIN other.outcomes o ON o.run = added.theirs
       JOIN other.scenarios theirs ON theirs.number = o.scenario JOIN main.scenarios mine ON mine.identity = theirs.identity""",
    "INSERT OR IGNORE INTO parts SELECT whole, part FROM other.parts",
    "INSERT OR IGNORE INTO measurements SELECT kind, subject, at, content FROM other.measurements WHERE json_valid(content)",
    # the same whichever way round they are merged
    """INSERT INTO earlier_durations SELECT identity, seconds FROM other.earlier_durations WHERE true
       ON CONFLICT DO UPDATE SET seconds = max(seconds, excluded.seconds)""",
)


def add_run(record: RunRecord, results: Path) -> list[str]:
    """Add a run to the history beside the results; several runs may do so at once. One that is there already is not added again.

    The first run that is added takes over the files of older versions; what is wrong with those is returned, in sentences.
    Raises HistoryUnusable.
    """
    former = [(former_name(result), storable(str(result.identity))) for result in record.scenarios]
    with _writing(results, former) as (connection, problems):
        _add(connection, record)
    return problems


def add_measurement(results: Path, kind: str, subject: str, content: object, at: float | None = None) -> None:
    """Keep what was measured of a subject, now or at a unix time, as JSON; see `History.measurements`. Raises HistoryUnusable."""
    row = (kind, subject, time.time() if at is None else at, json.dumps(content, ensure_ascii=False, sort_keys=True))
    with _writing(results) as (connection, _):
        connection.execute("INSERT OR REPLACE INTO measurements (kind, subject, at, content) VALUES (?, ?, ?, ?)", row)


def merge_history(files: Sequence[Path], results: Path) -> tuple[int, list[str]]:
    """Take the runs of other histories into the one beside the results, those that it does not have.

    Returns how many came, and what was wrong with the files of older versions that were taken over, in sentences.

    In whatever order and how often histories are merged, the outcome says the same. Raises HistoryUnusable; when one of the files
    cannot be used, nothing of any is taken in.
    """
    for file in files:
        if not file.is_file():
            raise HistoryUnusable(f"there is no history {file}")
        with opened(file) as connection:
            if is_new(connection, file):
                raise HistoryUnusable(f"{file} is empty: no run was ever added to it")
            if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise HistoryUnusable(f"{file} is broken: copy it again from where it came from")
    with _writing(results) as (_, problems):
        pass
    own = (results / FILE).resolve()
    return sum(_merge(file, results) for file in dict.fromkeys(file.resolve() for file in files) if file != own), problems


def _merge(file: Path, results: Path) -> int:
    with opened(results / FILE) as connection:
        connection.execute("ATTACH ? AS other", (f"{file.as_uri()}?mode=ro",))
        connection.execute("BEGIN IMMEDIATE")
        for statement in MERGE:
            connection.execute(statement)
        (count,) = connection.execute("SELECT count(*) FROM added").fetchone()
        connection.execute("COMMIT")
    return int(count)


@contextmanager
def _writing(results: Path, names: Sequence[tuple[str, str]] = ()) -> Iterator[tuple[sqlite3.Connection, list[str]]]:
    """A transaction that ends with the block, and what was wrong with earlier files; `names` are former ones, each with today's."""
    file = results / FILE
    problems: list[str] = []
    with opened(file, "rwc") as connection:
        connection.execute("BEGIN IMMEDIATE")
        if is_new(connection, file):
            make_tables(connection)
            problems += take_over(connection, results, names)
        yield connection, problems
        # without it, as after an error, nothing was written
        connection.execute("COMMIT")


def _add(connection: sqlite3.Connection, record: RunRecord) -> None:
    started = min((result.started_at for result in record.scenarios if result.started_at), default=0.0) or _named_time(record.run)
    times = (record.ready_seconds, record.step_seconds, record.hook_seconds, record.wall_seconds)
    facts = (record.run, started, record.substrate, record.sabotage, record.shard, record.workers, int(record.exit_code))
    cursor = connection.execute(ADD_RUN, (*facts, *times))
    if not cursor.rowcount:
        return
    connection.executemany("INSERT OR IGNORE INTO parts VALUES (?, ?)", [(record.run, part) for part in record.parts])
    # what went wrong around scenarios is none of them
    results = [result for result in record.scenarios if not result.around]
    names = [storable(str(result.identity)) for result in results]
    connection.executemany("INSERT OR IGNORE INTO scenarios (identity) VALUES (?)", [(name,) for name in names])
    rows = [
        (cursor.lastrowid, place, name, result.started_at or started, result.status, result.attempts, result.wall_seconds, _reason(result))
        for place, (name, result) in enumerate(zip(names, results, strict=True))
    ]
    connection.executemany(ADD_OUTCOME, rows)


def _named_time(run: str) -> float:
    """When a run began in which no scenario did, as its name says; a name without a time is taken for one of now."""
    named = time_of(run)
    return named.timestamp() if named is not None else time.time()


def _reason(result: ScenarioResult) -> str | None:
    problem = result.first_problem
    text = problem.words or problem.message if problem is not None else result.reason or ""
    first = next(iter(text.strip().splitlines()), "")
    return storable(first[:LONGEST_REASON]) or None
