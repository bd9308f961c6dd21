"""Keeps what came of a run, as `run.json` and in the history. A history that cannot be used is said, and never changes a verdict."""

from pathlib import Path

from support.history.database import HistoryUnusable
from support.history.recording import add_run
from support.results.run_record import RunRecord
from support.terminal import complain


def keep_run(record: RunRecord, folder: Path) -> None:
    """Write `run.json` into the run's folder, and add the run to the history beside it."""
    try:
        record.write(folder)
    except OSError as error:
        complain(f"run.json cannot be written to {folder}: {error.strerror}. The verdict stands")
    keep_in_history(record, folder.parent)


def keep_in_history(record: RunRecord, results: Path) -> None:
    """Add the run to the history beside the results."""
    try:
        for problem in add_run(record, results):
            complain(problem)
    except HistoryUnusable as error:
        complain(f"{error}. The verdict stands, but this run is not in the history")
