"""Records of runs, made for the purpose."""

from pathlib import Path

from support.history.recording import add_run
from support.results.identity import Identity
from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult, Status, Weight

BEGAN = 1_750_000_000.0
DAY = 86_400.0


def result(
    name: str, status: str = "passed", *, at: float = BEGAN, seconds: float = 1.0, attempts: int = 1, rule: str = ""
) -> ScenarioResult:
    """One scenario of features/a.feature."""
    return ScenarioResult(
        identity=Identity("features/a.feature", name),
        name=name,
        keyword="Scenario",
        location="features/a.feature:1",
        feature="a",
        tags=(),
        own_tags=(),
        description="",
        parameters=(),
        weight=Weight.BLOCKS,
        status=Status(status),
        reason="not here" if status == "skipped" else None,
        wall_seconds=seconds,
        started_at=at,
        attempts=attempts,
    )


def record(
    run: str, *scenarios: ScenarioResult, sabotage: str | None = None, shard: str | None = None, parts: tuple[str, ...] = ()
) -> RunRecord:
    """A run with these scenarios."""
    return RunRecord(
        run=run,
        substrate="embedded",
        sabotage=sabotage,
        workers=1,
        seed=None,
        shard=shard,
        shard_plan="",
        ready_seconds=2,
        step_seconds=1,
        hook_seconds=1,
        wall_seconds=3,
        exit_code=0,
        parts=list(parts),
        scenarios=list(scenarios),
    )


def add(results: Path, day: int, *, sabotage: str | None = None, **statuses: str) -> str:
    """Add a run of that day with a scenario for each status, such as `one="passed"`, `two="passed 2"` at its second attempt; its name."""
    scenarios = []
    for place, (name, status) in enumerate(statuses.items()):
        word, _, attempts = status.partition(" ")
        scenarios.append(result(name, word, at=BEGAN + day * DAY + place, attempts=int(attempts or 1)))
    run = f"day {day}"
    assert add_run(record(run, *scenarios, sabotage=sabotage), results) == []
    return run
