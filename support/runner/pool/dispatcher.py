"""Gives the workers of a pass something to do, makes new ones and lets go of those that are done."""

from collections.abc import Callable, Iterable
from pathlib import Path

from support.results.scenario_result import ScenarioResult
from support.runner.planning.plan import ForkPoint, RunPlan, Task
from support.runner.pool.task_queue import TaskQueue
from support.runner.workers.process_tree import ProcessHandle, ProcessTree
from support.runner.workers.task_results import result_not_begun

AHEAD_AFTER = 10
MOST_AHEAD = 16
SECONDS_AHEAD = 0.05
LARGEST_JOURNAL = 4 << 20


class Dispatcher:
    """Which worker runs what, and when."""

    def __init__(self, plan: RunPlan, ordered: list[Task], size: int, tree: ProcessTree, results: Path) -> None:
        """`results` is the folder of the run's results."""
        self._plan = plan
        self._size = size
        self._tree = tree
        self._results = results
        self._given = 0
        self._seconds = 0.0
        self._ended = 0
        self._begin_no_more = ""
        self.queue = TaskQueue(ordered)
        self.fail_fast: Callable[[Task], bool] = lambda _task: False

    @property
    def running(self) -> list[Task]:
        """The scenarios that run now."""
        return [worker.task for worker in self._tree.workers if worker.task is not None]

    def dispatch(self) -> None:
        """Give out what can begin now, and close what nobody needs any more."""
        while self._begin_one():
            pass
        self._close_what_is_done()

    def drop_waiting(self, reason: str) -> None:
        """Begin no further scenario; those that run go on."""
        self._begin_no_more = reason
        self.leave_out(self.queue.drop(lambda _task: True), reason)

    def leave_out(self, tasks: Iterable[Task], reason: str) -> None:
        """Report scenarios as skipped, since they are not to begin."""
        for task in tasks:
            task.result = result_not_begun(task, reason, self._results)
            task.begun = True

    def finish(self, worker: ProcessHandle, task: Task, result: ScenarioResult) -> None:
        """A worker's scenario is over."""
        task.result = result
        worker.given.popleft()
        worker.kill_at = None
        self._seconds += result.wall_seconds
        self._ended += 1
        self.queue.done(task)
        if self.fail_fast(task):
            self.drop_waiting(f"--fail-fast, since '{task.scenario.name}' failed")

    def take_back(self, worker: ProcessHandle) -> None:
        """What a worker that is gone has not begun is the next again."""
        for task in reversed(worker.given):
            self.queue.put_back(task)
        worker.given.clear()
        if self._begin_no_more:
            self.drop_waiting(self._begin_no_more)

    def _begin_one(self) -> bool:
        """Give one worker something to do; returns whether that was possible."""
        if not self.queue or (self._size == 1 and any(host.told_to_end and not host.closed for host in self._tree.hosts.values())):
            return False
        for worker in self._tree.workers:
            if worker.task is None and not worker.told_to_end:
                task = self.queue.peek(worker.fork_point)
                if task is None:
                    return False
                if task.fork_point is worker.fork_point:
                    self._give(worker, task)
                else:
                    self._tell_to_end(worker)
                return True
        return self._begin_with_new_worker() or self._give_ahead()

    def _begin_with_new_worker(self) -> bool:
        at_work = [worker.number for worker in self._tree.workers if not worker.rests]
        if len(at_work) < self._size and (task := self.queue.peek()) is not None:
            numbers = set(range(1, self._size + 1)) - set(at_work)
            self._give(self._tree.new_worker(task.fork_point, min(numbers)), task)
            return True
        return False

    def _give_ahead(self) -> bool:
        """Give a worker a scenario to run after its present one, where all are so short that asking for each would take longer."""
        for worker in self._tree.workers:
            if worker.given and not worker.told_to_end and worker.kill_at is None and len(worker.given) < self._ahead(worker):
                task = self.queue.peek(worker.fork_point)
                if task is not None and task.fork_point is worker.fork_point and not task.exclusion.restricts:
                    self._give(worker, task)
                    return True
        return False

    def _ahead(self, worker: ProcessHandle) -> int:
        if self._ended < AHEAD_AFTER or worker.written > LARGEST_JOURNAL:
            return 1
        usual = max(self._seconds / self._ended, 1e-4)
        # no more than its share of what is left, so that all end together
        return min(int(SECONDS_AHEAD / usual), MOST_AHEAD, 1 + len(self.queue) // (2 * self._size))

    def _give(self, worker: ProcessHandle, task: Task) -> None:
        self.queue.take(task)
        if not worker.given:
            worker.begin_anew()
        worker.given.append(task)
        self._given += 1
        task.order = self._given
        worker.send("run", task.index, self._given)

    def _tell_to_end(self, worker: ProcessHandle) -> None:
        worker.told_to_end = True
        if not worker.left:
            worker.send("stop")

    def _close_what_is_done(self) -> None:
        for point, host in list(self._tree.hosts.items()):
            if host.told_to_end or not (host.ready or host.failed) or self.queue.left_in(point):
                continue
            inside = [worker for worker in self._tree.workers_in(point) if not worker.rests]
            for worker in inside:
                if worker.task is None and not worker.told_to_end:
                    self._tell_to_end(worker)
            inside = [worker for worker in inside if not worker.rests]
            # what was left for a rule comes before the hooks that end its feature
            deeper = any(depth > len(point.containers) for worker in self._tree.workers_in(point) for _, depth in worker.left)
            open_hosts = [other for other, its in self._tree.hosts.items() if other is not point and not its.closed]
            if not inside and not deeper and not any(other.is_within(point) for other in open_hosts):
                host.told_to_end = True
                host.is_busy()
                host.send("close", self._statuses_in(point))

    def _statuses_in(self, point: ForkPoint) -> list[tuple[int, str]]:
        """For the hooks that come after: how the scenarios ended."""
        if not point.containers:
            return []
        return [(task.index, task.result.status.value) for task in self._plan.tasks if task.result and task.fork_point.is_within(point)]
