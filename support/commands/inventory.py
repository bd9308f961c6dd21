"""The command `ringmaster inventory`."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from support.commands.common import keep_measurement, refused, settings_or_exit, show_page
from support.results.exit_codes import ExitCode
from support.terminal import complain

if TYPE_CHECKING:
    from support.evaluation.inventory.suite import Suite

KIND = "inventory"


@click.command()
@click.argument(
    "repositories", nargs=-1, required=True, metavar="REPOSITORY...", help="checkouts, with the files that CI left; or NAME=FOLDER"
)
@click.option("--html", type=click.Path(path_type=Path), help="write it as a page to this file")
@click.option("--results-folder", type=click.Path(path_type=Path), help="where the history is that remembers the last inventory")
def inventory(repositories: tuple[str, ...], html: Path | None, results_folder: Path | None) -> None:
    """Show the state of the test suites of several repositories, and what changed since the last time.

    Reads JUnit and coverage files below each folder that git does not keep, its workflows, and `ci-runs.json` (see docs/reports.md).
    The exit code is 2 when a file or folder could not be read; the rest is shown.

    Example: `ringmaster inventory ../backend ../client-runtime --html inventory.html`.
    """
    from reports.pages.inventory import inventory_page
    from support.evaluation.inventory.suite import changes, read_suite

    results = settings_or_exit(results_folder=results_folder).results_folder
    problems: list[str] = []
    known, last = _known(results, problems)
    comparable = not problems
    folders = _folders(repositories, problems)
    suites = {name: read_suite(folder, known[name].last_green if name in known else None, problems) for name, folder in folders.items()}
    for name, suite in suites.items():
        if comparable:
            keep_measurement(results, KIND, name, suite.written())
    changed = {name: changes(known[name], suite) if name in known else None for name, suite in suites.items()}
    for problem in problems:
        complain(problem)
    show_page(inventory_page(suites, changed, last), html)
    raise Exit(ExitCode.WRONG_INPUT if problems else ExitCode.PASSED)


def _folders(repositories: tuple[str, ...], problems: list[str]) -> dict[str, Path]:
    """By name; those that are not there are problems, unless there is no other."""
    found: dict[str, Path] = {}
    for given in repositories:
        name, _, path = given.partition("=")
        folder = Path(given) if not path or Path(given).is_dir() else Path(path)
        name = name if path and folder == Path(path) else folder.resolve().name
        if not folder.is_dir():
            problems.append(f"there is no folder {folder}: give the checkout of a repository")
            continue
        if name in found:
            raise refused(f"two repositories are called {name}: name them, as in {name}-2={folder}")
        found[name] = folder
    if not found:
        raise refused("\n".join(problems))
    return found


def _known(results: Path, problems: list[str]) -> "tuple[dict[str, Suite], str | None]":
    """The suites of the last inventory of each repository, and when the newest was; none when nobody can read it."""
    from support.evaluation.inventory.suite import Suite
    from support.history.database import HistoryUnusable
    from support.history.reading import open_history

    try:
        with open_history(results) as history:
            rows = history.measurements(KIND)
    except HistoryUnusable as error:
        problems.append(f"{error}. So what changed is not known, and this inventory is not remembered")
        return {}, None
    last = f"{datetime.fromtimestamp(rows[-1].at, UTC):%Y-%m-%d %H:%M} UTC" if rows else None
    found = {}
    for row in rows:
        # another version may have kept something else
        with suppress(KeyError, TypeError):
            found[row.subject] = Suite.read(row.content)
    return found, last
