"""Earlier runs, as the report needs them: what each scenario came to, and how long things took. Source: our choice.

Whoever has a better history than the neighbouring folders hands the report a list of `EarlierRun` of its own.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.results.identity import Identity
from support.results.run_record import FILE, RunRecord
from support.results.scenario_result import BAD, Status

MOST_RUNS, MOST_BYTES = 30, 50_000_000
"""Of the neighbours; reading more would take longer than the report itself."""


@dataclass(frozen=True)
class Outcome:
    """How a scenario ended in one run: `passed`, `failed` or `skipped`, after how many attempts, and its seconds."""

    status: str
    seconds: float = 0.0
    attempts: int = 1

    @property
    def is_flaky(self) -> bool:
        """Whether it passed, but not at once."""
        return self.status == "passed" and self.attempts > 1


@dataclass(frozen=True)
class EarlierRun:
    """One run: when it began (unix time), where it ran, its seconds, and its scenarios by `str(identity)`."""

    run: str
    began: float
    substrate: str
    wall_seconds: float
    ready_seconds: float
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """How many of the defects that were switched on the features noticed, at some time (unix time)."""

    at: float
    what: str
    """Such as `named sabotages` or `random mutants`."""
    caught: int
    of: int


@dataclass(frozen=True)
class History:
    """What came before the run that is reported, oldest first; what could not be read, in sentences."""

    runs: Sequence[EarlierRun] = ()
    scores: Sequence[Score] = ()
    problems: Sequence[str] = ()


def simple_status(status: str) -> str:
    """The three ways to end that a history tells apart."""
    if status == Status.UNTESTED or status in BAD:
        return "failed"
    return "skipped" if status == Status.SKIPPED else "passed"


def as_earlier(record: RunRecord) -> EarlierRun:
    """A run's record in short."""
    outcomes = {
        str(result.identity): Outcome(simple_status(result.status), result.wall_seconds, result.attempts)
        for result in record.scenarios
        if not result.around
    }
    return EarlierRun(
        record.run,
        _began(record.run, (result.started_at for result in record.scenarios)),
        record.substrate,
        record.wall_seconds,
        record.ready_seconds,
        outcomes,
    )


def neighbours(folder: Path, most: int = MOST_RUNS) -> History:
    """The runs beside the one in `folder` that are older; those with a sabotage are left out, since they fail on purpose."""
    runs: list[EarlierRun] = []
    problems: list[str] = []
    room = MOST_BYTES
    for beside in sorted((found for found in folder.parent.iterdir() if _is_before(found, folder)), reverse=True):
        room -= (beside / FILE).stat().st_size
        if len(runs) == most or room < 0:
            break
        try:
            facts = json.loads((beside / FILE).read_text(encoding="utf-8"))
            # records of before there was a version name scenarios otherwise
            if facts.get("version") == 1 and not facts["sabotage"]:
                runs.append(_in_short(facts))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            problems.append(f"The earlier run {beside.name} cannot be read and is left out: its {FILE} is broken.")
    return History(runs[::-1], problems=problems)


def _is_before(beside: Path, folder: Path) -> bool:
    return (beside / FILE).is_file() and not beside.is_symlink() and beside.name < folder.name


def _in_short(facts: Mapping[str, Any]) -> EarlierRun:
    """The same as `as_earlier`, of a record that was not checked: checking takes ten times as long."""
    rows: Iterable[Mapping[str, Any]] = [row for row in facts["scenarios"] if not row["around"]]
    outcomes = {_name(row["identity"]): Outcome(simple_status(row["status"]), row["wall_seconds"], row["attempts"]) for row in rows}
    began = _began(facts["run"], (row["started_at"] for row in facts["scenarios"]))
    return EarlierRun(facts["run"], began, facts["substrate"], facts["wall_seconds"], facts["ready_seconds"], outcomes)


def _began(run: str, starts: Iterable[float]) -> float:
    """When the first scenario began; without one, what the run's name says."""
    if began := min(filter(None, starts), default=0.0):
        return began
    try:
        return datetime.strptime(run[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def _name(identity: Mapping[str, Any]) -> str:
    return str(Identity(**identity))
