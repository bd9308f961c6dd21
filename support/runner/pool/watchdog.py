"""Budgets of time, and what is done when one is used up: the step is interrupted, and where that does not help its worker is killed."""

import contextlib
import signal
import time
from collections.abc import Iterator
from types import FrameType

from support.runner.planning.budgets import Budgets
from support.runner.planning.plan import Task
from support.runner.workers.interrupts import OVER_BUDGET, BudgetExceeded
from support.runner.workers.process_tree import ProcessHandle

GRACE_SECONDS = 10.0
"""For the hooks and cleanups of a scenario that was interrupted, and for those around scenarios once the run is to end."""


class Watchdog:
    """Knows when the next budget is used up, and interrupts what used it up."""

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets
        self._began = time.monotonic()
        self._rings_began: dict[str, float] = {}
        self._stopped_at: float | None = None
        self.used_up: dict[str, str] = {}
        """Rings, and `run`, whose budget is used up, with a sentence about it."""

    def begins(self, task: Task) -> None:
        """A scenario begins, and perhaps the first one of its ring."""
        if task.ring:
            self._rings_began.setdefault(task.ring, time.monotonic())

    def deadlines(self, handles: list[ProcessHandle]) -> list[float]:
        """The moments at which to look again at these processes."""
        found = [moment for handle in handles for moment, _ in self._of(handle)]
        found += [handle.kill_at for handle in handles if handle.kill_at is not None]
        found += [moment for handle in handles if (moment := self._has_to_be_idle_at(handle)) is not None]
        return found + [moment for name, moment, _ in self._of_many() if name not in self.used_up]

    def look(self, handles: list[ProcessHandle]) -> None:
        """Interrupt and kill what is due of these processes."""
        now = time.monotonic()
        for name, moment, text in self._of_many():
            if moment <= now and name not in self.used_up:
                self.used_up[name] = text
        for handle in handles:
            if handle.kill_at is not None and handle.kill_at <= now:
                self._kill(handle)
            reason = self._reason(handle, now)
            if reason and handle.pid is not None and handle.kill_at is None:
                self._interrupt(handle, reason, now)

    @property
    def grace(self) -> float:
        """Seconds that something interrupted may take to end."""
        return GRACE_SECONDS * self._budgets.factor

    def stop(self, handles: list[ProcessHandle]) -> None:
        """Interrupt every scenario that runs, and every hook and cleanup around scenarios, since the run is to end."""
        self._stopped_at = time.monotonic()
        for handle in handles:
            handle.signal(signal.SIGINT)
            if (handle.task is not None or handle.busy_since is not None) and handle.kill_at is None:
                handle.kill_at = time.monotonic() + self.grace
            elif handle.left:
                # an idle worker runs them now, without being asked
                handle.is_busy()

    @contextlib.contextmanager
    def interrupting(self) -> Iterator[None]:
        """A hook runs in this process: interrupt it once the run's budget is used up; one that begins after that has its grace."""
        if not self._budgets.run:
            yield
            return

        def exceeded(_number: int, _frame: FrameType | None) -> None:
            raise BudgetExceeded(self._run_is_used_up)

        left = self._began + self._budgets.run - time.monotonic()
        before = signal.signal(signal.SIGALRM, exceeded)
        signal.setitimer(signal.ITIMER_REAL, left if left > 0 else self.grace, self.grace)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def reason_not_to_begin(self, task: Task) -> str | None:
        """Why a scenario shall not begin any more."""
        return self.used_up.get("run") or self.used_up.get(task.ring or "")

    @property
    def _run_is_used_up(self) -> str:
        return f"the run's budget of {self._budgets.run:g} s is used up"

    def _reason(self, handle: ProcessHandle, now: float) -> str | None:
        """Why a process is to be interrupted now."""
        due = self._has_to_be_idle_at(handle)
        if due is not None and due <= now:
            return self.used_up.get("run", "the run was stopped")
        if handle.task is None or not handle.task.begun:
            return None
        return next((text for moment, text in self._of(handle) if moment <= now), self.reason_not_to_begin(handle.task))

    def _has_to_be_idle_at(self, handle: ProcessHandle) -> float | None:
        """Until when its hooks and cleanups around scenarios may take, where the run is to end."""
        budget = self._began + self._budgets.run if self._budgets.run and "run" in self.used_up else None
        ends = [moment for moment in (budget, self._stopped_at) if moment is not None]
        if not ends or handle.busy_since is None or handle.kill_at is not None:
            return None
        return max(min(ends), handle.busy_since) + self.grace

    def _interrupt(self, handle: ProcessHandle, reason: str, now: float) -> None:
        handle.kill_at = now + self.grace
        if handle.task is not None:
            handle.task.over_budget = reason
        if handle.is_worker:
            handle.send("budget", reason)
        handle.signal(OVER_BUDGET)

    def _of(self, worker: ProcessHandle) -> list[tuple[float, str]]:
        task = worker.task
        if task is None or not task.begun or worker.kill_at is not None:
            return []
        found = []
        seconds = task.budget * self._budgets.factor if task.budget else self._budgets.scenario
        if seconds:
            found.append((task.began_at + seconds, f"the scenario's budget of {seconds:g} s is used up"))
        if self._budgets.step and task.steps_begun > len(task.steps_done):
            found.append((task.step_began_at + self._budgets.step, f"the step's budget of {self._budgets.step:g} s is used up"))
        return found

    def _of_many(self) -> list[tuple[str, float, str]]:
        found = [
            (ring, began + self._budgets.rings[ring], f"the budget of {ring}, {self._budgets.rings[ring]:g} s, is used up")
            for ring, began in self._rings_began.items()
            if ring in self._budgets.rings
        ]
        if self._budgets.run:
            found.append(("run", self._began + self._budgets.run, self._run_is_used_up))
        return found

    def _kill(self, handle: ProcessHandle) -> None:
        handle.kill_at = None
        if handle.task is not None:
            handle.task.died = f"it did not react to being interrupted within {self.grace:g} s and was killed"
        handle.kill()
