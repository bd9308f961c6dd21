"""The command `ringmaster flakes`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from support.settings import SettingsError, read_results_folder

if TYPE_CHECKING:
    from rich.table import Table

    from reports.flake_ledger import Reliability


def flakes(
    words: Annotated[list[str] | None, typer.Argument(help="words of scenarios' names; all when left out")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, for other programs")] = False,
    results_folder: Annotated[Path | None, typer.Option(help="where results were left")] = None,
) -> None:
    """Show how reliable each scenario was over all runs, the least reliable first.

    Examples: `ringmaster flakes`, `ringmaster flakes leaderboard`, `ringmaster flakes --json`.
    """
    from reports.flake_ledger import read_ledger, reliability

    try:
        results = read_results_folder(results_folder)
    except SettingsError as error:
        Console(stderr=True, soft_wrap=True).print(f"ringmaster: {error}", style="red", markup=False, highlight=False)
        raise typer.Exit(2) from None
    wanted = " ".join(words or []).lower().split()
    found = [one for one in reliability(read_ledger(results)) if all(word in one.scenario.lower() for word in wanted)]
    console = Console()
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2))
    elif not found:
        console.print(f"no run in {results} says anything about {' '.join(words) if words else 'scenarios'} yet", markup=False)
    else:
        console.print(_table(found))


def _table(found: "list[Reliability]") -> "Table":
    from rich.table import Table

    table = Table("scenario", "runs", "pass", "flaky", "retry", "greens", "changes", title="The flake ledger")
    for one in found:
        style = "green" if one.pass_rate == 1 and not one.flaky_rate else "red" if one.pass_rate < 1 else "yellow"
        rates = (f"{rate:.0%}" for rate in (one.pass_rate, one.flaky_rate, one.retry_rate))
        table.add_row(one.scenario, str(one.runs), *rates, str(one.consecutive_greens), str(one.changes), style=style)
    return table
