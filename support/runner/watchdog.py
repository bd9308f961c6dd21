"""Budgets of time, and what is done when one is used up: the step is interrupted, and where that does not help its worker is killed."""

import signal
import time

from support.runner.budgets import Budgets
from support.runner.interrupts import OVER_BUDGET
from support.runner.plan import Task
from support.runner.process_tree import ProcessHandle

GRACE_SECONDS = 10.0
"""For the hooks and cleanups of a scenario that was interrupted."""


class Watchdog:
    """Knows when the next budget is used up, and interrupts what used it up."""

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets
        self._began = time.monotonic()
        self._rings_began: dict[str, float] = {}
        self.used_up: dict[str, str] = {}
        """Rings, and `run`, whose budget is used up, with a sentence about it."""

    def begins(self, task: Task) -> None:
        """A scenario begins, and perhaps the first one of its ring."""
        if task.ring:
            self._rings_began.setdefault(task.ring, time.monotonic())

    def deadlines(self, workers: list[ProcessHandle]) -> list[float]:
        """The moments at which to look again."""
        found = [moment for worker in workers for moment, _ in self._of(worker)]
        found += [worker.kill_at for worker in workers if worker.kill_at is not None]
        return found + [moment for name, moment, _ in self._of_many() if name not in self.used_up]

    def look(self, workers: list[ProcessHandle]) -> None:
        """Interrupt and kill what is due."""
        now = time.monotonic()
        for name, moment, text in self._of_many():
            if moment <= now and name not in self.used_up:
                self.used_up[name] = text
        for worker in workers:
            if worker.kill_at is not None and worker.kill_at <= now:
                self._kill(worker)
            reason = self._reason(worker, now)
            if reason and worker.task is not None and worker.pid is not None and worker.kill_at is None:
                worker.kill_at = now + self.grace
                worker.task.over_budget = reason
                worker.send("budget", reason)
                worker.signal(OVER_BUDGET)

    @property
    def grace(self) -> float:
        """Seconds that something interrupted may take to end."""
        return GRACE_SECONDS * self._budgets.factor

    def stop(self, workers: list[ProcessHandle]) -> None:
        """Interrupt every scenario that runs, since the run is to end."""
        for worker in workers:
            worker.signal(signal.SIGINT)
            if worker.task is not None and worker.kill_at is None:
                worker.kill_at = time.monotonic() + self.grace

    def reason_not_to_begin(self, task: Task) -> str | None:
        """Why a scenario shall not begin any more."""
        return self.used_up.get("run") or self.used_up.get(task.ring or "")

    def _reason(self, worker: ProcessHandle, now: float) -> str | None:
        if worker.task is None or not worker.task.begun:
            return None
        return next((text for moment, text in self._of(worker) if moment <= now), self.reason_not_to_begin(worker.task))

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
            found.append(("run", self._began + self._budgets.run, f"the run's budget of {self._budgets.run:g} s is used up"))
        return found

    def _kill(self, worker: ProcessHandle) -> None:
        worker.kill_at = None
        if worker.task is not None:
            worker.task.died = f"it did not react to being interrupted within {self.grace:g} s and was killed"
        worker.kill()
