"""Tries mutants: each on a platform of its own, against the scenarios that run its line, up to the first that notices."""

import queue
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from environments.errors import NOT_READY
from support.mutation.checkout_copy import CheckoutCopy
from support.mutation.mutants import Mutant
from support.mutation.outcome import Ending, MutantOutcome
from support.mutation.touch_map import Touch, TouchMap
from support.results.exit_codes import ExitCode
from support.results.scenario_result import ScenarioResult
from support.sabotage_matrix.processes import RunProcesses, last_words, scenarios_of

SECONDS_A_MUTANT = 60.0
"""So long the scenarios of one mutant may take together, by what they took when they were recorded."""
LEAST_A_MUTANT = 25
"""So many scenarios try it in any case: a machine that had much to do recorded them as slow."""
LONGEST_RUN = 600.0
"""A run that takes longer hangs: each scenario ends at its own budget."""
PLATFORM_FAILED = (ExitCode.PLATFORM_FAILED, ExitCode.TERMINATED)
OUTPUT, WITHOUT = "output.txt", "without-the-mutant"


@dataclass(frozen=True)
class Place:
    """A copy in which one mutant after the other is tried, and the variables of its runs."""

    copy: CheckoutCopy
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Trials:
    """Tries mutants, as many at once as there are places."""

    places: Sequence[Place]
    touch_map: TouchMap
    selected: Collection[str]
    folder: Path
    """Gets what the runs left, by the mutant's number."""
    processes: RunProcesses
    tell: Callable[[MutantOutcome], None]

    def try_all(self, mutants: Sequence[Mutant]) -> None:
        """Tell what came of each; stops all runs when interrupted."""
        free: queue.SimpleQueue[Place] = queue.SimpleQueue()
        for place in self.places:
            free.put(place)

        def take_place(numbered: tuple[int, Mutant]) -> None:
            place = free.get()
            try:
                outcome = self._try(numbered[1], place, self.folder / f"{numbered[0]:03}")
            finally:
                free.put(place)
            self.tell(outcome)

        with ThreadPoolExecutor(len(self.places)) as pool:
            futures = [pool.submit(take_place, numbered) for numbered in enumerate(mutants, start=1)]
            try:
                for future in futures:
                    future.result()
            except BaseException:
                self.processes.stop()
                pool.shutdown(cancel_futures=True)
                raise

    def _try(self, mutant: Mutant, place: Place, results: Path) -> MutantOutcome:
        touching = self.touch_map.scenarios_at(mutant.file, mutant.line, self.selected)
        if not touching.scenarios:
            return _outcome(mutant, Ending.UNTOUCHED)
        chosen = within(touching.scenarios)
        began = time.monotonic()
        results.mkdir()
        results.joinpath("mutant.diff").write_text(mutant.diff + "\n", encoding="utf-8")
        with place.copy.changed(mutant.file, mutant.text):
            exit_code, scenarios = self._run(place, [each.location for each in chosen], results)
        by, words = noticed_by(exit_code, scenarios, results / OUTPUT)
        ending = Ending.KILLED if by else Ending.SURVIVED
        if by and could_be_the_machine(exit_code, scenarios):
            failed = [each.location for each in scenarios if each.status.has_failed and not each.around]
            # with the first scenario the platform has to start, and that is all that is asked of it
            again, _ = self._run(place, failed or [chosen[0].location], results / WITHOUT)
            if again in PLATFORM_FAILED or (failed and again != ExitCode.PASSED):
                ending = Ending.UNDECIDED
        said = {"by": by, "words": words, "by_time": only_by_time(scenarios), "how": touching.how, "seconds": time.monotonic() - began}
        return _outcome(mutant, ending, **said, tried=len(chosen), left_out=len(touching.scenarios) - len(chosen))

    def _run(self, place: Place, locations: Sequence[str], results: Path) -> tuple[int, list[ScenarioResult]]:
        """The copy as it is now, up to the first of these scenarios that fails; raises KeyboardInterrupt when it is stopped."""
        results.mkdir(exist_ok=True)
        command = place.copy.command("run", *locations, "--workers", "1", "--fail-fast", "--strict", "--results-folder", str(results))
        exit_code = self.processes.wait_for(command, results / OUTPUT, place.variables, place.copy.folder, LONGEST_RUN)
        if self.processes.stopped or exit_code in (ExitCode.INTERRUPTED, ExitCode.HUNG_UP):
            raise KeyboardInterrupt
        return exit_code, scenarios_of(results)


def within(quickest_first: Sequence[Touch], seconds: float = SECONDS_A_MUTANT, least: int = LEAST_A_MUTANT) -> list[Touch]:
    """The quickest that take no longer together, and at least so many."""
    chosen: list[Touch] = []
    for each in quickest_first:
        seconds -= each.seconds
        if len(chosen) >= least and seconds < 0:
            break
        chosen.append(each)
    return chosen


def _outcome(mutant: Mutant, ending: Ending, **said: object) -> MutantOutcome:
    names = ("service", "file", "line", "within", "rule", "was", "becomes", "diff")
    return MutantOutcome.model_validate({name: getattr(mutant, name) for name in names} | {"ending": ending} | said)


def noticed_by(exit_code: int, scenarios: Sequence[ScenarioResult], output: Path) -> tuple[str | None, str | None]:
    """Who noticed the mutant, or what went wrong at once, with the words; nobody: it survived."""
    failed = [each for each in scenarios if each.status.has_failed]
    for scenario in failed:
        if not scenario.around:
            return f"{scenario.name} ({scenario.location})", _words(scenario)
    if exit_code == ExitCode.WRONG_INPUT:
        return "its code could not be loaded", last_words(output)
    if exit_code == ExitCode.PLATFORM_FAILED:
        return "the platform did not start, or a part of it died", last_words(output)
    if exit_code == ExitCode.TERMINATED:
        return f"the run hung for more than {LONGEST_RUN:.0f} s", None
    return (failed[0].name, _words(failed[0])) if failed else (None, None)


def could_be_the_machine(exit_code: int, scenarios: Sequence[ScenarioResult]) -> bool:
    """Whether what went wrong also does where a machine has too much to do: a platform that fails, or what only takes too long."""
    failed = [each for each in scenarios if each.status.has_failed and not each.around]
    return (not failed and exit_code in PLATFORM_FAILED) or only_by_time(scenarios)


def only_by_time(scenarios: Sequence[ScenarioResult]) -> bool:
    """Whether everything that failed only took too long, scenarios or the start of a service."""
    failed = [each for each in scenarios if each.status.has_failed]
    return bool(failed) and all(each.over_budget or _was_not_ready(each) for each in failed)


def _was_not_ready(scenario: ScenarioResult) -> bool:
    """Whether a service did not start in time, or not again: on a machine with too much to do that happens without any mutant."""
    return any(problem is not None and NOT_READY in problem.message for problem in (scenario.failure, scenario.first_problem))


def _words(scenario: ScenarioResult) -> str:
    step = next((each for each in scenario.steps if each.failure is not None), None)
    problem = scenario.first_problem
    return (f"{step.sentence}: " if step else "") + (problem.words if problem else "")
