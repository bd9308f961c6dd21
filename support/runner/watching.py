"""Tells a follower how a pass goes on: what runs, what it waits for, and what ended."""

import time
from collections.abc import Sequence

from support.results.reporting import Follower, UnderWay
from support.results.texts import presentable
from support.runner.behave_adapter.model import heading_of
from support.runner.planning.plan import RunPlan, Task

BETWEEN_LOOKS_SECONDS = 0.2


class Watching:
    """The watching of one pass; without a follower it does nothing."""

    def __init__(self, plan: RunPlan, follower: Follower | None) -> None:
        self._follower = follower
        self._last = 0.0
        self._left = list(plan.tasks)
        """Tasks that the follower does not know to have ended."""
        if follower is not None:
            follower.pass_begins(len(plan.tasks), [heading_of(feature) for feature in plan.features])

    def look(self, running: Sequence[Task], *, at_once: bool = False) -> None:
        """Tell how things stand, unless that was told a moment ago."""
        if self._follower is None or (time.monotonic() - self._last < BETWEEN_LOOKS_SECONDS and not at_once):
            return
        self._last = time.monotonic()
        ended = [task.result for task in self._left if task.result is not None]
        if ended:
            self._left = [task for task in self._left if task.result is None]
        self._follower.goes_on([_under_way(task) for task in running if task.begun and not task.ended], ended)


def _under_way(task: Task) -> UnderWay:
    step = task.step_under_way
    return UnderWay(
        identity=str(task.identity),
        name=presentable(task.scenario.name),
        location=str(task.scenario.location),
        since=round(time.time() - (time.monotonic() - task.began_at), 1),
        step=presentable(f"{step.keyword} {step.name}") if step is not None else "",
        waits_for=task.waits_for,
    )
