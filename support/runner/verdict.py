"""What a run comes to: what blocks, what warns, what informs; the exit code, the run's record and the closing lines."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from behave.model import Scenario
from behave.model_type import Status

from support.runner.execution import Outcome
from support.runner.exit_codes import ExitCode
from support.runner.plan import Task


class Weight(StrEnum):
    """What a failure does to a release, by the scenario's tag; without one it blocks."""

    BLOCKS = "blocks"
    WARNS = "warns"
    INFORMS = "informs"
    QUARANTINED = "quarantined"


BY_TAG = {"p0": Weight.BLOCKS, "p1": Weight.WARNS, "p2": Weight.INFORMS}


def weight_of(scenario: Scenario, *, strict: bool) -> Weight:
    """What a failure of this scenario does; when strict, every one blocks."""
    weights = [BY_TAG[tag] for tag in map(str, scenario.effective_tags) if tag in BY_TAG]
    # of several tags the gravest counts
    return Weight.BLOCKS if strict or not weights else min(weights, key=list(Weight).index)


def failure_weight(task: Task, *, strict: bool) -> Weight | None:
    """What this scenario's outcome does; None when it did not fail.

    Only what the platform did can be pardoned by a tag: a hook, a cleanup, a step that is undefined or pending, or a lost worker always
    blocks, since then nobody knows what the platform did.
    """
    status = task.scenario.status
    if not (status.has_failed() or status.is_untested()):
        return None
    unknown = status.is_hook_error() or status.is_untested() or task.died or any(_has_no_code(step.status) for step in task.steps)
    if unknown and not task.over_budget:
        return Weight.BLOCKS
    if task.quarantine is not None and not task.quarantine.is_over(date.today()):
        return Weight.QUARANTINED
    return weight_of(task.scenario, strict=strict)


def _has_no_code(status: Status) -> bool:
    return bool(status.is_undefined() or status is Status.pending)


@dataclass
class Verdict:
    """The counts by status, what failed by its weight, and the exit code."""

    counts: Counter[str]
    failed: dict[Weight, list[Task]]
    around: list[Scenario] = field(default_factory=list)
    """What went wrong in hooks and cleanups around scenarios; always blocks."""
    exit_code: ExitCode = ExitCode.PASSED


def judge(outcome: Outcome, *, strict: bool) -> Verdict:
    """The verdict on a run that came to its end."""
    failed: dict[Weight, list[Task]] = {weight: [] for weight in Weight}
    counts: Counter[str] = Counter()
    for task in outcome.tasks:
        counts[task.scenario.status.name] += 1
        if (weight := failure_weight(task, strict=strict)) is not None:
            failed[weight].append(task)
    for added in outcome.added:
        counts[added.status.name] += 1
    verdict = Verdict(counts, failed, outcome.added)
    verdict.exit_code = _exit_code(verdict, outcome)
    return verdict


def _exit_code(verdict: Verdict, outcome: Outcome) -> ExitCode:
    blocking = verdict.failed[Weight.BLOCKS]
    if outcome.deaths or outcome.platform_failed:
        return ExitCode.PLATFORM_FAILED
    if verdict.around or any(not task.over_budget for task in blocking):
        return ExitCode.FAILED
    if blocking or outcome.used_up:
        return ExitCode.OVER_BUDGET
    # nothing but skips, or nothing at all, is not a pass
    return ExitCode.PASSED if verdict.counts["passed"] else ExitCode.FAILED
