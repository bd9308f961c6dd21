"""The file `history.sqlite`: its tables, and how it is opened. Facts are added to it, and never changed or taken away.

It keeps SQLite's rollback journal instead of a write-ahead log: so the history is one file that can be copied, and that can be read in a
folder that nobody may write to. Source: our choice.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.history.files import FILE
from support.results.scenario_result import Status

VERSION = 1
"""Of the tables: grows when a reader of the ones before would misunderstand them."""
APPLICATION = int.from_bytes(b"Ring", "big")
WAIT_SECONDS = 30.0
"""For other runs that write."""
STATUSES = ", ".join(f"'{status}'" for status in Status)
TABLES = f"""
CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE,
    started_at REAL NOT NULL,
    substrate TEXT NOT NULL,
    sabotage TEXT,
    shard TEXT,
    workers INTEGER NOT NULL,
    exit_code INTEGER,
    ready_seconds REAL NOT NULL,
    step_seconds REAL NOT NULL,
    hook_seconds REAL NOT NULL,
    wall_seconds REAL NOT NULL
) STRICT;
CREATE TABLE parts (whole TEXT NOT NULL, part TEXT NOT NULL, PRIMARY KEY (whole, part)) STRICT, WITHOUT ROWID;
CREATE TABLE scenarios (number INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE outcomes (
    run INTEGER NOT NULL REFERENCES runs,
    place INTEGER NOT NULL,
    scenario INTEGER NOT NULL REFERENCES scenarios,
    started_at REAL NOT NULL,
    status TEXT NOT NULL CHECK (status IN ({STATUSES})),
    attempts INTEGER NOT NULL,
    seconds REAL,
    reason TEXT,
    PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX outcomes_of_scenario ON outcomes (scenario, started_at);
CREATE TABLE earlier_durations (identity TEXT PRIMARY KEY, seconds REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE measurements (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at REAL NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (kind, subject, at)
) STRICT, WITHOUT ROWID;
CREATE VIEW counted AS SELECT * FROM runs WHERE sabotage IS NULL AND run NOT IN (SELECT part FROM parts);
"""  # noqa: S608 - of our own words
"""`counted` leaves out runs that fail on purpose, and shards whose whole is there."""


class HistoryUnusable(Exception):
    """The history cannot be read or written; the text says why and what to do."""


@contextmanager
def opened(file: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """The database in this file, closed at the end; raises HistoryUnusable, also for what SQLite refuses in between.

    Args:
        file: where it is.
        mode: SQLite's; with `rw` what a killed run left half written is put right if the file can be written, with `rwc` it is made.
    """
    connection = None
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=WAIT_SECONDS, isolation_level=None)
        connection.execute("PRAGMA trusted_schema = OFF")
        yield connection
    except sqlite3.Error as error:
        raise HistoryUnusable(_explained(file, error)) from error
    finally:
        if connection is not None:
            connection.close()


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of a new history."""
    for statement in filter(str.strip, TABLES.split(";")):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def is_new(connection: sqlite3.Connection, file: Path) -> bool:
    """Whether nothing is in it yet; raises HistoryUnusable when it is not a history, or one of a later version."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application == APPLICATION and version == VERSION:
        return False
    if application == APPLICATION:
        raise HistoryUnusable(f"{file} is a history of version {version}, and this Ringmaster reads version {VERSION}: use a newer one")
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,):
        raise HistoryUnusable(f"{file} is not a history of Ringmaster, but another program's database: move it away, or give another file")
    return True


def storable(text: str) -> str:
    """The text with a `?` for half a character, which a file name may hold and no encoding has."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _explained(file: Path, error: Exception) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return f"the history {file} is broken ({error}): move it away, and the next run begins a new one"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"the history {file} was used by another program for {WAIT_SECONDS:g} seconds: try again"
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return f"the history {file} cannot be opened or written ({error}): see who may write to it and to its folder"
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return f"the history {file} cannot be written ({error}): see whether its disk is full"
    return f"the history {file} cannot be used ({error})"


@contextmanager
def existing(results: Path) -> Iterator[sqlite3.Connection | None]:
    """The history beside the results, if there is one; raises HistoryUnusable, also while it is used."""
    file = results / FILE
    if file.exists() and (file.stat().st_size or not file.is_file()):
        with opened(file) as connection:
            # a run that is killed while it makes the file leaves a new one
            yield None if is_new(connection, file) else connection
            return
    yield None
