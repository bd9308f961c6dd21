"""What one run saw of a platform, in a form that can be compared with another run."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from support.comparison.shapes import answer_of, fields_of, without_values
from support.evidence import FILE
from support.evidence.entries import read_entries
from support.evidence.kinds import Kind
from support.results.run_record import read_record
from support.results.scenario_result import ScenarioResult, Status

Fields = frozenset[tuple[str, str]]


@dataclass
class Route:
    """The answers to one kind of request."""

    statuses: set[str] = field(default_factory=set)
    fields: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    """By status."""


@dataclass
class Observations:
    """One run."""

    name: str
    scenarios: dict[str, ScenarioResult]
    """By identity."""
    routes: dict[str, Route] = field(default_factory=lambda: defaultdict(Route))
    """By method and path."""
    words: dict[str, set[str]] = field(default_factory=dict)
    """What the parts of the steps say, by scenario."""


def observe(names: tuple[str, str], folders: tuple[Path, Path]) -> tuple[Observations, Observations]:
    """What two runs saw, by the folders of their results; raises FileNotFoundError and UnreadableRecord.

    Only what ran in both tells of answers and words: the rest differs for a reason that its outcome says.
    """
    found = [_scenarios(folder) for folder in folders]
    both = [identity for identity in found[0] if ran(found[0][identity]) and ran(found[1].get(identity))]
    one, other = (_observations(name, folder, own, both) for name, folder, own in zip(names, folders, found, strict=True))
    return one, other


def _scenarios(results: Path) -> dict[str, ScenarioResult]:
    return {str(result.identity): result for result in read_record(results).scenarios if not result.around}


def _observations(name: str, results: Path, scenarios: dict[str, ScenarioResult], only: Iterable[str]) -> Observations:
    seen = Observations(name, scenarios)
    for identity in only:
        result = scenarios[identity]
        seen.words[identity] = {f"{step.sentence}: {without_values(str(part))}" for step in result.steps for part in step.parts}
        if result.evidence is not None and (results / result.evidence / FILE).is_file():
            _add_routes(seen, results / result.evidence)
    return seen


def ran(result: ScenarioResult | None) -> bool:
    """Whether it came to an outcome that says something of the platform."""
    return result is not None and result.status not in (Status.SKIPPED, Status.UNTESTED)


def _add_routes(seen: Observations, evidence: Path) -> None:
    for entry in read_entries(evidence):
        if entry.kind is Kind.REQUEST and (answer := answer_of(entry.detail)) is not None:
            route = seen.routes[without_values(entry.what)]
            route.statuses.add(answer[0])
            route.fields[answer[0]] |= fields_of(answer[1])
