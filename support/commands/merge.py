"""The command `ringmaster merge`."""

from collections import Counter
from pathlib import Path

import click
from click.exceptions import Exit

from support.settings import read_results_folder
from support.settings_file import SettingsError
from support.terminal import complain, say


@click.command()
@click.argument(
    "folders", nargs=-1, required=True, type=click.Path(path_type=Path), help="the results of each shard: folders with a run.json"
)
@click.option("--results-folder", type=click.Path(path_type=Path), help="where the result of the whole is left")
def merge(folders: tuple[Path, ...], results_folder: Path | None) -> None:
    """Make one result of the results of several shards; the exit code is the whole's.

    Examples: `ringmaster merge shard-1/latest shard-2/latest shard-3/latest`.
    """
    from support.results.merge import CannotMerge
    from support.results.merge import merge as merge_results
    from support.results.run_folder import RunFolder
    from support.results.scenario_result import failure_weight
    from support.runner.history import keep_in_history

    try:
        results = read_results_folder(results_folder)
        folder = RunFolder(results)
        whole = merge_results([found.resolve() for found in folders], folder)
    except (SettingsError, CannotMerge, OSError) as error:
        complain(str(error))
        raise Exit(2) from None
    keep_in_history(whole, results)
    counted = Counter(scenario.status for scenario in whole.scenarios)
    for scenario in whole.scenarios:
        if (weight := failure_weight(scenario)) is not None:
            say(f"{weight}: {scenario.location} {scenario.name}: {scenario.status.words}", "red")
    say(", ".join(f"{count} {status.replace('_', ' ')}" for status, count in sorted(counted.items())))
    say(f"Exit code {whole.exit_code}. Results: {folder.path}")
    raise Exit(whole.exit_code)
