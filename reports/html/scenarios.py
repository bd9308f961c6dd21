"""The scenarios for the report: a short row each, which the page reads at once, and details, which it reads when they are looked at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reports.html.earlier import EarlierRun, History
from reports.html.evidence import Event, ScenarioEvidence, evidence_of
from reports.html.expectation import expectation_of
from support.redaction import excerpt
from support.results.run_record import RunRecord
from support.results.scenario_result import Failure, ScenarioResult, Status, StepResult, failure_weight

Json = dict[str, Any]

RING = re.compile(r"ring(\d+)")
CATCHES = re.compile(r"^\s*Catches:\s*(.+?)(?=\n\s*\n|\n\s*Catches|\Z)", re.MULTILINE | re.DOTALL)
LONGEST_SAID = 400
LONGEST_TEXT = 6000
"""Of traces and of what was printed, in characters."""
ROOM_FOR_DETAILS = 11_000_000
"""Characters; past them, evidence of what passed is left out, and the page says so."""
MARKS = {"passed": "p", "failed": "f", "skipped": "s"}


@dataclass(frozen=True)
class Scenario:
    """One scenario as the page shows it: its row and its details."""

    row: Json
    details: Json
    crossed: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""


class Names:
    """Gives each text a number, so that the page holds it once."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        return self.known.setdefault(text, len(self.known))


def platform_of(result: ScenarioResult) -> str:
    """The platform, by the folder of its feature; empty for a project's own features."""
    parts = Path(result.identity.file).parts
    return parts[1] if len(parts) > 2 and parts[0] == "features" and not RING.match(parts[1]) else ""


def ring_of(result: ScenarioResult) -> str:
    """Which ring it is of: `1`, `2`, `3`, or empty."""
    return next((match[1] for tag in result.tags if (match := RING.fullmatch(tag))), "")


def catches_of(description: str) -> list[str]:
    """What a description says that would be caught, a sentence each."""
    return [" ".join(found.split()) for found in CATCHES.findall(description)]


def group_of(status: Status) -> str:
    """The four ways to end that a reader of the report tells apart."""
    if status is Status.FAILED:
        return "failed"
    if status is Status.UNTESTED:
        return "not run"
    return "broken" if status.has_failed else "skipped" if status is Status.SKIPPED else "passed"


