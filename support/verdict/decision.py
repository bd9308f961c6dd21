"""The decision of the gate, as `gate-decision.json` holds it; `gate-decision.schema.json` beside this module is its schema.

Source: our choice.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from support.results.exit_codes import ExitCode

FILE = "gate-decision.json"
SCHEMA = Path(__file__).with_name("gate-decision.schema.json")
VERSION = 1
"""Of the format: grows when a reader of the one before would misunderstand it."""

Figure = float | int | str | None


class Outcome(StrEnum):
    """What a rule does to the release."""

    PASSED = "passed"
    INFORMS = "informs"
    WARNS = "warns"
    BLOCKS = "blocks"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class Rule:
    """One rule and what it came to. What passed is listed too."""

    id: str
    demand: str
    """What it demands."""
    outcome: Outcome
    words: str
    """What it found, as a sentence."""
    figures: dict[str, Figure] = field(default_factory=dict)
    """What was measured, and the limit."""
    found: list[str] = field(default_factory=list)
    """Every scenario, run or file that it objects to."""
    exit_code: ExitCode = ExitCode.FAILED
    """What it gives when it blocks."""


@dataclass(frozen=True)
class Reason:
    """Why the release has to wait, or what is worth a look."""

    rule: str
    outcome: Outcome
    words: str


@dataclass(frozen=True)
class Timings:
    """Seconds: until the platform was ready, of each ring, and of all of it."""

    ready: float
    rings: dict[str, float]
    release: float


@dataclass(frozen=True)
class JudgedFacts:
    """One run that was judged; its shards count as one."""

    run: str
    substrate: str
    shards: list[str]
    commit: str
    """Empty where it is not known."""
    fingerprint: str
    """Equal for runs of the same commit on the same substrate with the same parts."""
    facts: dict[str, str]
    exit_codes: list[int]
    counts: dict[str, int]
    """Scenarios by status, those included that stand for hooks and cleanups around some."""
    timings: Timings


@dataclass(frozen=True)
class TriedAgain:
    """A scenario that did not end the same way each time."""

    scenario: str
    location: str
    run: str
    attempts: int
    """Of a scenario that was repeated, of all repetitions together."""
    status: str
    failed_attempts: list[str]


@dataclass(frozen=True)
class Quarantined:
    """A scenario that runs without blocking until the end of a day."""

    scenario: str
    location: str
    run: str
    issue: str
    until: str
    over: bool
    status: str


@dataclass(frozen=True)
class Unreadable:
    """A result that could not be judged, and why."""

    path: str
    problem: str


@dataclass(frozen=True)
class Decision:
    """Whether the release may go."""

    verdict: Literal["passed", "blocked"]
    exit_code: ExitCode
    words: str
    reasons: list[Reason]
    """Of the rules that did not pass, the gravest first."""
    rules: list[Rule]
    commit: str
    """That of all runs; empty where they have none or several."""
    fingerprint: str
    """Of all runs together."""
    decided_at: str
    """ISO 8601, UTC."""
    runs: list[JudgedFacts]
    attempts: list[TriedAgain]
    quarantine: list[Quarantined]
    unreadable: list[Unreadable]
    version: int = VERSION

    @property
    def passed(self) -> bool:
        """Whether the release may go."""
        return self.verdict == "passed"

    def write(self, file: Path) -> None:
        """Write it as JSON; raises OSError."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(vars(self), default=vars, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", errors="replace")


def made_schema() -> dict[str, Any]:
    """The schema as the classes give it; `gate-decision.schema.json` holds it for other programs."""
    from pydantic import TypeAdapter

    facts = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gate-decision.json of Ringmaster",
        "description": "Whether a release may go, and why. A reader refuses a version that it does not know.",
    }
    schema = facts | {name: value for name, value in TypeAdapter(Decision).json_schema().items() if name not in ("title", "description")}
    schema["properties"]["version"] = {"const": VERSION}
    schema["required"] = [*schema["required"], "version"]
    return schema


class UnreadableDecision(ValueError):
    """There is no decision that can be read; the text says why."""


def read_decision(file: Path) -> Decision:
    """The decision that was written there. Raises UnreadableDecision."""
    from pydantic import TypeAdapter, ValidationError

    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UnreadableDecision(f"there is no {file}: run `ringmaster gate` first, which writes it") from error
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableDecision(f"{file} cannot be read: {error}") from error
    version = found.get("version") if isinstance(found, dict) else None
    if version != VERSION:
        raise UnreadableDecision(f"{file} is not a decision of version {VERSION}, but of {version!r}: run `ringmaster gate` again")
    try:
        return TypeAdapter(Decision).validate_python(found)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise UnreadableDecision(f"{file} is not a decision: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from error
