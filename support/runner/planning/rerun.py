"""The scenarios that failed in the last run, as its record says."""

from pathlib import Path

from support.results.identity import Identity
from support.results.run_record import UnreadableRecord, read_record
from support.results.scenario_result import Status
from support.runner.planning.errors import NothingToRerun

FINE = (Status.PASSED, Status.SKIPPED)


def failed_in_last_run(results: Path) -> tuple[frozenset[Identity], str]:
    """The scenarios that failed, and the last run's name; raises NothingToRerun."""
    if not (results / "latest").exists():
        raise NothingToRerun(f"--rerun-failed: there is no earlier run in {results}: run without it first")
    try:
        record = read_record((results / "latest").resolve())
    except (FileNotFoundError, UnreadableRecord) as error:
        raise NothingToRerun(f"--rerun-failed: {error}; run without it first") from error
    ran = [result for result in record.scenarios if not result.around]
    if not ran:
        raise NothingToRerun(f"--rerun-failed: no scenario ran in the last run ({record.run}), so run without it")
    failed = frozenset(result.identity for result in ran if result.status not in FINE)
    if not failed:
        raise NothingToRerun(f"--rerun-failed: nothing failed in the last run ({record.run}), so there is nothing to run again")
    return failed, record.run
