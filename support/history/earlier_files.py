"""What earlier versions kept beside the results, taken over once: `durations.json` and `flake-ledger.jsonl`. Both may go then."""

import json
import math
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from support.history.database import storable
from support.history.files import DURATIONS, LEDGER
from support.results.run_folder import time_of
from support.results.scenario_result import ScenarioResult, Status

MOST_ATTEMPTS = 1000
TODAYS_NAMES = 2
"""The version of the ledger's lines since which rules and rows are part of a scenario's name."""


class Line(NamedTuple):
    """A line of the ledger."""

    run: str
    scenario: str
    status: Status
    attempts: int
    formerly: str | None
    """The name before rules and rows were part of it; None in a line of that time."""


def take_over(connection: sqlite3.Connection, results: Path, names: Iterable[tuple[str, str]] = ()) -> list[str]:
    """Put what they hold into a new history; tells in sentences what could not be read.

    Args:
        connection: of the history, in a transaction.
        results: the folder with the files, if there are any.
        names: former names, each with today's, besides those that the ledger itself knows.
    """
    problems: list[str] = []
    durations = _durations(results / DURATIONS, problems)
    connection.executemany("INSERT INTO earlier_durations VALUES (?, ?)", durations.items())
    lines = _ledger(results / LEDGER, problems)
    todays = _names_of_today(lines, names)
    for place, line in enumerate(lines):
        name = line.scenario if line.formerly is not None else todays.get(line.scenario, line.scenario)
        began = time_of(line.run)
        started = began.timestamp() if began else 0.0
        connection.execute("INSERT OR IGNORE INTO runs VALUES (NULL, ?, ?, '', NULL, NULL, 0, NULL, 0, 0, 0, 0)", (line.run, started))
        connection.execute("INSERT OR IGNORE INTO scenarios (identity) VALUES (?)", (name,))
        connection.execute(
            "INSERT INTO outcomes SELECT runs.number, ?, scenarios.number, ?, ?, ?, NULL, NULL FROM runs, scenarios "
            "WHERE run = ? AND identity = ?",
            (place, started, line.status, line.attempts, line.run, name),
        )
    return problems


def former_name(result: ScenarioResult) -> str:
    """What ledgers called a scenario before rules and rows were part of its name."""
    return f"{result.identity.file}: {result.name}"


def _durations(file: Path, problems: list[str]) -> dict[str, float]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        durations = {storable(str(key)): float(seconds) for key, seconds in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError, RecursionError, OverflowError) as error:
        problems.append(f"{file} cannot be read ({error}), so how long scenarios took before is not known; it is not needed any more")
        return {}
    return {key: seconds for key, seconds in durations.items() if math.isfinite(seconds)}


def _ledger(file: Path, problems: list[str]) -> list[Line]:
    try:
        # only this ends a line: a name may hold what ends one for Python
        written = [line for line in file.read_text(encoding="utf-8").split("\n") if line]
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        problems.append(f"{file} cannot be read ({error}), so how scenarios ended before is not known; it is not needed any more")
        return []
    lines = [_line(text) for text in written]
    if lost := lines.count(None):
        problems.append(f"{lost} of {len(lines)} lines of {file} cannot be read and were left out; the file is not needed any more")
    return [line for line in lines if line is not None]


def _line(text: str) -> Line | None:
    try:
        found = json.loads(text)
        run, scenario = storable(str(found["run"])), storable(str(found["scenario"]))
        formerly = str(found.get("formerly") or scenario) if found.get("version") == TODAYS_NAMES else None
        return Line(run, scenario, Status(found["status"]), min(int(found.get("attempts", 1)), MOST_ATTEMPTS), formerly)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None


def _names_of_today(lines: list[Line], names: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """By former name, where it is clear which scenario is meant."""
    known: dict[str, set[str]] = {}
    for former, now in (*names, *((line.formerly, line.scenario) for line in lines if line.formerly is not None)):
        known.setdefault(former, set()).add(now)
    return {former: next(iter(found)) for former, found in known.items() if len(found) == 1}
