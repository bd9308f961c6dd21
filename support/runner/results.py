"""What a scenario and its steps came to, taken from behave's model in one process and put into the same model in another."""

import traceback
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from behave.capture import Captured
from behave.model import Scenario, Step
from behave.model_type import Status

Statement: TypeAlias = Scenario | Step


@dataclass(frozen=True)
class Failure:
    """Why something failed: the message, the error's type and text, its trace, and whether a hook was at fault."""

    message: str | None
    type_name: str
    text: str
    is_assertion: bool
    trace: str
    hook_failed: bool


@dataclass(frozen=True)
class StepResult:
    """How a step ended; `extras` are the attributes that hooks and reports put on it."""

    status: int
    seconds: float
    started_at: float
    failure: Failure | None = None
    captured: tuple[tuple[Any, ...], ...] = ()
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ScenarioResult:
    """How a scenario ended, its steps apart; `left` are the statuses of the steps that did not run."""

    status: int
    seconds: float
    left: tuple[int, ...]
    skip_reason: str | None
    failure: Failure | None
    captured: tuple[tuple[Any, ...], ...]
    output: str
    """What was printed outside of the steps, by hooks and by programs that steps started."""
    notes: tuple[str, ...]
    """What went wrong around the scenario, after it."""
    over_budget: str
    interrupted: bool
    told_to_allure: bool
    """Its Allure result is written already."""
    secrets: tuple[str, ...]
    """What the reports have to hide, learned while it ran."""
    deaths: tuple[str, ...]
    """Services of the platform that died meanwhile."""
    evidence: Path | None
    """The folder that the hooks kept the scenario's evidence in."""


class Replayed(Exception):
    """Stands for an error that was raised in another process; its class has that error's name."""


class ReplayedAssertion(Replayed, AssertionError):
    """The same for a failed assertion."""


NO_REASON = "no reason was given"
EXTRAS = ("parts", "attachments")


def result_of_step(step: Step, started_at: float) -> StepResult:
    """How a step ended."""
    extras = {name: value for name in EXTRAS if (value := getattr(step, name, None))}
    return StepResult(step.status.value, step.duration, started_at, failure_of(step), _captured(step), extras)


def put_step(step: Step, result: StepResult) -> None:
    """Make a step look as if it had run here."""
    step.status = Status(result.status)
    step.duration = result.seconds
    step.started_at = result.started_at
    for name, value in result.extras.items():
        setattr(step, name, value)
    _put(step, result.failure, result.captured)


def put_scenario(scenario: Scenario, result: ScenarioResult) -> None:
    """Make a scenario look as if it had run here; its steps that ran were put already."""
    steps = list(scenario.all_steps)
    for step, status in zip(steps[len(steps) - len(result.left) :], result.left, strict=True):
        step.status = Status(status)
    scenario.clear_status()
    scenario.should_skip = Status(result.status) is Status.skipped
    scenario.skip_reason = result.skip_reason or (NO_REASON if scenario.should_skip else None)
    scenario.wall_seconds = result.seconds
    scenario.evidence = result.evidence
    scenario.told_to_allure = result.told_to_allure
    _put(scenario, result.failure, result.captured)
    scenario.set_status(Status(result.status))


def put_failure(statement: Statement, status: Status, message: str, trace: str = "") -> None:
    """Make a scenario or step look failed for a reason of the runner's own."""
    _put(statement, Failure(message, "RunnerError", message, False, trace, status is Status.hook_error), ())
    if isinstance(statement, Scenario):
        statement.set_status(status)
    else:
        statement.status = status


def trace_of(statement: Statement) -> str:
    """The trace of a statement's error, wherever it was raised; empty without one."""
    trace: str = getattr(statement, "trace", "")
    error = statement.exception
    return trace or ("".join(traceback.format_exception(error)) if error is not None else "")


def failure_of(statement: Statement) -> Failure | None:
    """Why a statement failed, if it did."""
    error = statement.exception
    if error is None and not statement.error_message:
        return None
    message = statement.error_message
    if not message and statement.status is Status.hook_error:
        # behave forgets what a step's hook said
        message = f"HOOK-ERROR: {type(error).__name__}: {error}"
    hook_failed = bool(getattr(statement, "hook_failed", False))
    trace = "".join(traceback.format_exception(error)) if error is not None else ""
    return Failure(message, type(error).__name__, _text(error), isinstance(error, AssertionError), trace, hook_failed)


def _put(statement: Statement, failure: Failure | None, captured: tuple[tuple[Any, ...], ...]) -> None:
    for part in captured:
        statement.captured.add_captured(Captured(*part), use_merge=False)
    if failure is not None:
        statement.error_message = failure.message
        statement.hook_failed = failure.hook_failed
        statement.exception = _stand_in(failure.type_name, failure.is_assertion)(failure.text)
        statement.trace = failure.trace


@cache
def _stand_in(name: str, is_assertion: bool) -> type[Replayed]:
    return type(name, (ReplayedAssertion if is_assertion else Replayed,), {})


def _text(error: BaseException | None) -> str:
    try:
        return str(error)
    except Exception as problem:
        return f"(its text cannot be had: {type(problem).__name__})"


def _captured(statement: Statement) -> tuple[tuple[Any, ...], ...]:
    return tuple((part.stdout, part.stderr, part.log, part.name, part.failed) for part in statement.captured.captures)
