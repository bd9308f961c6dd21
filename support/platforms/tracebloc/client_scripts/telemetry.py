"""What the installer reports: one event a run, in a file of its own. Source: tracebloc client 1.9.62, scripts/lib/telemetry.sh."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

SPOOL = Path(".tracebloc/telemetry/pending.jsonl")
# before there is a data folder
FALLBACK = "tracebloc-telemetry-*"


class Event(BaseModel):
    """How one run ended, in the installer's own closed words; None where the event does not say."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(alias="event.name")
    phase: str = Field(alias="tracebloc.install.phase")
    exit_code: int = Field(alias="tracebloc.install.exit_code")
    error: str | None = Field(default=None, alias="error.type")
    client_state: str | None = Field(default=None, alias="tracebloc.install.client_state")
    environment: str


def read(home: Path, temporary: Path) -> list[Event]:
    """The events of a machine's runs, oldest first; raises ValueError for a line that is no event."""
    files = [home / SPOOL, *sorted(temporary.glob(FALLBACK)), *sorted(home.glob(FALLBACK))]
    return [_event(line) for file in files if file.exists() for line in file.read_text(encoding="utf-8").splitlines()]


def _event(line: str) -> Event:
    record = json.loads(line)
    return Event(environment=record["resource"]["deployment.environment"], **record["attributes"])
