"""The scenarios that failed in the last run, as its record tells."""

import json
from pathlib import Path

from support.results.run_record import FILE
from support.runner.stage import THE_RUN

FINE = ("passed", "skipped")


class NothingToRerun(Exception):
    """There is no last run, or nothing failed in it; the text says which."""


def failed_in_last_run(results: Path) -> tuple[frozenset[str], str]:
    """The keys of the scenarios that failed, and the last run's name; raises NothingToRerun."""
    file = results / "latest" / FILE
    if not (results / "latest").exists():
        raise NothingToRerun(f"--rerun-failed: there is no earlier run in {results}: run without it first")
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        rows = [(str(row["location"]).rpartition(":")[0], str(row["name"]), str(row["status"])) for row in record["scenarios"]]
        run = str(record["run"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NothingToRerun(f"--rerun-failed: the last run left no record that can be read ({file}): run without it first") from error
    if all(place == THE_RUN for place, _, _ in rows):
        raise NothingToRerun(f"--rerun-failed: no scenario ran in the last run ({run}), so run without it")
    failed = frozenset(f"{place}: {name}" for place, name, status in rows if status not in FINE and place != THE_RUN)
    if not failed:
        raise NothingToRerun(f"--rerun-failed: nothing failed in the last run ({run}), so there is nothing to run again")
    return failed, run
