"""From a number and a seed to the kill rate: chooses mutants, records what scenarios run where needed, tries, and keeps the report."""

import secrets
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from environments.choose import platform_class, platform_of
from environments.embedded.warm import warm_servers
from environments.ledger import Ledger
from support.mutation.checkout_copy import CheckoutCopy, NoCheckout, refuse_elsewhere
from support.mutation.equivalents import Equivalent, WrongEquivalents, read_equivalents, stale
from support.mutation.mutants import Mutant, NothingToMutate, choose, services_of
from support.mutation.outcome import Ending, MutantOutcome, MutationReport, read_trend
from support.mutation.recording import Recorder
from support.mutation.touch_map import TouchMap
from support.mutation.trials import Place, Trials, within
from support.results.run_folder import RunFolder
from support.runner.planning.selection import Selection, selected_scenarios
from support.sabotage_matrix.processes import RunProcesses, scenarios_of
from support.settings import Settings
from support.terminal import say

FOLDER = "mutation"
MAP_FILE = "touched-lines.json"
LARGEST_SEED = 1_000_000
Unusable = (NoCheckout, NothingToMutate, WrongEquivalents)
"""What is wrong with what was given, in words."""


@dataclass(frozen=True)
class WantedMutants:
    """What somebody asks for; see the options of `ringmaster sabotage`. No services: all; no seed: a new one."""

    selection: Selection
    number: int
    seed: int | None
    services: tuple[str, ...]
    baseline: bool
    jobs: int


@dataclass(frozen=True)
class _Plan:
    locations: list[str]
    platforms: list[str]
    marked: list[Equivalent]
    seed: int
    mutants: list[Mutant]


def make_mutants(wanted: WantedMutants, settings: Settings) -> tuple[MutationReport, Path]:
    """Try so many mutants; returns the report and the folder that it was saved in.

    Raises:
        NoCheckout: the command does not stand in the checkout.
        NothingToMutate: no service says which code may be changed, or the substrate does not run it.
        WrongEquivalents: the file of marked mutants cannot be used.
        SelectionError: the scenarios cannot be run.
        SettingsError: a platform lacks a setting.
        CannotRun: `ringmaster run` refused.
    """
    began = time.monotonic()
    plan = _plan(wanted, settings)
    named = ", ".join(each.service for each in services_of(plan.platforms, wanted.services))
    say(f"{len(plan.mutants)} mutants of {named}; --seed {plan.seed} makes them again", "bold")
    folder = RunFolder(settings.results_folder / FOLDER)
    folder.create()
    report = MutationReport(
        run=folder.run,
        seed=plan.seed,
        asked=wanted.number,
        marked_as_equivalent=len(plan.marked),
        stale_marks=[f"{each.file}: {each.was}" for each in stale(plan.marked)],
        trend=read_trend(folder.path.parent),
    )
    try:
        _try(plan, wanted, settings, folder.path, report)
    finally:
        # also when it is interrupted: what was tried until then took long enough
        report.seconds = time.monotonic() - began
        report.write(folder.path)
    report.add_to_trend(folder.path.parent)
    return report, folder.path


def _plan(wanted: WantedMutants, settings: Settings) -> _Plan:
    refuse_elsewhere()
    if settings.substrate != "embedded":
        raise NothingToMutate(f"the substrate {settings.substrate} does not run the services' code of this checkout: use embedded")
    locations = [str(scenario.location) for scenario in selected_scenarios(wanted.selection)]
    platforms = sorted({name for each in locations if (name := platform_of(each.rpartition(":")[0]))})
    marked = [each for name in platforms for each in read_equivalents(name)]
    settings.require(platforms)
    seed = secrets.randbelow(LARGEST_SEED) if wanted.seed is None else wanted.seed
    mutants = choose(services_of(platforms, wanted.services), wanted.number, seed, {each.key for each in marked})
    return _Plan(locations, platforms, marked, seed, mutants)


def _try(plan: _Plan, wanted: WantedMutants, settings: Settings, results: Path, report: MutationReport) -> None:
    """Try each mutant; the report gets what came of it, and the scenarios that do not pass without any."""

    def tell(outcome: MutantOutcome) -> None:
        report.mutants.append(outcome)
        _tell(outcome)

    processes = RunProcesses()
    with _temporary_folder() as temporary:
        # made at once: whoever edits the checkout meanwhile changes nothing of this run
        copies = [CheckoutCopy.make(temporary / f"copy-{number + 1}", settings.results_folder) for number in range(wanted.jobs)]
        values = repr([sorted(settings.platform_values(name).items()) for name in plan.platforms])
        # of all services, whichever are wanted now: the map for a few would have to be made again for the others
        recorder = Recorder(results.parent / MAP_FILE, temporary, copies[0], services_of(plan.platforms), values, processes)
        touch_map, fresh = recorder.map_for(plan.locations)
        with _places(copies, settings, plan.platforms) as places:
            selected = set(plan.locations)
            report.not_green |= _recorded_as_failed(touch_map, selected)
            if wanted.baseline:
                needed = _needed(plan.mutants, touch_map, selected) - set(fresh)
                report.not_green |= _failing(sorted(needed), places[0], temporary / "baseline", processes)
            trials = Trials(places, touch_map, selected - report.not_green.keys(), results, processes, tell)
            trials.try_all(plan.mutants)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """A folder that is gone in the end, also after a `kill -9`, by the next start."""
    ledger = Ledger.open(f"mutation-{secrets.token_hex(4)}")
    try:
        yield ledger.make_folder()
    finally:
        ledger.close()


@contextmanager
def _places(copies: Sequence[CheckoutCopy], settings: Settings, platforms: Sequence[str]) -> Iterator[list[Place]]:
    """Each copy with servers of its own, which have loaded the libraries."""
    described = [platform_class(name)(settings.platform_values(name)) for name in platforms]
    with ExitStack() as stack:
        places = []
        for copy in copies:
            servers = stack.enter_context(warm_servers(described, copy.folder))
            places.append(Place(copy, {**copy.variables, **servers}))
        yield places


def _recorded_as_failed(touch_map: TouchMap, selected: Collection[str]) -> dict[str, str]:
    recorded = [each for each in touch_map.touches if each.location in selected]
    return {each.location: each.status for each in recorded if each.status not in ("passed", "skipped")}


def _needed(mutants: Sequence[Mutant], touch_map: TouchMap, selected: Collection[str]) -> set[str]:
    """All scenarios that will be run against some mutant."""
    touching = [touch_map.scenarios_at(mutant.file, mutant.line, selected).scenarios for mutant in mutants]
    return {each.location for scenarios in touching for each in within(scenarios)}


def _failing(locations: Sequence[str], place: Place, results: Path, processes: RunProcesses) -> dict[str, str]:
    """Which of these scenarios do not pass without any mutant, and how they ended."""
    if not locations:
        return {}
    say(f"Running {len(locations)} scenarios without any mutant first")
    results.mkdir()
    command = place.copy.command("run", *locations, "--results-folder", str(results))
    processes.wait_for(command, results / "output.txt", place.variables, place.copy.folder)
    ended = {each.location: str(each.status) for each in scenarios_of(results)}
    return {where: ended.get(where, "not run") for where in locations if ended.get(where) != "passed"}


def _tell(outcome: MutantOutcome) -> None:
    by = f" by {outcome.by}" if outcome.by else ""
    line = f"{outcome.service}, {outcome.file}:{outcome.line}, {outcome.rule}: {outcome.ending}{by}, {outcome.seconds:.1f} s"
    say(line, "green" if outcome.ending is Ending.KILLED else "red")
