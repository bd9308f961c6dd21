"""Makes records of runs in a few words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from support.results.identity import Identity
from support.results.run_record import RunRecord
from support.results.scenario_result import Failure, Quarantine, ScenarioResult, Status, Weight, weight_of
from support.verdict.decision import Decision
from support.verdict.gate import Victory, decide, newest_of_each_substrate
from support.verdict.judged_run import joined
from support.verdict.rules import Case

TODAY = date(2026, 6, 1)
HELD = Quarantine("12", "2999-12-31")
OVER = Quarantine("13", "2020-12-31")


def scenario(name: str, *tags: str, status: str = "passed", at: float = 0.0, seconds: float = 1.0, **facts: Any) -> ScenarioResult:
    """One scenario, by default one that passed in a second."""
    failed = Status(status).has_failed
    made = ScenarioResult(
        identity=Identity("features/f.feature", name),
        name=name,
        keyword="Scenario",
        location="features/f.feature:3",
        feature="f",
        tags=tuple(sorted(tags)),
        own_tags=tags,
        description="",
        parameters=(),
        weight=weight_of(tags, strict=False),
        status=Status(status),
        failure=Failure("it does not hold", "AssertionError", "it does not hold") if failed else None,
        seconds=seconds,
        wall_seconds=seconds,
        started_at=1000.0 + at,
    )
    return replace(made, **facts)


def passing(count: int, *tags: str, **facts: Any) -> list[ScenarioResult]:
    """So many that passed."""
    return [scenario(f"passes {number}", *(tags or ("p0", "ring1")), at=number, **facts) for number in range(count)]


def around() -> ScenarioResult:
    """Stands for a hook around the run that failed."""
    return scenario("around the run", status="hook_error", around=True, weight=Weight.BLOCKS, wall_seconds=0.0, location="the-run:0")


def record(*scenarios: ScenarioResult, run: str = "20260101-000000-aaaaaa", **facts: Any) -> RunRecord:
    """A run of these, on `embedded`, of one commit."""
    made = RunRecord(
        run=run,
        substrate="embedded",
        sabotage=None,
        workers=1,
        seed=None,
        shard=None,
        shard_plan="plan",
        ready_seconds=1.0,
        step_seconds=1.0,
        hook_seconds=0.0,
        wall_seconds=1.0,
        exit_code=0,
        commit="c0ffee",
        scenarios=list(scenarios),
    )
    return replace(made, **facts)


def written(folder: Path, made: RunRecord) -> Path:
    """The folder of a run with this record."""
    (folder / "logs").mkdir(parents=True)
    made.write(folder)
    return folder


def decision_on(records: Sequence[RunRecord], *, victory: int | None = None, newest: bool = False, **facts: Any) -> Decision:
    """What the gate decides on them, or on the newest of them."""
    series = joined(records)
    runs = newest_of_each_substrate(series) if newest else series
    return decide(Case(runs=runs, today=TODAY, **facts), None if victory is None else Victory(victory, series))
