"""Which scenario may begin next beside those that run."""

from collections import Counter
from collections.abc import Callable, Sequence

from support.runner.exclusion import NONE
from support.runner.planning.plan import ForkPoint, Task

LOOKED_AT = 200
"""How far to look for a scenario that fits a worker better than the next one would."""


class TaskQueue:
    """The scenarios that wait, in the order to start them, and what those that run claim for themselves."""

    def __init__(self, ordered: Sequence[Task]) -> None:
        self._waiting = list(reversed(ordered))
        self._running: set[Task] = set()
        self._claiming: set[Task] = set()
        """Those that run and claim something."""
        self._left: Counter[ForkPoint] = Counter()
        for task in ordered:
            self._count(task, 1)

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def running(self) -> set[Task]:
        """The scenarios that were taken and are not done."""
        return self._running

    def peek(self, fork_point: ForkPoint | None = None) -> Task | None:
        """The next scenario that may begin now; one of the given fork_point before others."""
        if any(task.exclusion.alone for task in self._claiming):
            return None
        first = None
        for looked, task in enumerate(reversed(self._waiting)):
            if first is not None and (fork_point is None or not fork_point.containers or looked > LOOKED_AT):
                break
            if self._may_begin(task):
                if task.fork_point is fork_point:
                    return task
                first = first or task
        return first

    def take(self, task: Task) -> None:
        """The scenario begins."""
        if self._waiting[-1] is task:
            self._waiting.pop()
        else:
            self._waiting.remove(task)
        self._running.add(task)
        if task.exclusion is not NONE:
            self._claiming.add(task)

    def put_back(self, task: Task) -> None:
        """The scenario did not begin after all, and is the next again."""
        self._running.discard(task)
        self._claiming.discard(task)
        self._waiting.append(task)

    def done(self, task: Task) -> None:
        """The scenario is over."""
        self._running.discard(task)
        self._claiming.discard(task)
        self._count(task, -1)

    def drop(self, which: Callable[[Task], bool]) -> list[Task]:
        """Take out of the queue what shall not run any more."""
        dropped = [task for task in reversed(self._waiting) if which(task)]
        if dropped:
            gone = set(dropped)
            self._waiting = [task for task in self._waiting if task not in gone]
            for task in dropped:
                self._count(task, -1)
        return dropped

    def left_in(self, fork_point: ForkPoint) -> int:
        """How many scenarios of a fork_point, and of what is within it, are not done."""
        return self._left[fork_point]

    def _may_begin(self, task: Task) -> bool:
        beside = self._claiming if task.exclusion is NONE else self._running
        return all(task.exclusion.allow(other.exclusion) for other in beside)

    def _count(self, task: Task, number: int) -> None:
        fork_point: ForkPoint | None = task.fork_point
        while fork_point is not None:
            self._left[fork_point] += number
            fork_point = fork_point.parent
