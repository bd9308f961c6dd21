"""Which scenarios are run against which sabotage, from their tags `@catches.<sabotage>`. Source: our choice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from behave.model import Scenario

from environments.choose import all_sabotages
from support.nearest import did_you_mean
from support.runner.planning.errors import SelectionError
from support.runner.planning.selection import Selection, selected_scenarios

CATCHES = re.compile(r"catches\.(.+)")
# to the end of the sentence
CATCHES_NONE = re.compile(r"Catches no sabotage: *(\S.*?)\.?(?:(?<=\.) |$)")


@dataclass(frozen=True)
class Candidate:
    """A scenario, or one row of an outline: where it is, what it says it catches, or why it catches nothing."""

    location: str
    name: str
    catches: tuple[str, ...]
    reason_for_none: str | None


@dataclass
class MatrixPlan:
    """The scenarios to run against each sabotage, those that catch none with their reason, and what nobody says to catch."""

    runs: dict[str, list[Candidate]]
    catch_none: list[Candidate]
    undeclared: list[Candidate]

    @property
    def uncaught(self) -> list[str]:
        """Sabotages that no selected scenario says to catch."""
        return [sabotage for sabotage, candidates in self.runs.items() if not candidates]

    @property
    def candidates(self) -> list[Candidate]:
        """Every selected scenario."""
        running = {candidate.location: candidate for candidates in self.runs.values() for candidate in candidates}
        return [*running.values(), *self.catch_none, *self.undeclared]


def plan_of(selection: Selection, sabotages: Sequence[str], *, every_pair: bool) -> MatrixPlan:
    """Plan the matrix: each sabotage meets a scenario that says to catch it, and each scenario one of its sabotages.

    Args:
        selection: the scenarios.
        sabotages: the defects.
        every_pair: run each scenario against every sabotage it says to catch, not only as many as prove the point.

    Raises:
        SelectionError: a scenario names an unknown sabotage, or the selection cannot be run.
    """
    candidates = [_candidate(scenario) for scenario in selected_scenarios(selection)]
    declared = {sabotage: [candidate for candidate in candidates if sabotage in candidate.catches] for sabotage in sabotages}
    return MatrixPlan(
        runs=declared if every_pair else _fewest(declared),
        catch_none=[candidate for candidate in candidates if not candidate.catches and candidate.reason_for_none],
        undeclared=[candidate for candidate in candidates if not candidate.catches and not candidate.reason_for_none],
    )


def _fewest(declared: dict[str, list[Candidate]]) -> dict[str, list[Candidate]]:
    """One scenario for each sabotage, rarest first, then the other scenarios where the fewest are already."""
    runs: dict[str, list[Candidate]] = {sabotage: [] for sabotage in declared}
    placed: set[str] = set()
    for sabotage in sorted(declared, key=lambda sabotage: len(declared[sabotage])):
        free = [candidate for candidate in declared[sabotage] if candidate.location not in placed]
        for candidate in [*free, *declared[sabotage]][:1]:
            runs[sabotage].append(candidate)
            placed.add(candidate.location)
    for candidate in {candidate.location: candidate for candidates in declared.values() for candidate in candidates}.values():
        if candidate.location not in placed:
            runs[min((s for s in candidate.catches if s in runs), key=lambda sabotage: len(runs[sabotage]))].append(candidate)
    return runs


def _candidate(scenario: Scenario) -> Candidate:
    names = [match[1] for tag in sorted(map(str, scenario.effective_tags)) if (match := CATCHES.fullmatch(tag))]
    known = all_sabotages()
    for name in names:
        if name not in known:
            raise SelectionError(f"{scenario.location}: '@catches.{name}' names no sabotage.{did_you_mean(name, known)}")
    said = " ".join([*scenario.description, *scenario.feature.description])
    none = CATCHES_NONE.search(said)
    return Candidate(str(scenario.location), scenario.name, tuple(names), none[1] if none else None)
