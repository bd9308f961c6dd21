"""What one run saw of a platform, in a form that can be compared with another run."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from support.evidence import FILE
from support.evidence.entries import Entry, read_entries
from support.evidence.kinds import Kind
from support.evidence.manifests import FOLDER as MANIFESTS
from support.evidence.shapes import answer_of, fields_of, without_values, words_of
from support.results.run_folder import PLATFORM_FILE
from support.results.run_record import read_record
from support.results.scenario_result import ScenarioResult, Status

SETTING = "setting"
FIELD = "field"
"""What may be missing because nothing that would hold it was seen: a list was empty, for instance."""


@dataclass
class Route:
    """What was seen of one kind of thing: the answers to a request, the messages in a queue, a pod, what a store holds."""

    noun: str = FIELD
    """What its parts are called."""
    statuses: set[str] = field(default_factory=set)
    fields: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    """By status, which is empty for what has none."""
    words: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    """The same with the words that fields held, see `words_of`."""
    looks: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By status, how often each field was seen."""

    def add(self, status: str, fields: Iterable[tuple[str, str]], words: Iterable[tuple[str, str]] = ()) -> None:
        """Add what was seen once."""
        self.statuses.add(status)
        found = set(fields)
        self.fields[status] |= found
        self.looks[status].update({path for path, _ in found})
        self.words[status] |= set(words)


@dataclass
class Observations:
    """One run."""

    name: str
    scenarios: dict[str, ScenarioResult]
    """By identity."""
    routes: dict[str, Route] = field(default_factory=dict)
    """By what it is: a request's method and path, a queue, a pod."""
    words: dict[str, set[str]] = field(default_factory=dict)
    """What the parts of the steps say, by scenario."""

    def route(self, what: str, noun: str = FIELD) -> Route:
        """The one of that name."""
        return self.routes.setdefault(without_values(what), Route(noun))


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
            _add_evidence(seen, results / result.evidence)
    if (results / PLATFORM_FILE).is_file():
        for what, settings in json.loads((results / PLATFORM_FILE).read_text(encoding="utf-8")).items():
            seen.route(what, SETTING).add("", settings.items())
    return seen


def ran(result: ScenarioResult | None) -> bool:
    """Whether it came to an outcome that says something of the platform."""
    return result is not None and result.status not in (Status.SKIPPED, Status.UNTESTED)


def _answer(entry: Entry) -> tuple[str, Iterable[tuple[str, str]], Iterable[tuple[str, str]]] | None:
    """Status, fields and words of an answer, which may be too long to be kept; None when the entry tells of none."""
    if entry.status:
        return entry.status, entry.shape, ()
    if (found := answer_of(entry.detail)) is None:
        return None
    status, body = found
    return status, fields_of(body), words_of(body)


def _add_evidence(seen: Observations, evidence: Path) -> None:
    for entry in read_entries(evidence):
        if entry.kind is Kind.REQUEST and (answer := _answer(entry)) is not None:
            status, fields, words = answer
            seen.route(entry.what).add(status, fields, words)
            if entry.headers:
                seen.route(f"{entry.what}, headers", "header").add(status, [(name, "text") for name in entry.headers])
        elif entry.kind is Kind.QUEUE and (fields := fields_of(entry.detail)):
            seen.route(f"message: {entry.what}").add("", fields, words_of(entry.detail))
            if entry.headers:
                seen.route(f"message: {entry.what}, properties", "property").add("", [(name, "text") for name in entry.headers])
        elif entry.kind is Kind.POD:
            labels = dict(word.split("=", 1) for word in entry.detail.split() if "=" in word)
            seen.route(f"pod {entry.what}", "label").add("", [(name, without_values(value)) for name, value in labels.items()])
        elif entry.kind is Kind.OBJECTS:
            keys = [(without_values(key), "object") for key in entry.detail.splitlines()]
            seen.route(f"objects under {entry.what.rpartition(':')[0]}", "object").add("", keys)
    for file in (evidence / MANIFESTS).glob("*.json"):
        outline = fields_of(file.read_text(encoding="utf-8"))
        seen.route(f"manifest of pod {file.stem}", "entry").add("", outline)
