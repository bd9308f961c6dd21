"""Runs the plan's scenarios on workers, several at once, and keeps going whatever happens to one of them."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from behave.model_type import Status
from behave.runner import Runner

from support.redaction import learn_secret
from support.runner.attempts import make_fresh
from support.runner.plan import Home, Plan, Task
from support.runner.processes import Family, Handle, seconds_until
from support.runner.queue import TaskQueue
from support.runner.results import ScenarioResult, put_failure, put_scenario, put_step
from support.runner.watchdog import Watchdog
from support.runner.wire import Message

BETWEEN_LOOKS_SECONDS = 0.05
"""At the journals of the workers; they wake nobody up for a single step."""


AHEAD_AFTER = 10
MOST_AHEAD = 16
SECONDS_AHEAD = 0.05
LARGEST_JOURNAL = 4 << 20


class CleanUpAfter(Protocol):
    """Ends what a killed worker had started on the platform, and puts right what it broke; see `Substrate.clean_up_after`."""

    def __call__(self, process: int, *, alone: bool) -> list[str]:
        """Tells what was put right, and what could not be."""
        ...


def nothing_to_clean_up(process: int, *, alone: bool) -> list[str]:
    """Where there is no platform."""
    return []


@dataclass
class Aftermath:
    """What the reports need besides the scenarios: what went wrong around them."""

    problems: list[tuple[Home, str]] = field(default_factory=list)
    """In hooks and cleanups of features, rules and workers."""
    printed: list[tuple[Home, str]] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    hook_seconds: float = 0.0
    workers_lost: int = 0


class Pool:
    """The workers of one pass. Call `step` until it says that all is done."""

    def __init__(self, runner: Runner, plan: Plan, ordered: list[Task], size: int, watchdog: Watchdog) -> None:
        self._plan = plan
        self._size = size
        self._queue = TaskQueue(ordered)
        self._family = Family(runner, plan, self._heard, self._ended)
        self._watchdog = watchdog
        self._begun = 0
        self._finished = False
        self._begin_no_more = ""
        self._seconds = 0.0
        self._ended_count = 0
        self.fail_fast: Callable[[Task], bool] = lambda _task: False
        self.clean_up_after: CleanUpAfter = nothing_to_clean_up
        self.aftermath = Aftermath()
        self.also: dict[int, Callable[[], None]] = {}
        """Other descriptors to listen to, and what to do then."""

    @property
    def running(self) -> list[Task]:
        """The scenarios that run now."""
        return [worker.task for worker in self._family.workers if worker.task is not None]

    def begin(self) -> None:
        """Fork the first process; what it needs of this one has to be there."""
        if not self._queue:
            self._finished = True
            return
        self._family.begin()
        for descriptor in self.also:
            self._family.selector.register(descriptor, 1)
        self._dispatch()

    def step(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for something to happen and deal with it; tells whether the pass is over."""
        if self._finished:
            return True
        wait = seconds_until([*self._watchdog.deadlines(self._family.workers), time.monotonic() + min(timeout, BETWEEN_LOOKS_SECONDS)])
        self._family.listen(wait, self.also)
        if self._finished:
            return True
        self._family.read_journals()
        self._watchdog.look(self._family.workers)
        for task in self._queue.drop(lambda task: self._watchdog.reason_not_to_begin(task) is not None) if self._watchdog.used_up else ():
            self.leave_out(task, str(self._watchdog.reason_not_to_begin(task)), over_budget=True)
        self._dispatch()
        return self._finished

    def drop_waiting(self, reason: str) -> None:
        """Begin no further scenario; those that run go on."""
        self._begin_no_more = reason
        for task in self._queue.drop(lambda _task: True):
            self.leave_out(task, reason)

    def leave_out(self, task: Task, reason: str, *, over_budget: bool = False) -> None:
        """Report a scenario as skipped, since it is not to begin."""
        task.scenario.skip(None)
        task.scenario.skip_reason = f"not run: {reason}"
        if over_budget:
            task.over_budget = reason
        task.begun = task.ended = True

    def stop(self) -> None:
        """Interrupt what runs and begin nothing more."""
        self.drop_waiting("the run was stopped")
        self._watchdog.stop(self._family.workers)
        for host in self._family.hosts.values():
            host.signal(signal.SIGINT)

    def fail_all(self, why: str) -> None:
        """Nothing can run."""
        self._fail_home(self._plan.homes[0], why)

    def kill(self) -> None:
        """End everything at once."""
        self._family.kill_all()
        self._family.read_journals()
        for worker in self._family.workers:
            for task in worker.given:
                self._fail(task, Status.error, "the run was stopped at once")
                task.interrupted = task.ended = True
        self._finished = True

    def close(self) -> None:
        """Let go of everything; kills what still runs."""
        if not self._finished:
            self._family.kill_all()
        self._family.close()

    def is_open(self, home: Home) -> bool:
        """Whether a home's hooks may still have something to tell."""
        return not self._finished and (home in self._family.hosts or self._queue.left_in(home) > 0)

    def _dispatch(self) -> None:
        while self._begin_one():
            pass
        self._close_what_is_done()

    def _begin_one(self) -> bool:
        """Give one worker something to do; tells whether that was possible."""
        hosts = self._family.hosts.values()
        if not self._queue or (self._size == 1 and any(host.told_to_end for host in hosts)):
            return False
        for worker in self._family.workers:
            if worker.task is None and not worker.told_to_end:
                task = self._queue.peek(worker.home)
                if task is None:
                    return False
                if task.home is worker.home:
                    self._give(worker, task)
                else:
                    self._tell_to_end(worker)
                return True
        return self._begin_with_new_worker() or self._give_ahead()

    def _begin_with_new_worker(self) -> bool:
        if len(self._family.workers) < self._size and (task := self._queue.peek()) is not None:
            numbers = set(range(1, self._size + 1)) - {worker.number for worker in self._family.workers}
            self._give(self._family.new_worker(task.home, min(numbers)), task)
            return True
        return False

    def _give_ahead(self) -> bool:
        """Give a worker a scenario to run after its present one, where all are so short that asking for each would take longer."""
        for worker in self._family.workers:
            if worker.given and not worker.told_to_end and worker.kill_at is None and len(worker.given) < self._ahead(worker):
                task = self._queue.peek(worker.home)
                if task is not None and task.home is worker.home and not task.claims.restricts:
                    self._give(worker, task)
                    return True
        return False

    def _ahead(self, worker: Handle) -> int:
        if self._ended_count < AHEAD_AFTER or worker.told_so_far > LARGEST_JOURNAL:
            return 1
        usual = max(self._seconds / self._ended_count, 1e-4)
        # no more than its share of what is left, so that all end together
        return min(int(SECONDS_AHEAD / usual), MOST_AHEAD, 1 + len(self._queue) // (2 * self._size))

    def _give(self, worker: Handle, task: Task) -> None:
        self._queue.take(task)
        if not worker.given:
            worker.begin_anew()
        worker.given.append(task)
        worker.send("run", task.index)

    def _tell_to_end(self, worker: Handle) -> None:
        worker.told_to_end = True
        worker.send("stop")

    def _close_what_is_done(self) -> None:
        for home, host in list(self._family.hosts.items()):
            if host.told_to_end or not (host.ready or host.failed) or self._queue.left_in(home):
                continue
            inside = [worker for worker in self._family.workers if worker.home.is_within(home)]
            for worker in inside:
                if worker.task is None and not worker.told_to_end:
                    self._tell_to_end(worker)
            if not inside and not any(other.is_within(home) for other in self._family.hosts if other is not home):
                statuses = [(task.index, task.scenario.status.value) for task in self._plan.tasks if task.home.is_within(home)]
                host.told_to_end = True
                host.send("close", statuses if home.containers else [])

    def _heard(self, handle: Handle, message: Message) -> None:
        kind, *values = message
        if not handle.is_worker:
            self._heard_host(handle, kind, *values)
        elif kind == "bye":
            handle.said_good_bye = True
            self._note(handle.home, values[0], values[1])
        elif handle.task is not None:
            self._heard_worker(handle, handle.task, kind, *values)

    def _heard_worker(self, worker: Handle, task: Task, kind: str, value: Any) -> None:  # noqa: ANN401 - each kind has its own
        if kind == "step":
            task.steps_begun += 1
            task.step_began_at = value
        elif kind == "result":
            put_step(task.steps[task.steps_ended], value)
            task.steps_ended += 1
        elif kind == "begin":
            self._begun += 1
            task.order, task.worker, task.begun, task.began_at = self._begun, worker.number, True, value
            self._watchdog.begins(task)
        elif kind == "evidence":
            task.scenario.evidence = value
        elif kind == "again":
            self._again(task, *value)
        elif kind == "end":
            self._put(task, value)
            self._finish(worker, task)

    def _again(self, task: Task, result: ScenarioResult, failed: str, now: float) -> None:
        """The scenario is tried once more, as if it had not begun."""
        self._take_in(task, result)
        task.failed_attempts.append(failed)
        task.steps_begun = task.steps_ended = 0
        task.began_at = task.step_began_at = now
        make_fresh(task.scenario)
        task.scenario.failed_attempts = task.failed_attempts

    def _take_in(self, task: Task, result: ScenarioResult) -> None:
        for secret in result.secrets:
            learn_secret(secret)
        self.aftermath.deaths += result.deaths
        self._note(task.home if task.home.containers else Home(-1, task.containers), list(result.notes), "")

    def _put(self, task: Task, result: ScenarioResult) -> None:
        self._take_in(task, result)
        put_scenario(task.scenario, result)
        task.wall_seconds = result.seconds
        task.output = result.output
        task.over_budget = result.over_budget
        task.interrupted = result.interrupted

    def _finish(self, worker: Handle, task: Task) -> None:
        task.ended = True
        worker.given.popleft()
        worker.kill_at = None
        self._seconds += task.wall_seconds
        self._ended_count += 1
        self._queue.done(task)
        if self.fail_fast(task):
            self.drop_waiting(f"--fail-fast, since '{task.scenario.name}' failed")

    def _heard_host(self, host: Handle, kind: str, problems: list[str], output: str, seconds: float, deaths: tuple[str, ...]) -> None:
        self.aftermath.hook_seconds += seconds
        self.aftermath.deaths += deaths
        self._note(host.home, [] if kind == "before" else problems, output)
        if kind == "before":
            host.ready, host.failed = not problems, bool(problems)
            if problems:
                self._fail_home(host.home, "\n".join(problems))

    def _fail_home(self, home: Home, why: str) -> None:
        for worker in [worker for worker in self._family.workers if worker.home.is_within(home)]:
            while (task := worker.task) is not None:
                self._fail(task, Status.hook_error, why)
                self._finish(worker, task)
            # it was never forked, so nobody will tell of its end
            self._family.forget(worker)
        for task in self._queue.drop(lambda task: task.home.is_within(home)):
            self._fail(task, Status.hook_error, why)
            task.ended = True

    def _fail(self, task: Task, status: Status, why: str, trace: str = "") -> None:
        for step in task.steps[task.steps_ended :]:
            step.status = Status.skipped
        if task.steps_begun > task.steps_ended:
            put_failure(task.steps[task.steps_ended], Status.error, why, trace)
            task.steps_ended += 1
            task.scenario.clear_status()
            task.scenario.set_status(status)
        else:
            put_failure(task.scenario, status, why, trace)
        task.begun = True

    def _ended(self, handle: Handle, exit_code: int) -> None:
        how = f"signal {-exit_code} ({_signal_name(-exit_code)})" if exit_code < 0 else f"exit code {exit_code}"
        if handle.is_worker:
            self._worker_ended(handle, how)
        elif handle.host is None:
            self._finished = True
            if not handle.told_to_end:
                self._fail_home(handle.home, f"the process that all others come from ended with {how}\n{handle.output.take()}")
        elif not handle.told_to_end:
            self._fail_home(handle.home, f"the process of {handle.home} ended with {how}\n{handle.output.take()}")

    def _worker_ended(self, worker: Handle, how: str) -> None:
        mended = []
        if not worker.said_good_bye and worker.pid is not None:
            # before anything else begins, which would find the platform as the worker left it
            mended = self.clean_up_after(worker.pid, alone=self._is_culprit(worker))
        if worker.task is not None:
            self._lost_with_tasks(worker, how, mended)
        elif not worker.said_good_bye:
            problems = [f"a worker ended between two scenarios, with {how}"] if worker.told_to_end else []
            self._note(worker.home, problems, worker.output.take() + "".join(f"{line}\n" for line in mended))

    def _is_culprit(self, worker: Handle) -> bool:
        """Whether what is wrong with the shared services can only be this worker's doing."""
        return self._queue.running <= set(worker.given) or any(task.claims.disturbs for task in worker.given)

    def _lost_with_tasks(self, worker: Handle, how: str, mended: list[str]) -> None:
        # one that was to run next has lost nothing; but what ends every worker at its very beginning must not go on for ever
        if worker.task is not None and (worker.task.begun or not worker.said_good_bye):
            self._lost(worker, worker.task, how, mended)
        for task in reversed(worker.given):
            self._queue.put_back(task)
        worker.given.clear()
        if self._begin_no_more:
            self.drop_waiting(self._begin_no_more)

    def _lost(self, worker: Handle, task: Task, how: str, mended: list[str]) -> None:
        self.aftermath.workers_lost += 1
        step = task.current_step
        where = f"in the step '{step.keyword} {step.name}'" if step is not None else "outside of its steps"
        said = worker.output.take()
        why = task.died or f"its worker ended with {how}"
        text = f"{where}: {why}"
        task.died = text
        if task.over_budget:
            text = f"{task.over_budget}, {text}"
        text += "".join(f"\nAfter it: {line}" for line in mended)
        self._fail(task, Status.error, text + (f"\nWhat the worker wrote last:\n{said}" if said else ""))
        task.wall_seconds = time.monotonic() - task.began_at if task.began_at else 0.0
        self._finish(worker, task)

    def _note(self, home: Home, problems: list[str], output: str) -> None:
        self.aftermath.problems += [(home, problem) for problem in problems]
        if output:
            self.aftermath.printed.append((home, output))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
