"""What a run reads from the history. A history that cannot be used is said, and the run goes on without it."""

from pathlib import Path

from support.history.files import EARLIER_FILES, FILE
from support.terminal import complain


def read_durations(results: Path) -> dict[str, float]:
    """The seconds that each scenario is expected to take, by its identity; empty when nothing is known, which only makes runs longer."""
    if not any((results / name).exists() for name in (FILE, *EARLIER_FILES)):
        return {}
    from support.history.database import HistoryUnusable, existing

    try:
        with existing(results) as connection:
            if connection is not None:
                from support.history.durations import expected_durations

                return expected_durations(connection)
        if not any((results / name).exists() for name in EARLIER_FILES):
            return {}
        from support.history.reading import open_history

        with open_history(results) as history:
            return history.durations()
    except HistoryUnusable as error:
        complain(f"{error}. The run goes on without knowing how long scenarios take")
        return {}
