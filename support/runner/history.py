"""How long each scenario took in earlier runs, kept beside their results.

Source: our choice.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.results.scenario_result import ScenarioResult, Status

FILE = "durations.json"
NEW_COUNTS = 0.5
"""How much the newest run counts against all before it."""
MOST_KEPT = 20_000


def read_durations(results: Path) -> dict[str, float]:
    """Seconds by scenario; empty when there is no history, or none that can be read: it only makes runs quicker."""
    try:
        found = json.loads((results / FILE).read_text(encoding="utf-8"))
        return {str(key): float(seconds) for key, seconds in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def seconds_of_passed(results: Iterable[ScenarioResult]) -> dict[str, float]:
    """What each scenario took that passed; of one that failed nobody knows what it would have taken."""
    return {str(result.identity): result.wall_seconds for result in results if result.status is Status.PASSED}


def keep_durations(results: Path, taken: Mapping[str, float]) -> None:
    """Add what this run took; several runs may do so at once. Raises OSError when the file cannot be written."""
    with _alone(results):
        known = read_durations(results)
        for key, seconds in taken.items():
            before = known.pop(key, seconds)
            # at the end: what has not run for long is forgotten first
            known[key] = round(before + NEW_COUNTS * (seconds - before), 4)
        newest = dict(list(known.items())[-MOST_KEPT:])
        draft = results / f".{FILE}-{os.getpid()}"
        draft.write_text(json.dumps(newest, indent=0), encoding="utf-8")
        draft.replace(results / FILE)


@contextmanager
def _alone(results: Path) -> Iterator[None]:
    # the folder is locked, not the file, which is a new one each time
    number = os.open(results, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)
