"""What a run comes to: what blocks, what warns, what informs, and the exit code."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from support.results.exit_codes import ExitCode
from support.results.scenario_result import ScenarioResult, Weight, failure_weight
from support.runner.execution import RunOutcome


@dataclass
class Verdict:
    """The counts by status, what failed by its weight, and the exit code."""

    counts: Counter[str]
    failed: dict[Weight, list[ScenarioResult]]
    around: list[ScenarioResult] = field(default_factory=list)
    """What went wrong in hooks and cleanups around scenarios; always blocks."""
    exit_code: ExitCode = ExitCode.PASSED


class Share(StrEnum):
    """How much of what counts a run has: it decides whether nothing passed is a failure."""

    WHOLE = "whole"
    SHARD = "shard"
    """`ringmaster merge` judges the whole."""
    RERUN = "rerun"
    """What passed did so in the run before."""


def judge(outcome: RunOutcome, share: Share = Share.WHOLE) -> Verdict:
    """The verdict on a run that came to its end."""
    failed: dict[Weight, list[ScenarioResult]] = {weight: [] for weight in Weight}
    for result in outcome.results:
        if (weight := failure_weight(result)) is not None:
            failed[weight].append(result)
    counts = Counter(str(result.status) for result in (*outcome.results, *outcome.around))
    verdict = Verdict(counts, failed, outcome.around)
    verdict.exit_code = _exit_code(verdict, outcome, share)
    return verdict


def _exit_code(verdict: Verdict, outcome: RunOutcome, share: Share) -> ExitCode:
    blocking = verdict.failed[Weight.BLOCKS]
    if outcome.deaths or outcome.platform_failed:
        return ExitCode.PLATFORM_FAILED
    if verdict.around or outcome.aborted or any(not result.over_budget for result in blocking):
        return ExitCode.FAILED
    if blocking or outcome.used_up:
        return ExitCode.OVER_BUDGET
    # nothing but skips, or nothing at all, is not a pass; neither is it where the same was red before
    ran_again = share is Share.RERUN and any(verdict.failed.values())
    return ExitCode.PASSED if verdict.counts["passed"] or ran_again or share is Share.SHARD else ExitCode.FAILED
