"""One run as JSON (`run.json`): what ran, how it ended and how long it took; for history, benchmarks and other tools.

Source: our choice.
"""

from pathlib import Path

from behave.model import Scenario
from pydantic import BaseModel

from support.redaction import redact


class StepRecord(BaseModel):
    """One step: its sentence, how it ended and with which words if badly, its seconds, and its parts with theirs."""

    sentence: str
    status: str
    error: str | None = None
    seconds: float
    parts: dict[str, float]


class ScenarioRecord(BaseModel):
    """One scenario: its name and place, how it ended and at which attempt, why it was skipped, its seconds, the folder of its evidence."""

    name: str
    location: str
    status: str
    reason: str | None
    seconds: float
    evidence: str | None = None
    attempts: int = 1
    steps: list[StepRecord]

    @property
    def key(self) -> str:
        """What it is called over many runs: lines move, names stay."""
        return f"{self.location.rpartition(':')[0]}: {self.name}"


class RunRecord(BaseModel):
    """One run: its settings in short, the seconds until the platform was ready, its scenarios and its exit code."""

    run: str
    substrate: str
    client_env: str
    sabotage: str | None
    ready_seconds: float
    exit_code: int
    scenarios: list[ScenarioRecord]

    def write(self, folder: Path) -> None:
        """Write `run.json`."""
        (folder / "run.json").write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_record(folder: Path) -> RunRecord:
    """The record of the run whose results are in `folder`; raises FileNotFoundError with a text for people."""
    file = folder / "run.json"
    if not file.is_file():
        raise FileNotFoundError(f"there is no finished run in {folder}: {file} is not there")
    return RunRecord.model_validate_json(file.read_text(encoding="utf-8"))


def record_of(scenario: Scenario, run_folder: Path) -> ScenarioRecord:
    """What is kept of a scenario that ended; the folder of its evidence is told relative to the run's."""
    evidence: Path | None = getattr(scenario, "evidence", None)
    return ScenarioRecord(
        name=scenario.name,
        location=str(scenario.location),
        status=scenario.status.name,
        reason=scenario.skip_reason,
        seconds=scenario.duration,
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
