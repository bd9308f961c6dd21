"""The commands `ringmaster history` and `ringmaster history merge`."""

from pathlib import Path
from typing import Any

import click

from support.commands.common import refused, settings_or_exit
from support.commands.help import Group
from support.nearest import did_you_mean
from support.terminal import complain, say

results_folder_option = click.option("--results-folder", type=click.Path(path_type=Path), help="where results were left")
NEWEST = "latest"


class HistoryGroup(Group):
    """What is no command of its own is a run or words of scenarios to show."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Let `show` have everything but the other commands and help."""
        if not args or args[0] not in (*self.commands, *self.get_help_option_names(context)):
            args = ["show", *args]
        return super().parse_args(context, args)


@click.group("history", cls=HistoryGroup)
def history() -> None:
    """Show runs, their trend, and what fails, is flaky or is slow; or one run, or scenarios.

    \b
    Examples:
    ringmaster history                        the newest runs
    ringmaster history latest                 what failed in the newest run, and since when
    ringmaster history two environments       how scenarios with these words ended in each run
    ringmaster history merge other/history.sqlite    add what another machine or shard knows
    """


@history.command()
@click.argument("wanted", nargs=-1, metavar="[RUN|WORDS]...", help="a run, `latest`, or words of scenarios' names; all runs when left out")
@click.option("--newest", type=click.IntRange(min=1), default=20, help="how many runs to show")
@results_folder_option
def show(wanted: tuple[str, ...], newest: int, results_folder: Path | None) -> None:
    """Show the newest runs, one run, or scenarios; the word `show` may be left out."""
    from reports.pages.history import run_page, runs_page, scenarios_page
    from reports.pages.page import print_page
    from support.history.database import HistoryUnusable
    from support.history.reading import open_history

    results = settings_or_exit(results_folder=results_folder).results_folder
    words = " ".join(wanted)
    try:
        with open_history(results) as history:
            if not words:
                page = runs_page(history, newest)
            elif run := next(iter(history.runs(1)), None) if words == NEWEST else history.run(words):
                page = run_page(history, run)
            else:
                page = scenarios_page(_matching(history.scenarios(), words, results), history.durations())
            problems = history.problems
    except HistoryUnusable as error:
        raise refused(error) from None
    for problem in problems:
        complain(problem)
    print_page(page)


@history.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), help="history.sqlite of other machines or shards")
@results_folder_option
def merge(files: tuple[Path, ...], results_folder: Path | None) -> None:
    """Add the runs that other histories have and this one does not.

    Example: `ringmaster history merge shard-1/history.sqlite shard-2/history.sqlite`.
    """
    from support.history.database import HistoryUnusable
    from support.history.files import FILE
    from support.history.recording import merge_history

    results = settings_or_exit(results_folder=results_folder).results_folder
    try:
        results.mkdir(parents=True, exist_ok=True)
        # a folder is as good as the history in it
        added, problems = merge_history([file / FILE if file.is_dir() else file for file in files], results)
    except (HistoryUnusable, OSError) as error:
        raise refused(error) from None
    for problem in problems:
        complain(problem)
    say(f"{added} run{'' if added == 1 else 's'} added to {results / FILE}")


def _matching(scenarios: dict[str, Any], words: str, results: Path) -> dict[str, Any]:
    """Those that have all the words in their name; raises Exit when none does."""
    found = {name: its for name, its in scenarios.items() if all(word in name.lower() for word in words.lower().split())}
    if not found:
        nearest = did_you_mean(words, (name.rpartition(": ")[2] for name in scenarios))
        raise refused(f"the history in {results} has no run and no scenario '{words}'.{nearest} `ringmaster history` lists the runs")
    return found
