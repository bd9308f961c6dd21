"""The command `ringmaster report`."""

import webbrowser
from pathlib import Path

import click
from click.exceptions import Exit

from support.commands.common import refused
from support.settings import read_results_folder
from support.settings_file import SettingsError
from support.terminal import complain, say


@click.command()
@click.argument("runs", nargs=-1, metavar="[RUN]...", help="the name of a run, or the folder with its run.json; the newest when left out")
@click.option("--open", "shown", is_flag=True, help="show it in the browser")
@click.option("--results-folder", type=click.Path(path_type=Path), help="where results were left")
def report(runs: tuple[str, ...], shown: bool, results_folder: Path | None) -> None:
    """Write a run's report again: one HTML page that needs no server and no network.

    Each run writes it already, unless the setting `report` says no. What cannot be read is said, and the rest is rendered (exit code 2).

    Examples: `ringmaster report --open`, `ringmaster report 20261127-081530-3fa2b1`, `ringmaster report downloaded/results`.
    """
    try:
        results = read_results_folder(results_folder)
    except SettingsError as error:
        raise refused(error) from None
    written = [_write(_folder_of(run, results)) for run in runs or ("latest",)]
    for file, _ in written:
        if file is not None and shown:
            webbrowser.open(file.as_uri())
    if not all(whole for _, whole in written):
        raise Exit(2)


def _folder_of(run: str, results: Path) -> Path:
    """A folder where there is one of that name, else a run of the results folder."""
    return (Path(run) if Path(run).is_dir() else results / run).resolve()


def _write(folder: Path) -> tuple[Path | None, bool]:
    """The report's file, if it could be written, and whether everything could be read."""
    from reports.html.page import write_report
    from support.results.run_record import UnreadableRecord, read_record

    try:
        written = write_report(read_record(folder), folder)
    except (FileNotFoundError, UnreadableRecord) as error:
        complain(str(error))
        return None, False
    except OSError as error:
        complain(f"the report cannot be written into {folder}: {error.strerror}")
        return None, False
    for problem in written.problems:
        complain(problem)
    say(f"Report: {written.file}")
    return written.file, not written.problems
