"""The command `ringmaster flakes`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from support.commands.common import refused, settings_or_exit
from support.terminal import complain, say, show_table

if TYPE_CHECKING:
    from rich.table import Table

    from support.history.past import Reliability


@click.command()
@click.argument("words", nargs=-1, help="words of scenarios' names; all when left out")
@click.option("--json", "as_json", is_flag=True, help="as JSON, for other programs")
@click.option("--results-folder", type=click.Path(path_type=Path), help="where results were left")
def flakes(words: tuple[str, ...], as_json: bool, results_folder: Path | None) -> None:
    """Show how reliable each scenario has been over all runs, the least reliable first.

    Examples: `ringmaster flakes`, `ringmaster flakes leaderboard`, `ringmaster flakes --json`.
    """
    from support.history.database import HistoryUnusable
    from support.history.reading import open_history

    results = settings_or_exit(results_folder=results_folder).results_folder
    wanted = " ".join(words).lower().split()
    try:
        with open_history(results) as history:
            found = [one for one in history.flakes() if all(word in one.scenario.lower() for word in wanted)]
    except HistoryUnusable as error:
        raise refused(error) from None
    for problem in history.problems:
        complain(problem)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    elif not found:
        say(f"no run in {results} says anything about {' '.join(words) if words else 'scenarios'} yet")
    else:
        show_table(_table(found))


def _table(found: "list[Reliability]") -> "Table":
    from rich.table import Table

    table = Table("scenario", "runs", "pass", "flaky", "retry", "greens", "changes", title="How reliable scenarios are")
    for one in found:
        style = "green" if one.pass_rate == 1 and not one.flaky_rate else "red" if one.pass_rate < 1 else "yellow"
        rates = (f"{rate:.0%}" for rate in (one.pass_rate, one.flaky_rate, one.retry_rate))
        table.add_row(one.scenario, str(one.runs), *rates, str(one.consecutive_greens), str(one.changes), style=style)
    return table
