"""The command `ringmaster clean`."""

from datetime import timedelta
from pathlib import Path

import click
from click.exceptions import Exit

from environments.settings.values import length_of
from support.commands.common import refused, settings_or_exit
from support.results.exit_codes import ExitCode
from support.terminal import complain, say


@click.command()
@click.option("--older-than", metavar="AGE", help="which runs' results to remove, such as 30d, 12h or never; 30d unless set otherwise")
@click.option("--results-folder", type=click.Path(path_type=Path), help="where results were left")
def clean(older_than: str | None, results_folder: Path | None) -> None:
    """Remove what killed runs left (processes, folders, files), and results of old runs. What a run in progress uses is not touched.

    The latest run's results stay, and so does the history of all runs. Exit code 1 when something could not be removed.
    """
    from environments.ledger import clean_up_left_overs, clean_up_lost_runs, known_runs, what_stays
    from support.evidence.files import redact_abandoned

    settings = settings_or_exit(results_folder=results_folder)
    try:
        age = length_of(older_than or settings.keep_results)
    except ValueError as error:
        raise refused(f"option --older-than: {error}") from None
    removed = [*clean_up_left_overs(), *clean_up_lost_runs()]
    for thing in removed:
        say(f"removed {thing}")
    say("nothing was left over" if not removed else f"{len(removed)} left-overs removed")
    stays = what_stays()
    for reason in stays:
        complain(f"not removed: {reason}")
    living = [run for run in known_runs() if run.alive]
    for folder in redact_abandoned(settings.results_folder, lambda: {run.run_id for run in living}):
        say(f"took secrets out of what a killed run left in {folder}")
    if age is not None:
        _remove_results(settings.results_folder, age, {run.run_id for run in living})
    for run in living:
        say(f"not touched: run {run.run_id}, which is under way or kept; `kill {run.owner_pid}` ends it")
    raise Exit(ExitCode.FAILED if stays else ExitCode.PASSED)


def _remove_results(results: Path, age: timedelta, living: set[str]) -> None:
    from support.results.run_folder import remove_older

    try:
        # `ringmaster sabotage` leaves its own in folders of them
        removed = [
            folder for place in (results, results / "sabotage", results / "mutation") for folder in remove_older(place, age, besides=living)
        ]
    except OSError as error:
        raise refused(f"{error.filename or results} cannot be removed: {error.strerror}") from None
    if removed:
        what = f"{len(removed)} old run{'s' if len(removed) > 1 else ''}"
        say(f"removed the results of {what} in {results}; the history keeps how they ended")
