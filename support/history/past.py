"""What the history tells: runs, and how each scenario ended in them. Times are unix times, durations seconds, rates shares from 0 to 1."""

from collections.abc import Mapping, Sequence
from itertools import pairwise, takewhile
from typing import NamedTuple

from support.frozen import Frozen
from support.results.scenario_result import Status

NOT_RUN = (Status.SKIPPED, Status.UNTESTED)
"""They say nothing about a scenario."""


class PastRun(Frozen):
    """One run, and how many of its scenarios ended how."""

    run: str
    started_at: float
    substrate: str
    sabotage: str | None
    shard: str | None
    workers: int
    exit_code: int | None
    """None where only the flake ledger of old knew of it; then its durations are 0."""
    ready_seconds: float
    step_seconds: float
    hook_seconds: float
    wall_seconds: float
    passed: int
    flaky: int
    """Those of the passed that needed a second attempt."""
    failed: int
    skipped: int
    untested: int

    @property
    def pass_rate(self) -> float | None:
        """Of those that ran; None when none did."""
        ran = self.passed + self.failed
        return self.passed / ran if ran else None

    @property
    def flaky_rate(self) -> float | None:
        """Of those that ran; None when none did."""
        ran = self.passed + self.failed
        return self.flaky / ran if ran else None


class PastOutcome(NamedTuple):
    """How one scenario ended in one run; with `--repeat`, a run has several of one scenario."""

    run: str
    started_at: float
    status: Status
    attempts: int = 1
    seconds: float | None = None
    """None where nobody wrote it down."""
    reason: str | None = None
    """Why it failed or was skipped, in one line."""

    @property
    def green(self) -> bool:
        """It passed at once."""
        return self.status is Status.PASSED and self.attempts == 1

    @property
    def flaky(self) -> bool:
        """It passed, but only after a failed attempt."""
        return self.status is Status.PASSED and self.attempts > 1


class FailingSince(Frozen):
    """Since when a scenario fails without having passed in between: the first of these runs, and how many there are."""

    run: str
    started_at: float
    runs: int
    last_green: str | None
    """The run before, in which it passed for the last time; None when it never did."""


class Reliability(Frozen):
    """One scenario over the runs it was run in.

    A run is flaky when it passed only after a failed attempt; `consecutive_greens` counts the newest runs that passed at once.
    """

    scenario: str
    runs: int
    pass_rate: float
    flaky_rate: float
    retry_rate: float
    consecutive_greens: int
    changes: int
    """How often a failed run followed a passed one or the other way round."""


def reliability(outcomes: Mapping[str, Sequence[PastOutcome]]) -> list[Reliability]:
    """What the outcomes of each scenario, oldest first, say of it; the least reliable first."""
    ran = {scenario: [one for one in its if one.status not in NOT_RUN] for scenario, its in outcomes.items()}
    found = [_reliability(scenario, its) for scenario, its in ran.items() if its]
    return sorted(found, key=lambda one: (one.pass_rate - one.flaky_rate, -one.changes, one.scenario))


def failing_since(outcomes: Sequence[PastOutcome]) -> FailingSince | None:
    """Since when the scenario with these outcomes, oldest first, fails; None when it passed the last time that it ran."""
    newest_first = [one for one in reversed(outcomes) if one.status not in NOT_RUN]
    failed = list(takewhile(lambda one: one.status is not Status.PASSED, newest_first))
    if not failed:
        return None
    before = newest_first[len(failed)].run if len(newest_first) > len(failed) else None
    return FailingSince(failed[-1].run, failed[-1].started_at, len({one.run for one in failed}), before)


def _reliability(scenario: str, outcomes: Sequence[PastOutcome]) -> Reliability:
    passed = [one.status is Status.PASSED for one in outcomes]
    count = len(outcomes)
    return Reliability(
        scenario=scenario,
        runs=count,
        pass_rate=sum(passed) / count,
        flaky_rate=sum(one.flaky for one in outcomes) / count,
        retry_rate=sum(one.attempts > 1 for one in outcomes) / count,
        consecutive_greens=sum(1 for _ in takewhile(lambda one: one.green, reversed(outcomes))),
        changes=sum(one != other for one, other in pairwise(passed)),
    )
