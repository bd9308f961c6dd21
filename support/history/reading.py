"""The history as it is read: `with open_history(results) as history:`."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from support.history.database import existing, make_tables, opened
from support.history.durations import expected_durations
from support.history.earlier_files import take_over
from support.history.past import FailingSince, PastOutcome, PastRun, Reliability, failing_since, reliability
from support.results.scenario_result import BAD, Status

FAILED = ", ".join(f"'{status}'" for status in sorted(BAD))
STATUSES = {status.value: status for status in Status}
RUNS = f"""
SELECT r.run, r.started_at, r.substrate, r.sabotage, r.shard, r.workers, r.exit_code,
       r.ready_seconds, r.step_seconds, r.hook_seconds, r.wall_seconds,
       ifnull(sum(o.status = 'passed'), 0), ifnull(sum(o.status = 'passed' AND o.attempts > 1), 0),
       ifnull(sum(o.status IN ({FAILED})), 0), ifnull(sum(o.status = 'skipped'), 0), ifnull(sum(o.status = 'untested'), 0)
FROM runs r LEFT JOIN outcomes o ON o.run = r.number
"""  # noqa: S608 - of our own words
OUTCOMES = """
SELECT scenarios.identity, counted.run, o.started_at, o.status, o.attempts, o.seconds, o.reason
FROM outcomes o JOIN counted ON counted.number = o.run JOIN scenarios ON scenarios.number = o.scenario
"""
ENDINGS = """
SELECT scenarios.identity, o.status, o.attempts FROM outcomes o JOIN scenarios ON scenarios.number = o.scenario
WHERE o.run = (SELECT number FROM runs WHERE run = ?) ORDER BY o.place
"""
LAST = OUTCOMES.replace("o.started_at,", "max(o.started_at),")
"""SQLite gives the other columns of the row with the greatest; sorting all of them takes many times as long."""
IN_ORDER = " ORDER BY o.scenario, counted.started_at, counted.run, o.place"


class Measurement(NamedTuple):
    """What was measured of a subject at a unix time."""

    subject: str
    at: float
    content: Any


class History:
    """The runs so far. Every question raises HistoryUnusable when the file turns out to be broken.

    Except in `runs`, runs with a sabotage do not count, nor do shards whose merged run is there.
    """

    def __init__(self, connection: sqlite3.Connection, problems: list[str]) -> None:
        self._connection = connection
        self.problems = problems
        """What could not be taken over from earlier versions' files, in sentences."""

    def runs(self, newest: int | None = None) -> list[PastRun]:
        """Every run, or the newest, oldest first."""
        number = -1 if newest is None else newest
        picked = "WHERE r.number IN (SELECT number FROM runs ORDER BY started_at DESC, run DESC LIMIT ?)"
        return self._runs(picked, number)

    def run(self, name: str) -> PastRun | None:
        """The run of that name, if it is there."""
        return next(iter(self._runs("WHERE r.run = ?", name)), None)

    def trend(self, newest: int | None = None) -> list[PastRun]:
        """The counted runs in which something ran, or the newest of them, oldest first: pass rates, durations and boot times over time."""
        ran = [run for run in self._runs("JOIN counted c ON c.number = r.number") if run.pass_rate is not None]
        return ran if newest is None else ran[-newest:] if newest else []

    def scenario(self, identity: str) -> list[PastOutcome]:
        """How one scenario ended in each run, oldest first; `str(result.identity)` is what it goes by."""
        return self._outcomes(OUTCOMES + "WHERE scenarios.identity = ?" + IN_ORDER, identity).get(identity, [])

    def scenarios(self) -> dict[str, list[PastOutcome]]:
        """The same for every scenario."""
        return self._outcomes(OUTCOMES + IN_ORDER)

    def of_run(self, name: str) -> dict[str, list[PastOutcome]]:
        """How each scenario of one run ended, whichever run it is; several times with `--repeat`."""
        return self._outcomes(OUTCOMES.replace("counted", "runs") + "WHERE runs.run = ? ORDER BY o.scenario, o.place", name)

    def endings_of_run(self, name: str) -> dict[str, tuple[Status, int]]:
        """How each scenario of one run ended the last time, and at which attempt: all that is asked of many runs at once."""
        rows = self._connection.execute(ENDINGS, (name,))
        return {identity: (STATUSES[status], attempts) for identity, status, attempts in rows}

    def before(self, moment: float) -> dict[str, PastOutcome]:
        """How each scenario ended the last time before a unix time, as before a run's start: for what is newly failing or mended."""
        found = self._outcomes(LAST + "WHERE counted.started_at < ? GROUP BY o.scenario", moment)
        return {identity: last for identity, (last,) in found.items()}

    def failing_since(self, identity: str) -> FailingSince | None:
        """Since when a scenario fails; None when it passed the last time that it ran."""
        return failing_since(self.scenario(identity))

    def failing(self) -> dict[str, FailingSince]:
        """Every scenario that failed the last time that it ran, and since when it does."""
        last = self._outcomes(LAST + "WHERE o.status NOT IN ('skipped', 'untested') GROUP BY o.scenario")
        found = {identity: self.failing_since(identity) for identity, (outcome,) in last.items() if outcome.status is not Status.PASSED}
        return {identity: since for identity, since in found.items() if since is not None}

    def flakes(self) -> list[Reliability]:
        """How reliable each scenario is, the least reliable first."""
        return reliability(self.scenarios())

    def durations(self) -> dict[str, float]:
        """The seconds that each scenario is expected to take (see `expected_durations`)."""
        return expected_durations(self._connection)

    def measurements(self, kind: str) -> list[Measurement]:
        """What was measured of this kind, oldest first; see `add_measurement`."""
        rows = self._connection.execute("SELECT subject, at, content FROM measurements WHERE kind = ? ORDER BY at, subject", (kind,))
        return [Measurement(subject, at, json.loads(content)) for subject, at, content in rows]

    def _runs(self, picked: str, *values: object) -> list[PastRun]:
        rows = self._connection.execute(f"{RUNS} {picked} GROUP BY r.number ORDER BY r.started_at, r.run", values)
        return [PastRun(*row) for row in rows]

    def _outcomes(self, query: str, *values: object) -> dict[str, list[PastOutcome]]:
        found: dict[str, list[PastOutcome]] = {}
        for identity, run, started_at, status, attempts, seconds, reason in self._connection.execute(query, values):
            found.setdefault(identity, []).append(PastOutcome(run, started_at, STATUSES[status], attempts, seconds, reason))
        return found


@contextmanager
def open_history(results: Path) -> Iterator[History]:
    """The history beside the results. Without one, what the files of earlier versions tell; nothing is written.

    Raises HistoryUnusable, also while it is used.
    """
    with existing(results) as connection:
        if connection is not None:
            yield History(connection, [])
            return
    with opened(Path(":memory:"), "memory") as connection:
        make_tables(connection)
        yield History(connection, take_over(connection, results))
