"""How long each scenario is expected to take, going by the history. Every run asks this first, so it loads nothing else of the history."""

import sqlite3

NEW_COUNTS = 0.5
"""How much a scenario's newest run counts for its expected duration against all before it."""
MOST_COUNTED = 8
"""Passed runs, the newest; what came before counts less than a two hundredth."""
PASSED = """
SELECT o.seconds FROM outcomes o JOIN counted ON counted.number = o.run
WHERE o.scenario = ? AND o.status = 'passed' AND o.seconds IS NOT NULL AND counted.shard IS NULL
ORDER BY o.started_at DESC, counted.run DESC, o.place DESC LIMIT ?
"""


def expected_durations(connection: sqlite3.Connection) -> dict[str, float]:
    """The seconds that each scenario is expected to take, going by the runs in which it passed, the newest most.

    A shard alone does not count: the next one of the same run would be cut by other durations.
    """
    found: dict[str, float] = dict(connection.execute("SELECT identity, seconds FROM earlier_durations ORDER BY identity"))
    for number, identity in connection.execute("SELECT number, identity FROM scenarios ORDER BY identity").fetchall():
        # a question each: one for all takes SQLite ten times as long
        for (seconds,) in reversed(connection.execute(PASSED, (number, MOST_COUNTED)).fetchall()):
            before = found.get(identity, seconds)
            found[identity] = before + NEW_COUNTS * (seconds - before)
    return {identity: round(seconds, 4) for identity, seconds in found.items()}
