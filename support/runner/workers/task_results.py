"""Makes the result of a scenario: in its worker when it is over, or in the runner when its worker could not."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from behave.model import Feature

from support.results.failures.explain import failure_told
from support.results.identity import Identity
from support.results.scenario_result import (
    NOTHING_CAPTURED,
    NOTHING_TOLD,
    THE_RUN,
    Attachment,
    Captured,
    Failure,
    ScenarioResult,
    Status,
    StepResult,
    ToldAllure,
    Weight,
    redacted,
)
from support.results.texts import presentable, presentable_cell
from support.runner.behave_adapter.model import evidence_in, row_of, step_result
from support.runner.planning.plan import ForkPoint, Task

RUNNER_ERROR = "RunnerError"
"""The class of errors that no code of the user's raised."""


class Seen(NamedTuple):
    """What only the process knows that a scenario ran in; seconds, and unix time."""

    wall_seconds: float = 0.0
    started_at: float | None = None
    captured: Captured = NOTHING_CAPTURED
    output: str = ""
    attachments: Sequence[Attachment] = ()
    told_allure: ToldAllure = NOTHING_TOLD


NOTHING_SEEN = Seen()


class Ending(NamedTuple):
    """How a scenario ended; `reason` says why it was skipped."""

    status: Status
    steps: Sequence[StepResult]
    failure: Failure | None = None
    reason: str | None = None


def result_of_task(task: Task, results: Path, ending: Ending, seen: Seen = NOTHING_SEEN) -> ScenarioResult:
    """The result of a scenario that ended so."""
    scenario = task.scenario
    return ScenarioResult(
        identity=task.identity,
        name=presentable(scenario.name),
        keyword=scenario.keyword,
        location=str(scenario.location),
        feature=presentable(scenario.feature.name),
        tags=task.tags,
        own_tags=tuple(map(str, scenario.tags)),
        description=presentable("\n".join(scenario.description)),
        parameters=tuple((presentable(heading), presentable_cell(heading, cell)) for heading, cell in row_of(scenario)),
        weight=task.weight,
        status=ending.status,
        quarantine=task.quarantine,
        reason=presentable(ending.reason) if ending.reason else None,
        failure=redacted(ending.failure),
        seconds=sum(step.seconds for step in ending.steps),
        wall_seconds=seen.wall_seconds,
        started_at=time.time() - seen.wall_seconds if seen.started_at is None else seen.started_at,
        order=task.order,
        worker=task.worker,
        over_budget=task.over_budget,
        died=presentable(task.died),
        attempts=1 + len(task.failed_attempts),
        failed_attempts=tuple(task.failed_attempts),
        evidence=evidence_in(task.evidence, results),
        captured=seen.captured,
        output=presentable(seen.output),
        attachments=tuple(seen.attachments),
        told_allure=seen.told_allure,
        steps=tuple(ending.steps),
    )


def result_not_begun(task: Task, reason: str, results: Path) -> ScenarioResult:
    """A scenario that is not to begin any more."""
    steps = [step_result(step, status=Status.SKIPPED) for step in task.scenario.all_steps]
    return result_of_task(task, results, Ending(Status.SKIPPED, steps, reason=f"not run: {reason}"))


def result_of_failure(task: Task, status: Status, why: str, results: Path) -> ScenarioResult:
    """A scenario that failed, in the step that ran if one did, for a reason of the runner's own."""
    failure = redacted(failure_told([why], RUNNER_ERROR))
    steps, under_way = list(task.steps_done), task.step_under_way
    unrun = [step_result(step, status=Status.SKIPPED) for step in list(task.scenario.all_steps)[len(steps) :]]
    if under_way is not None:
        error = failure.message if failure else None
        unrun[0] = replace(unrun[0], status=Status.ERROR, error=error, started_at=time.time(), failure=failure)
    steps += unrun
    seconds = time.monotonic() - task.began_at if task.began_at else 0.0
    own = None if under_way is not None else failure
    return result_of_task(task, results, Ending(status, steps, own), Seen(seconds))


def result_around(point: ForkPoint, problem: str) -> ScenarioResult:
    """Stands for what went wrong in the hooks and cleanups around scenarios."""
    feature: Feature | None = point.containers[0] if point.containers else None
    name = f"around {point}"
    file = feature.filename if feature is not None else THE_RUN
    return ScenarioResult(
        identity=Identity(file, name),
        name=presentable(name),
        keyword="Scenario",
        location=f"{file}:{feature.line if feature is not None else 0}",
        feature=presentable(feature.name) if feature is not None else "The run",
        tags=(),
        own_tags=(),
        description="",
        parameters=(),
        weight=Weight.BLOCKS,
        status=Status.HOOK_ERROR,
        failure=redacted(failure_told([problem], RUNNER_ERROR)),
        started_at=time.time(),
        around=True,
    )
