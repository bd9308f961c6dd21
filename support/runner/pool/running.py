"""Runs the plan's scenarios on workers, several at once, and keeps going whatever happens to one of them."""

import contextlib
import selectors
import time
from collections.abc import Callable, Iterator

from support.runner.planning.plan import ForkPoint, ForkRun, Task, layer_of
from support.runner.pool.dispatcher import Dispatcher
from support.runner.pool.incidents import RunIncidents
from support.runner.pool.intake import MessageIntake
from support.runner.pool.layers import Layers
from support.runner.pool.losses import CleanUpAfter, Losses, nothing_to_clean_up
from support.runner.pool.watchdog import Watchdog
from support.runner.workers.process_tree import ProcessTree, seconds_until

BETWEEN_LOOKS_SECONDS = 0.05
"""At the journals of the workers; they wake nobody up for a single step."""


class Pool:
    """The workers of one pass. Call `step` until it says that all is done."""

    def __init__(
        self, run: ForkRun, ordered: list[Task], size: int, watchdog: Watchdog, clean_up_after: CleanUpAfter = nothing_to_clean_up
    ) -> None:
        self._plan = run.plan
        self._watchdog = watchdog
        self._tree = ProcessTree(
            run,
            heard=lambda handle, message: self._intake.heard(handle, message),
            ended=lambda handle, code: self._losses.ended(handle, code),
        )
        self.incidents = RunIncidents()
        self._dispatcher = Dispatcher(run.plan, ordered, size, self._tree, run.results)
        self._losses = Losses(self._dispatcher, self.incidents, self._tree, run.results)
        self._losses.clean_up_after = clean_up_after
        self._layers = Layers(run.plan, self._tree, self.incidents)
        self._intake = MessageIntake(self._dispatcher, self.incidents, watchdog, self._losses.fail_all_in, self._layers)
        self._killed = False
        self._also: dict[int, Callable[[], None]] = {}

    @property
    def running(self) -> list[Task]:
        """The scenarios that run now."""
        return self._dispatcher.running

    @property
    def is_over(self) -> bool:
        """Whether nothing runs any more, and nothing will but what was left for the end of the run."""
        return self._killed or self._losses.run_is_over or self._layers.only_the_run_is_left

    def end_at_failure(self, is_one: Callable[[Task], bool]) -> None:
        """Begin nothing more once something has failed."""
        self._dispatcher.fail_fast = is_one

    @contextlib.contextmanager
    def hearing(self, descriptor: int, act: Callable[[], None]) -> Iterator[None]:
        """Meanwhile do this, too, when that descriptor can be read."""
        self._also[descriptor] = act
        self._tree.selector.register(descriptor, selectors.EVENT_READ)
        try:
            yield
        finally:
            self._tree.selector.unregister(descriptor)
            del self._also[descriptor]

    def begin(self) -> None:
        """Fork the first process; what it needs of this one has to be there."""
        if not self._dispatcher.queue:
            self._killed = True
            return
        self._tree.begin()
        self._dispatcher.dispatch()

    def step(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for something to happen and deal with it; returns whether the pass is over."""
        if self.is_over:
            return True
        wait = seconds_until([*self._watchdog.deadlines(self._tree.handles), time.monotonic() + min(timeout, BETWEEN_LOOKS_SECONDS)])
        self._tree.listen(wait, self._also)
        if self.is_over:
            return True
        self._tree.read_journals()
        self._watchdog.look(self._tree.handles)
        if self._watchdog.used_up:
            self._leave_out_what_is_too_late()
        self._dispatcher.dispatch()
        self._layers.clean_what_is_over()
        return self.is_over

    def drop_waiting(self, reason: str) -> None:
        """Begin no further scenario; those that run go on."""
        self._dispatcher.drop_waiting(reason)

    def stop(self) -> None:
        """Interrupt what runs and begin nothing more."""
        self.drop_waiting("the run was stopped")
        self._watchdog.stop(self._tree.handles)

    def fail_all(self, why: str) -> None:
        """Nothing can run."""
        self._losses.fail_all_in(self._plan.run, why)

    def kill(self) -> None:
        """End everything at once."""
        self._tree.kill_all()
        self._tree.read_journals()
        self._losses.stop_at_once()
        self._killed = True

    def end_run(self) -> list[str]:
        """Run what scenarios left for the end of the run; what went wrong."""
        before = len(self.incidents.problems)
        self._layers.clean_for_the_run()
        while not (self._killed or self._losses.run_is_over):
            self._tree.listen(seconds_until(self._watchdog.deadlines(self._tree.handles)), self._also)
            self._watchdog.look(self._tree.handles)
        problems = [problem for _, problem in self.incidents.problems[before:]]
        del self.incidents.problems[before:]
        return problems

    def close(self) -> None:
        """Let go of everything; kills what still runs."""
        if not (self._killed or self._losses.run_is_over):
            self._tree.kill_all()
        self._tree.close()

    def is_open(self, point: ForkPoint) -> bool:
        """Whether a fork point's hooks may still have something to report."""
        host = self._tree.hosts.get(point)
        return not self.is_over and ((host is not None and not host.closed) or self._dispatcher.queue.left_in(point) > 0)

    def has_cleanups_of(self, tasks: list[Task]) -> bool:
        """Whether these scenarios left something for the end of their feature, or of a rule in it, that was not run yet."""
        layers = {layer_of(task, depth) for task in tasks for depth in range(1, len(task.containers) + 1)}
        return not self.is_over and self._layers.are_open(layers)

    def _leave_out_what_is_too_late(self) -> None:
        for task in self._dispatcher.queue.drop(lambda task: self._watchdog.reason_not_to_begin(task) is not None):
            task.over_budget = str(self._watchdog.reason_not_to_begin(task))
            self._dispatcher.leave_out([task], task.over_budget)
