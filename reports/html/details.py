"""The details of each scenario, which the page reads when they are looked at: steps, evidence, failure, logs, attempts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from reports.html.evidence import Event, ScenarioEvidence, evidence_of
from reports.html.expectation import as_sentence, expectation_of
from reports.html.rows import Json, Names, catches_of, group_of
from support.redaction import excerpt
from support.results.scenario_result import Failure, ScenarioResult, Status, StepResult

GROUPS = ("passed", "failed", "broken", "not run", "skipped")
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=vars)
LONGEST_TEXT = 6000
"""Of traces and of what was printed, in characters."""
ROOM = 12_000_000
"""Characters of all details; past them evidence is left out, of what passed first, and the page says so."""
WITHOUT_EVIDENCE = 600
"""Characters that the details of a scenario take without its evidence, about."""
LEAST_ROOM = 300
"""Characters of evidence for each scenario, however many there are."""
LEFT_OUT = "Its evidence is left out, so that this page stays small; ringmaster show has all of it."


class Details(NamedTuple):
    """The details of one scenario as JSON that may stand in a script element, what it crossed, and what could not be read."""

    text: str
    crossed: Sequence[int] = ()
    problem: str = ""


def as_script(data: object) -> str:
    """JSON that may stand in a script element: nothing in it can end the element."""
    text = ENCODER.encode(data)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


class DetailsMaker:
    """Makes the details of all scenarios of a run; what is asked for first is given room for its evidence first."""

    def __init__(self, folder: Path, count: int) -> None:
        """`folder` is that of the run's results, `count` the number of its scenarios."""
        self._folder = folder
        self._room = max(ROOM - count * WITHOUT_EVIDENCE, count * LEAST_ROOM)
        self.nodes, self.direct, self.sentences = Names(), Names(), Names()

    def details(self, result: ScenarioResult, *, failed: bool) -> Details:
        """The details of one scenario; of one that failed more of what its evidence says."""
        evidence = self._evidence(result, failed=failed)
        crossed = {self.nodes.number(node): count for node, count in evidence.crossed.items()}
        for node in evidence.direct:
            self.direct.number(node)
        shown: Json = {
            "line": result.location.rpartition(":")[2],
            "ended": result.status.words if group_of(result.status) == "broken" else "",
            "description": result.description,
            "catches": catches_of(result.description),
            "parameters": result.parameters,
            "steps": [self._step(step, result.started_at) for step in result.steps],
            "events": [self._event(event) for event in evidence.events],
            "crossed": crossed,
            "left_out": evidence.left_out,
            "problem": evidence.problem,
            "logs": evidence.logs,
            "attempts": result.attempts if result.attempts > 1 else 0,
            "failed_attempts": [_last(words) for words in result.failed_attempts],
            "over_budget": as_sentence(result.over_budget or ""),
            "died": as_sentence(result.died or ""),
            "evidence": int(result.evidence is not None),
        }
        if failed:
            shown["failure"] = _failure(result.first_problem) if result.first_problem else None
            shown["printed"] = _printed(result)
        text = as_script({key: value for key, value in shown.items() if value})
        self._room -= max(0, len(text) - WITHOUT_EVIDENCE)
        return Details(text, list(crossed), evidence.problem if evidence.problem != LEFT_OUT else "")

    def _evidence(self, result: ScenarioResult, *, failed: bool) -> ScenarioEvidence:
        if result.evidence is None:
            return ScenarioEvidence()
        if self._room <= 0:
            return ScenarioEvidence(problem=LEFT_OUT)
        return evidence_of(self._folder / result.evidence, result.started_at, failed=failed)

    def _step(self, step: StepResult, began: float) -> list[Any]:
        """The sentence's number, how it ended, and where it began: when, and for how long, and what else there is of it."""
        shown: list[Any] = [self.sentences.number(step.sentence), GROUPS.index(group_of(step.status))]
        more = _more_of(step)
        if step.started_at is not None or more:
            at = None if step.started_at is None else round(max(0.0, step.started_at - began), 3)
            shown += [at, round(step.seconds, 3)]
        return [*shown, more] if more else shown

    def _event(self, event: Event) -> list[Any]:
        node = self.nodes.number(event.node) if event.node else -1
        return [event.kind, event.at, event.seconds, event.what, event.detail, event.times, int(event.failed), node]


def _more_of(step: StepResult) -> Json:
    if step.status is Status.PASSED and not (step.parts or step.table or step.text):
        return {}
    more: Json = {
        "parts": [[part.text, part.outcome, round(part.seconds, 3)] for part in step.parts],
        "table": step.table,
        "text": excerpt(step.text, LONGEST_TEXT) if step.text else "",
        "failed": step.failure is not None,
        "missing": step.status.words if step.status in (Status.UNDEFINED, Status.PENDING) else "",
    }
    return {key: value for key, value in more.items() if value}


def _failure(failure: Failure) -> Json:
    found = expectation_of(failure)
    return {
        "said": found.said,
        "expected": excerpt(found.expected, LONGEST_TEXT),
        "seen": excerpt(found.seen, LONGEST_TEXT),
        "rows": found.rows,
        "sightings": found.sightings,
        "kind": failure.kind,
        "words": excerpt(failure.words, LONGEST_TEXT),
        "trace": _last(failure.trace or failure.message),
    }


def _printed(result: ScenarioResult) -> str:
    captured = result.captured
    kept: Sequence[tuple[str, str]] = (
        ("printed", captured.stdout),
        ("printed as errors", captured.stderr),
        ("logged", captured.log),
        ("printed by hooks and programs", result.output),
    )
    return "\n".join(f"-- {what}\n{_last(text)}" for what, text in kept if text.strip())


def _last(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"...{text[-LONGEST_TEXT:]}"
