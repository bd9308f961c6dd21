"""One run as JSON (`run.json`): what ran, how it ended and how long it took; for history, benchmarks and other tools.

Source: our choice.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from behave.model import Scenario

from support.redaction import redact

FILE = "run.json"


@dataclass(frozen=True)
class StepRecord:
    """One step: its sentence, how it ended and with which words if badly, its seconds, and its parts with theirs."""

    sentence: str
    status: str
    error: str | None
    seconds: float
    parts: dict[str, float]


@dataclass(frozen=True)
class ScenarioRecord:
    """One scenario: its name and place, how it ended, why it was skipped, its seconds without and with hooks, its evidence."""

    name: str
    location: str
    status: str
    weight: str
    """What its failure does: blocks, warns or informs."""
    reason: str | None
    seconds: float
    wall_seconds: float
    order: int
    """The how-manyth scenario of its repetition that began."""
    worker: int
    over_budget: str
    died: str
    attempts: int
    failed_attempts: list[str]
    """What went wrong in the attempts before the last."""
    evidence: str | None
    steps: list[StepRecord]

    @property
    def key(self) -> str:
        """What it is called over many runs: lines move, names stay."""
        return f"{self.location.rpartition(':')[0]}: {self.name}"


@dataclass(frozen=True)
class RunRecord:
    """One run: its settings in short, where its time went, its scenarios, what went wrong around them, and its exit code."""

    run: str
    substrate: str
    facts: dict[str, str]
    """What the platforms say of themselves, such as which of their parts are real."""
    sabotage: str | None
    workers: int
    seed: str | None
    shard: str | None
    shard_plan: str
    """The fingerprint of the plan by which shards were cut."""
    ready_seconds: float
    """Until the platform was ready."""
    step_seconds: float
    """In steps, all workers together."""
    hook_seconds: float
    """In hooks, fixtures and cleanups, all workers together."""
    wall_seconds: float
    """From the first hook to the last."""
    exit_code: int
    scenarios: list[ScenarioRecord] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write `run.json`."""
        head = json.dumps({name: value for name, value in vars(self).items() if name != "scenarios"}, ensure_ascii=False)
        # a line each: quick to write, and good to read and to compare
        rows = ",\n".join(json.dumps(row, default=vars, ensure_ascii=False) for row in self.scenarios)
        (folder / FILE).write_text(f'{head[:-1]}, "scenarios": [\n{rows}\n]}}\n', encoding="utf-8", errors="replace")


def read_record(folder: Path) -> RunRecord:
    """The record of the run whose results are in `folder`; raises FileNotFoundError with a text for people."""
    # loaded only by who reads records, since it takes longer than writing them
    from pydantic import TypeAdapter

    file = folder / FILE
    if not file.is_file():
        raise FileNotFoundError(f"there is no finished run in {folder}: {file} is not there")
    return TypeAdapter(RunRecord).validate_json(file.read_text(encoding="utf-8"))


def record_of(
    scenario: Scenario,
    run_folder: Path,
    *,
    weight: str,
    wall_seconds: float = 0.0,
    order: int = 0,
    worker: int = 0,
    over_budget: str = "",
    died: str = "",
    failed_attempts: Sequence[str] = (),
) -> ScenarioRecord:
    """What is kept of a scenario that ended; the folder of its evidence is told relative to the run's."""
    evidence: Path | None = getattr(scenario, "evidence", None)
    return ScenarioRecord(
        name=scenario.name,
        location=str(scenario.location),
        status=scenario.status.name,
        weight=weight,
        reason=scenario.skip_reason,
        seconds=scenario.duration,
        wall_seconds=wall_seconds,
        order=order,
        worker=worker,
        over_budget=over_budget,
        died=died,
        attempts=1 + len(failed_attempts),
        failed_attempts=list(failed_attempts),
        evidence=str(evidence.relative_to(run_folder)) if evidence else None,
        steps=[
            StepRecord(
                sentence=f"{step.keyword} {step.name}",
                status=step.status.name,
                error=redact(step.error_message) if step.error_message else None,
                seconds=step.duration,
                parts={str(part): part.seconds for part in getattr(step, "parts", [])},
            )
            for step in scenario.all_steps
        ],
    )
