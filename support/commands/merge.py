"""The command `ringmaster merge`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from support.commands.common import refused, settings_or_exit
from support.terminal import say

if TYPE_CHECKING:
    from support.settings import Settings


@click.command()
@click.argument(
    "folders", nargs=-1, required=True, type=click.Path(path_type=Path), help="the results of each shard: folders with a run.json"
)
@click.option("--results-folder", type=click.Path(path_type=Path), help="where the merged result goes")
def merge(folders: tuple[Path, ...], results_folder: Path | None) -> None:
    """Merge the results of several shards into one; the exit code is that of the whole.

    Examples: `ringmaster merge shard-1/latest shard-2/latest shard-3/latest`.
    """
    settings = settings_or_exit(results_folder=results_folder)
    raise Exit(merged([folder.resolve() for folder in folders], settings))


def merged(folders: Sequence[Path], settings: "Settings") -> int:
    """Make one result of these, tell of it, and return its exit code."""
    from reports.standard import StandardReports
    from support.results.exit_codes import ExitCode
    from support.results.merge import CannotMerge
    from support.results.merge import merge as merge_results
    from support.results.run_folder import RunFolder
    from support.runner.execution import RunOutcome
    from support.runner.record_keeping import keep_in_history
    from support.runner.summary import counted, print_what_counts
    from support.runner.verdict import judge

    folder = RunFolder(settings.results_folder)
    try:
        whole = merge_results(folders, folder)
    except (CannotMerge, OSError) as error:
        raise refused(str(error)) from None
    keep_in_history(whole, settings.results_folder)
    StandardReports(folder, allure=False, page=settings.report).run_over(whole)
    around = [scenario for scenario in whole.scenarios if scenario.around]
    outcome = RunOutcome(results=[one for one in whole.scenarios if not one.around], around=around, aborted=whole.aborted or "")
    verdict = judge(outcome)
    print_what_counts(outcome, verdict)
    say(counted(verdict))
    say(f"Exit code {whole.exit_code}: {ExitCode(whole.exit_code).meaning}. Results: {folder.path}")
    return whole.exit_code
