"""One run as JSON (`run.json`): what ran, how it ended and how long it took; for history, benchmarks and other tools.

Source: our choice.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from behave.model import Scenario

FILE = "run.json"


@dataclass(frozen=True)
class StepRecord:
    """One step: its sentence, how it ended, its seconds, and its parts with theirs."""

    sentence: str
    status: str
    seconds: float
    parts: dict[str, float]


@dataclass(frozen=True)
class ScenarioRecord:
    """One scenario: its name and place, how it ended, why it was skipped, its seconds without hooks, and with them."""

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
    steps: list[StepRecord]


@dataclass(frozen=True)
class RunRecord:
    """One run: its settings in short, where its time went, its scenarios, what went wrong around them, and its exit code."""

    run: str
    substrate: str
    client_env: str | None
    sabotage: str | None
    workers: int
    seed: str | None
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
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8", errors="replace")


def record_of(
    scenario: Scenario, *, weight: str, wall_seconds: float = 0.0, order: int = 0, worker: int = 0, over_budget: str = "", died: str = ""
) -> ScenarioRecord:
    """What is kept of a scenario that ended."""
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
        steps=[
            StepRecord(
                sentence=f"{step.keyword} {step.name}",
                status=step.status.name,
                seconds=step.duration,
                parts={str(part): part.seconds for part in getattr(step, "parts", [])},
            )
            for step in scenario.all_steps
        ],
    )
