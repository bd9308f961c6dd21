"""The command `ringmaster gate`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from support.commands.common import refused
from support.settings import read_results_folder
from support.settings_file import SettingsError

if TYPE_CHECKING:
    from support.verdict.decision import Decision

EPILOG = (
    "Exit codes: 0 the release can go; 1 it has to wait; 2 something given cannot be read, and the rest was judged; "
    "3 a platform never started, or died; 4 a budget of time was exceeded, and nothing else blocks."
)


@click.command(epilog=EPILOG)
@click.argument(
    "results",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    help="runs' folders, or folders of runs, of which the newest counts; shards that belong together count as one run",
)
@click.option("--victory", type=click.IntRange(min=1), metavar="N", help="the last N runs on each substrate have to be green")
@click.option(
    "--level", "levels", multiple=True, metavar="TAG", help="something of this level has to have run, such as ring1; if repeated, both"
)
@click.option("--budgets", type=click.Path(path_type=Path), metavar="FILE", help="changed budgets; budgets.toml, if there is one")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="where the decision goes; gate-decision.json among the results"
)
@click.option(
    "--format",
    "as_format",
    type=click.Choice(["text", "github"]),
    default="text",
    help="github adds annotations, and a summary where GITHUB_STEP_SUMMARY names a file",
)
def gate(
    results: tuple[Path, ...], victory: int | None, levels: tuple[str, ...], budgets: Path | None, output: Path | None, as_format: str
) -> None:
    """Decide from the results of runs whether a release may go, list every rule, and write gate-decision.json.

    P0 blocks, P1 warns, P2 informs; more than 95 % have to pass and less than 2 % be flaky; rings and release keep to their budgets;
    nothing run, or a quarantine past its day, is never a pass.

    Examples: `ringmaster gate reports/out/latest`, `ringmaster gate embedded/latest kind/latest --level ring1 --level ring2`,
    `ringmaster gate reports/out --victory 3`.
    """
    from support.verdict.budgets import BudgetsError

    try:
        decision = _decide(results, victory, levels, budgets)
        file = output or read_results_folder(None) / "gate-decision.json"
        decision.write(file)
    except (BudgetsError, SettingsError) as error:
        raise refused(error) from None
    except OSError as error:
        raise refused(f"the decision cannot be written: {error}") from None
    _show(decision, file, as_format)
    raise Exit(decision.exit_code)


def _decide(results: tuple[Path, ...], victory: int | None, levels: tuple[str, ...], budgets: Path | None) -> "Decision":
    from datetime import date

    from support.verdict.budgets import read_budgets
    from support.verdict.gate import Victory, decide, newest_of_each_substrate
    from support.verdict.judged_run import joined
    from support.verdict.reading import read_results
    from support.verdict.rules import Case
    from support.verdict.trigger import trigger_of

    found = read_results(results, every_run=victory is not None)
    series = joined(found.records)
    case = Case(
        runs=series if victory is None else newest_of_each_substrate(series),
        today=date.today(),
        unreadable=found.unreadable,
        budgets=read_budgets(budgets),
        levels=[level.removeprefix("@") for level in levels],
    )
    return decide(case, None if victory is None else Victory(victory, series), trigger_of(os.environ))


def _show(decision: "Decision", file: Path, as_format: str) -> None:
    from reports.gate import as_lines, for_github
    from support.terminal import complain, say

    for unreadable in decision.unreadable:
        complain(unreadable.problem)
    for line in as_lines(decision):
        say(*line)
    if as_format == "github":
        from reports.github import publish

        publish(*for_github(decision))
    say(f"Exit code {decision.exit_code.value}. Decision: {file}")
