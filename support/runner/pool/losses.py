"""What is lost with a process that ended: its scenario, or all of a feature's, and nothing else."""

import signal
from pathlib import Path
from typing import Protocol

from support.results.scenario_result import Status
from support.results.texts import presentable
from support.runner.planning.plan import ForkPoint, Task
from support.runner.pool.dispatcher import Dispatcher
from support.runner.pool.incidents import RunIncidents
from support.runner.workers.process_tree import ProcessHandle, ProcessTree
from support.runner.workers.task_results import result_of_failure


class CleanUpAfter(Protocol):
    """Ends what a killed worker had started on the platform, and repairs what it broke; see `Substrate.clean_up_after`."""

    def __call__(self, process: int, *, alone: bool) -> list[str]:
        """Return what was repaired, and what could not be."""
        ...


def nothing_to_clean_up(process: int, *, alone: bool) -> list[str]:
    """Where there is no platform."""
    return []


class Losses:
    """Hears of the end of every process."""

    def __init__(self, dispatcher: Dispatcher, incidents: RunIncidents, tree: ProcessTree, results: Path) -> None:
        self._dispatcher = dispatcher
        self._incidents = incidents
        self._tree = tree
        self._results = results
        self.clean_up_after: CleanUpAfter = nothing_to_clean_up
        self.run_is_over = False
        """The process that all others come from has ended."""

    def ended(self, handle: ProcessHandle, exit_code: int) -> None:
        """A process has ended, after all it said."""
        how = f"signal {-exit_code} ({_signal_name(-exit_code)})" if exit_code < 0 else f"exit code {exit_code}"
        if handle.is_worker:
            self._worker_ended(handle, how)
        elif handle.host is None:
            self.run_is_over = True
            if not handle.told_to_end:
                self.fail_all_in(handle.fork_point, f"the process that all others come from ended with {how}\n{handle.output.take()}")
        elif not handle.told_to_end:
            self.fail_all_in(handle.fork_point, f"the process of {handle.fork_point} ended with {how}\n{handle.output.take()}")
        elif not handle.closed:
            problem = f"the process of {handle.fork_point} ended with {how}, before its last hooks and cleanups were over"
            self._incidents.note(handle.fork_point, [problem], presentable(handle.output.take()))

    def fail_all_in(self, point: ForkPoint, why: str) -> None:
        """Nothing of a fork point can run."""
        for worker in self._tree.workers_in(point):
            while (task := worker.task) is not None:
                self._fail(worker, task, Status.HOOK_ERROR, why)
            # it was never forked, so nobody will report its end
            self._tree.forget(worker)
        for task in self._dispatcher.queue.drop(lambda task: task.fork_point.is_within(point)):
            task.result = result_of_failure(task, Status.HOOK_ERROR, why, self._results)
            task.begun = True

    def stop_at_once(self) -> None:
        """Everything was killed."""
        for worker in self._tree.workers:
            while (task := worker.task) is not None:
                task.interrupted = True
                self._fail(worker, task, Status.ERROR, "the run was stopped at once")

    def _worker_ended(self, worker: ProcessHandle, how: str) -> None:
        repaired = []
        if not worker.said_good_bye and worker.pid is not None:
            # before anything else begins, which would find the platform as the worker left it
            repaired = self.clean_up_after(worker.pid, alone=self._is_culprit(worker))
        if worker.task is not None:
            # one that was to run next has lost nothing; but what ends every worker at its very beginning must not go on for ever
            if worker.task.begun or not worker.said_good_bye:
                self._lost(worker, worker.task, how, repaired)
            self._dispatcher.take_back(worker)
        elif not worker.said_good_bye:
            problems = [f"a worker ended between two scenarios, with {how}"] if worker.told_to_end or worker.left else []
            output = worker.output.take() + "".join(f"{line}\n" for line in repaired)
            self._incidents.note(worker.fork_point, problems, presentable(output))

    def _is_culprit(self, worker: ProcessHandle) -> bool:
        """Whether what is wrong with the shared services can only be this worker's doing."""
        return self._dispatcher.queue.running <= set(worker.given) or any(task.exclusion.disturbs for task in worker.given)

    def _lost(self, worker: ProcessHandle, task: Task, how: str, repaired: list[str]) -> None:
        self._incidents.workers_lost += 1
        step = task.step_under_way
        where = f"in the step '{step.keyword} {step.name}'" if step is not None else "outside of its steps"
        said = worker.output.take()
        why = task.died or f"its worker ended with {how}"
        task.died = text = f"{where}: {why}"
        if task.over_budget:
            text = f"{task.over_budget}, {text}"
        text += "".join(f"\nAfter it: {line}" for line in repaired)
        self._fail(worker, task, Status.ERROR, text + (f"\nWhat the worker wrote last:\n{said}" if said else ""))

    def _fail(self, worker: ProcessHandle, task: Task, status: Status, why: str) -> None:
        task.begun = True
        self._dispatcher.finish(worker, task, result_of_failure(task, status, why, self._results))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
