"""The command `ringmaster show`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from support.nearest import did_you_mean
from support.settings import read_results_folder
from support.settings_file import SettingsError
from support.terminal import complain, say

if TYPE_CHECKING:
    from support.results.scenario_result import ScenarioResult


@click.command()
@click.argument("scenario", nargs=-1, help="words of its name, or its file:line; the failed one when left out")
@click.option("--run", default="latest", help="which run; the newest when left out")
@click.option("--full", is_flag=True, help="every request, answer and wait in full")
@click.option("--results-folder", type=click.Path(path_type=Path), help="where results were left")
def show(scenario: tuple[str, ...], run: str, full: bool, results_folder: Path | None) -> None:
    """Print a scenario's story: steps, requests and answers, queues, pods, waits and errors, in the order in which they happened.

    Examples: `ringmaster show`, `ringmaster show two environments`, `ringmaster show features/shop/orders.feature`.
    """
    # run.json is read with pydantic, which takes a moment to load
    from reports.story import story_of
    from support.results.run_record import UnreadableRecord, read_record

    def refuse(message: str) -> Exit:
        complain(message)
        return Exit(2)

    try:
        folder = (read_results_folder(results_folder) / run).resolve()
        record = read_record(folder)
    except (SettingsError, FileNotFoundError, UnreadableRecord) as error:
        raise refuse(str(error)) from None
    wanted = " ".join(scenario)
    found = _matching(record.scenarios, wanted)
    if not found:
        nearest = did_you_mean(wanted, (known.name for known in record.scenarios))
        what = f"no scenario of run {record.run} has '{wanted}' in its name" if wanted else f"no scenario of run {record.run} failed"
        raise refuse(f"{what}.{nearest} These ran:\n" + _listed(record.scenarios))
    if len(found) > 1:
        raise refuse("which of these?\n" + _listed(found))
    (only,) = found
    if only.evidence is None:
        say(_listed([only]))
        say(f"    it has no evidence, since it did not run{f': {only.reason}' if only.reason else ''}")
        return
    for line in story_of(folder / only.evidence, full=full):
        say(*line)
    if only.attempts > 1:
        say(f"\n{only.ending}; this is the last attempt's story")
    say(f"\nAgain: ringmaster run {only.location}" + (f" --sabotage {record.sabotage}" if record.sabotage else ""))


def _matching(scenarios: "list[ScenarioResult]", wanted: str) -> "list[ScenarioResult]":
    """Those whose name holds all the words, or whose place it is; without words, those that did not pass."""
    if not wanted:
        return [scenario for scenario in scenarios if scenario.status not in ("passed", "skipped")]
    exact = [scenario for scenario in scenarios if wanted in (scenario.location, scenario.name)]
    words = wanted.lower().split()
    return exact or [scenario for scenario in scenarios if all(word in scenario.name.lower() for word in words)]


def _listed(scenarios: "list[ScenarioResult]") -> str:
    return "\n".join(f"  {scenario.status}: {scenario.name} ({scenario.location})" for scenario in scenarios)