class ScenarioRows:
    """Makes rows and details of a run's scenarios; texts that many have are numbered."""

    def __init__(self, record: RunRecord, folder: Path, history: History) -> None:
        self._record = record
        self._folder = folder
        self._runs: Sequence[EarlierRun] = history.runs
        self._features = {feature.file: number for number, feature in enumerate(record.features)}
        self.tags, self.nodes, self.sentences, self.reasons = Names(), Names(), Names(), Names()
        self._room = ROOM_FOR_DETAILS

    def scenario(self, number: int, result: ScenarioResult) -> Scenario:
        """The row and the details of one scenario; failed ones are best asked for first, since room is given as they come."""
        failed = failure_weight(result) is not None
        evidence = self._evidence(result, failed=failed)
        details = self._details(result, evidence, failed=failed)
        self._room -= _size(evidence)
        return Scenario(self._row(number, result, evidence), details, evidence.crossed, evidence.problem)

    def _evidence(self, result: ScenarioResult, *, failed: bool) -> ScenarioEvidence:
        if result.evidence is None:
            return ScenarioEvidence()
        if self._room <= 0:
            return ScenarioEvidence(problem="Its evidence is left out, so that this page stays small.")
        return evidence_of(self._folder / result.evidence, result.started_at, failed=failed)

    def _row(self, number: int, result: ScenarioResult, evidence: ScenarioEvidence) -> Json:
        weight = failure_weight(result)
        row: Json = {
            "id": result.identity.digest()[:12] if not result.around else f"around{number}",
            "name": result.name or result.keyword,
            "status": group_of(result.status),
            "weight": weight or "",
            "priority": _priority(result),
            "platform": platform_of(result),
            "ring": ring_of(result),
            "feature": self._features.get(result.identity.file, -1),
            "seconds": round(result.wall_seconds, 3),
            "tags": [self.tags.number(tag) for tag in result.tags],
            "nodes": [self.nodes.number(node) for node in evidence.crossed],
            "past": self._past(result),
        }
        if result.reason:
            row["reason"] = self.reasons.number(result.reason)
        if weight is not None:
            row["said"] = _said(result)
        if result.attempts > 1 and result.status is Status.PASSED:
            row["flaky"] = True
        if result.quarantine is not None:
            row["quarantine"] = str(result.quarantine)
        return row

    def _past(self, result: ScenarioResult) -> str:
        """A letter for each earlier run: passed, flaky (x), failed, skipped, or - where it did not run."""
        name = str(result.identity)
        marks = ""
        for run in self._runs:
            outcome = run.outcomes.get(name)
            marks += "-" if outcome is None else "x" if outcome.is_flaky else MARKS[outcome.status]
        return marks

    def _details(self, result: ScenarioResult, evidence: ScenarioEvidence, *, failed: bool) -> Json:
        found: Json = {
            "location": result.location,
            "keyword": result.keyword,
            "status": result.status.words,
            "description": result.description,
            "catches": catches_of(result.description),
            "parameters": result.parameters,
            "steps": [self._step(step, result.started_at) for step in result.steps],
            "events": [_event(event, self.nodes) for event in evidence.events],
            "crossed": {self.nodes.number(node): count for node, count in evidence.crossed.items()},
        }
        optional: Json = {
            "left_out": evidence.left_out,
            "problem": evidence.problem,
            "logs": evidence.logs,
            "attempts": result.attempts if result.attempts > 1 else 0,
            "failed_attempts": list(result.failed_attempts),
            "over_budget": result.over_budget,
            "died": result.died,
            "evidence": result.evidence,
            "failure": _failure(result.first_problem) if failed and result.first_problem else None,
            "printed": _printed(result) if failed else "",
        }
        return found | {name: value for name, value in optional.items() if value}

    def _step(self, step: StepResult, began: float) -> Json:
        shown: Json = {"s": self.sentences.number(step.sentence), "status": group_of(step.status)}
        if step.started_at is not None:
            shown |= {"at": round(max(0.0, step.started_at - began), 3), "seconds": round(step.seconds, 3)}
        if step.parts:
            shown["parts"] = [
                [part.text, part.outcome, round(part.seconds, 3), round(max(0.0, part.started_at - began), 3)] for part in step.parts
            ]
        if step.table:
            shown["table"] = step.table
        if step.text:
            shown["text"] = excerpt(step.text, LONGEST_TEXT)
        if step.failure is not None:
            shown["failed"] = True
        if step.status in (Status.UNDEFINED, Status.PENDING):
            shown["missing"] = step.status.words
        return shown


def _size(evidence: ScenarioEvidence) -> int:
    events = sum(len(event.what) + len(event.detail) + 60 for event in evidence.events)
    return events + sum(map(len, evidence.logs.values()))


def _priority(result: ScenarioResult) -> str:
    return next((tag for tag in ("p0", "p1", "p2") if tag in result.tags), "")


def _event(event: Event, nodes: Names) -> list[Any]:
    return [
        event.kind,
        event.at,
        event.seconds,
        event.what,
        event.detail,
        event.times,
        int(event.failed),
        nodes.number(event.node) if event.node else -1,
    ]


def _said(result: ScenarioResult) -> str:
    """Why it failed, in one sentence."""
    if result.over_budget:
        return result.over_budget
    if result.died:
        return result.died
    missing = next((step for step in result.steps if step.status is Status.UNDEFINED), None)
    if missing is not None:
        return f"Nobody has written what this step does: {missing.sentence}"
    if result.first_problem is None:
        return "It did not come to its end." if result.status is Status.UNTESTED else result.status.words
    found = expectation_of(result.first_problem)
    differing = [f"{name}: expected {expected}, seen {seen}" for name, expected, seen in found.rows if expected != seen]
    if differing:
        return f"{found.said} {'; '.join(differing)}"[:LONGEST_SAID]
    return found.said if not found.expected else f"{found.said} Expected {found.expected}; seen: {found.seen}"[:LONGEST_SAID]


def _failure(failure: Failure) -> Json:
    found = expectation_of(failure)
    return {
        "said": found.said,
        "expected": found.expected,
        "seen": excerpt(found.seen, LONGEST_TEXT),
        "rows": found.rows,
        "sightings": found.sightings,
        "kind": failure.kind,
        "words": excerpt(failure.words, LONGEST_TEXT),
        "trace": _last(failure.trace or failure.message),
    }


def _printed(result: ScenarioResult) -> str:
    kept = {"printed": result.captured.stdout, "errors": result.captured.stderr, "logged": result.captured.log, "hooks": result.output}
    return "\n".join(f"-- {what}\n{_last(text)}" for what, text in kept.items() if text.strip())


def _last(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"...{text[-LONGEST_TEXT:]}"
