"""The command `ringmaster show`."""

from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import click

from support.commands.common import refused
from support.nearest import did_you_mean
from support.settings import read_results_folder
from support.settings_file import SettingsError
from support.terminal import say

if TYPE_CHECKING:
    from support.results.run_record import RunRecord
    from support.results.scenario_result import ScenarioResult


@click.command()
@click.argument("scenario", nargs=-1, help="words of its name, or its file:line; the failed one when left out")
@click.option("--run", default=None, help="which run; when left out the newest that has the scenario")
@click.option("--full", is_flag=True, help="every request, answer and wait in full")
@click.option("--results-folder", type=click.Path(path_type=Path), help="where results were left")
def show(scenario: tuple[str, ...], run: str | None, full: bool, results_folder: Path | None) -> None:
    """Print a scenario's story: steps, requests and answers, queues, pods, waits and errors, in the order in which they happened.

    Examples: `ringmaster show`, `ringmaster show two environments`, `ringmaster show features/shop/orders.feature`.
    """
    # run.json is read with pydantic, which takes a moment to load
    from support.results.run_record import UnreadableRecord, read_record

    wanted = " ".join(scenario)
    try:
        results = read_results_folder(results_folder)
        folder = (results / (run or "latest")).resolve()
        record = read_record(folder)
    except (SettingsError, FileNotFoundError, UnreadableRecord) as error:
        raise refused(error) from None
    found = _matching(record.scenarios, wanted)
    if not found and wanted and run is None and (older := _newest_with(results, wanted)) is not None:
        folder, newest = older
        say(f"Run {record.run} did not have it; this is of run {newest.run}:", "dim")
        record, found = newest, _matching(newest.scenarios, wanted)
    if not found:
        nearest = did_you_mean(wanted, (known.name for known in record.scenarios))
        what = f"no scenario of run {record.run} has '{wanted}' in its name" if wanted else f"no scenario of run {record.run} failed"
        raise refused(f"{what}.{nearest} These ran:\n" + _listed(record.scenarios))
    if len(found) > 1:
        raise refused("which of these?\n" + _listed(found))
    _show(found[0], folder, full=full)
    say(f"\nAgain: {found[0].again}" + (f" --sabotage {record.sabotage}" if record.sabotage else ""))


def _show(only: "ScenarioResult", folder: Path, *, full: bool) -> None:
    from reports.story import story_of

    try:
        lines = story_of(folder / only.evidence, full=full) if only.evidence is not None else None
    except OSError as error:
        raise refused(f"its evidence cannot be read: {error}") from None
    if lines is None:
        # a project whose hooks note none, or a scenario that did not begin
        say(_listed([only]) + (f": {only.reason}" if only.reason else ""))
        for step in only.steps:
            say(f"    {step.status}: {step.sentence}" + (f"\n{indent(step.error, ' ' * 8)}" if step.error else ""))
        say("    it left no evidence")
    for line in lines or []:
        say(*line)
    if only.attempts > 1:
        say(f"\n{only.ending}; this is the last attempt's story")


def _newest_with(results: Path, wanted: str) -> "tuple[Path, RunRecord] | None":
    """The newest run that has a scenario, and its folder; runs whose record cannot be read any more are passed over."""
    from support.results.run_folder import RECORD_FILE
    from support.results.run_record import UnreadableRecord, read_record

    records = [file for file in results.glob(f"*/{RECORD_FILE}") if not file.parent.is_symlink()]
    # runs are named after the second of their beginning, and several may begin in one
    records.sort(key=lambda file: (file.parent.name.rpartition("-")[0], file.stat().st_mtime_ns), reverse=True)
    for folder in (file.parent for file in records):
        try:
            record = read_record(folder)
        except (FileNotFoundError, UnreadableRecord):
            continue
        if _matching(record.scenarios, wanted):
            return folder, record
    return None


def _matching(scenarios: "list[ScenarioResult]", wanted: str) -> "list[ScenarioResult]":
    """Those whose name holds all the words, or whose place it is; without words, those that did not pass."""
    if not wanted:
        return [scenario for scenario in scenarios if scenario.status not in ("passed", "skipped")]
    exact = [scenario for scenario in scenarios if wanted in (scenario.location, scenario.name)]
    words = wanted.lower().split()
    return exact or [scenario for scenario in scenarios if all(word in scenario.name.lower() for word in words)]


def _listed(scenarios: "list[ScenarioResult]") -> str:
    return "\n".join(f"  {scenario.status}: {scenario.name} ({scenario.location})" for scenario in scenarios)
