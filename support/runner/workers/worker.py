"""A worker: runs the scenarios it is given, one after the other, and writes down each step for the runner."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from behave.formatter.base import Formatter
from behave.model import Scenario, Step

from support.redaction import known_secrets
from support.results.allure_attachments import collect_attachments
from support.results.failures.explain import failure_of_error, failure_told
from support.results.failures.kinds import status_of_error
from support.results.notes import notes
from support.results.scenario_result import Attachment, Failure, FeatureHeading, ScenarioResult, Status, StepResult
from support.results.texts import presentable
from support.runner.behave_adapter.context import Cleanup
from support.runner.behave_adapter.model import captured_of, failure_of, heading_of, reset, status_of, step_result, told
from support.runner.behave_adapter.unhandled import unhandled
from support.runner.planning.plan import ForkRun, Layer, Task, layer_of
from support.runner.session import take_deaths
from support.runner.workers.forking import OutputFile
from support.runner.workers.interrupts import Interrupts
from support.runner.workers.plain_results import plain_result, plain_step
from support.runner.workers.process_state import ProcessState
from support.runner.workers.task_results import RUNNER_ERROR, Ending, Seen, result_of_task
from support.runner.workers.wire import Channel, Journal
from support.system_errors import sentence_of

WORKER_VARIABLE = "RINGMASTER_WORKER"
NO_STEPS = "it has no steps, so nothing was checked"
NOT_ALL_RAN = "code of the project's own calls it passed, and not all of its steps ran"


class Aside(NamedTuple):
    """What the runner has to know when a scenario is over, besides its result."""

    secrets: tuple[tuple[str, str], ...] = ()
    """What the reports have to hide, learned meanwhile, and what they show instead."""
    deaths: tuple[str, ...] = ()
    """Services of the platform that died meanwhile."""
    left_for: tuple[int, ...] = ()
    """Layers that the scenario left cleanups for, to be run when they are over: 0 the run, 1 its feature, 2 its rule."""
    aborted: str = ""
    """Why the run is to be aborted."""
    over_budget: str = ""
    interrupted: bool = False
    unwritten: str = ""
    """Why a report of it could not be written."""


class JournalFormatter(Formatter):
    """behave formatter that writes down when a step begins and how it ended."""

    def __init__(self, journal: Journal, interrupts: Interrupts) -> None:
        self._journal = journal
        self._interrupts = interrupts
        self._began = 0.0
        self._evidence: Path | None = None
        self.attachments: list[Attachment] = []
        """Of the scenario itself."""
        self.steps: list[StepResult] = []
        """Those that are over."""

    def scenario(self, scenario: Scenario) -> None:
        """A scenario begins; its hooks have not run yet."""
        notes.begin_scenario()
        self._evidence = None
        self.attachments, self.steps = [], []

    def step(self, _step: Step) -> None:
        """The scenario's hooks are over, and its steps come next: where its evidence is has to outlive this process."""
        self.attachments += notes.take()[1]
        if notes.evidence != self._evidence:
            self._evidence = notes.evidence
            with self._interrupts.held_back:
                self._journal.write("evidence", notes.evidence)

    def match(self, match: object) -> None:
        """A step begins."""
        self._began = time.time()
        with self._interrupts.held_back:
            self._journal.write("step", time.monotonic())

    def result(self, step: Step) -> None:
        """A step is over."""
        result = step_result(step, self._began, *notes.take())
        self.steps.append(result)
        with self._interrupts.held_back:
            self._journal.write("result", plain_step(result))

    def waits(self, what: str) -> None:
        """The step begins or ends to wait for something."""
        with self._interrupts.held_back:
            self._journal.write("waits", presentable(what))


class Worker:
    """Runs in a process of its own, forked when everything its scenarios share is there."""

    def __init__(self, run: ForkRun, opened: int, number: int, channel: Channel, output: int, journal: int) -> None:
        """`opened` says how many of its scenarios' features and rules are open already."""
        self._run = run
        self._behave = run.behave
        self._context = run.behave.context
        self._opened = opened
        self._number = number
        self._channel = channel
        self._output = OutputFile(output)
        self._interrupts = Interrupts(channel, output)
        self._journal = Journal(journal)
        self._formatter = JournalFormatter(self._journal, self._interrupts)
        self._secrets = known_secrets()
        self._headings: dict[int, FeatureHeading] = {}
        """Of the features that it ran scenarios of, by `id`."""
        self._left: dict[Layer, list[Cleanup]] = {}
        """What scenarios left for later."""
        os.environ[WORKER_VARIABLE] = str(number)

    def serve(self) -> None:
        """Run what is asked for until told to stop, or until the runner is gone."""
        self._context.forget_cleanups()
        if self._run.reports.attachments is not None:
            collect_attachments(self._run.reports.attachments)
        if self._run.reports.follower is not None:
            # loaded only then: a step that waits has loaded it
            from support.waiting import tell_waits_to

            tell_waits_to(self._formatter.waits)
        self._interrupts.listen()
        self._state = ProcessState(self._output.descriptor)
        while not self._interrupts.stopped:
            message = self._channel.receive()
            if message[0] == "run" and not self._interrupts.stopped:
                self._run_task(self._run.plan.tasks[message[1]], message[2])
            elif message[0] == "clean":
                self._clean(message[1])
            elif message[0] == "stop":
                break
        # only where the run was stopped there are some left
        problems = [problem for container in reversed(list(self._left)) for problem in self._run_left(container)]
        problems += map(presentable, unhandled.take_left_behind())
        self._channel.send("bye", problems, presentable(self._take_output()))

    def _clean(self, layer: Layer) -> None:
        """A feature, a rule or the run is over: run what scenarios left for then."""
        self._channel.send("cleaned", layer, self._run_left(layer), presentable(self._take_output()))

    def _run_left(self, layer: Layer) -> list[str]:
        with self._interrupts.let_through():
            problems = self._context.run_cleanups(self._left.pop(layer, []))
        self._interrupts.take()
        return [presentable(problem) for problem in problems]

    def _keep(self, task: Task, left: dict[int, list[Cleanup]]) -> tuple[int, ...]:
        for number, cleanups in left.items():
            self._left.setdefault(layer_of(task, number), []).extend(cleanups)
        return tuple(left)

    def _run_task(self, task: Task, order: int) -> None:
        self._journal.write("begin", time.monotonic())
        task.order, task.worker = order, self._number
        result, aside = self._attempt(task)
        while self._may_try_again(task, result, aside):
            failed = what_failed(result)
            self._journal.write("again", (tuple(aside), failed, time.monotonic()))
            task.begin_again(failed, time.monotonic())
            reset(task.scenario)
            result, aside = self._attempt(task)
        if aside.aborted:
            self._interrupts.stopped = True
        # the runner has the steps that ran already: taking them in twice would cost it as much as all else
        left = result.steps[len(self._formatter.steps) :]
        self._journal.write("end", (plain_result(result, left), tuple(aside)))
        # the runner looks at the journal now and then; to wake it up takes longer than many a scenario
        if result.status.has_failed or aside.aborted or not self._channel.has_message():
            self._channel.send("look")

    def _may_try_again(self, task: Task, result: ScenarioResult, aside: Aside) -> bool:
        """Whether it failed in a step; what a hook, a cleanup or a missing step does wrong it does wrong again."""
        if result.attempts >= task.most_attempts or self._interrupts.stopped or aside.aborted or aside.over_budget:
            return False
        bad = (Status.FAILED, Status.ERROR)
        return result.status in bad and any(step.status in bad for step in result.steps)

    def _attempt(self, task: Task) -> tuple[ScenarioResult, Aside]:
        began, started_at = time.monotonic(), time.time()
        depth = self._context.depth
        self._behave.libraries.use_for(task.containers[0].filename)
        with self._interrupts.let_through():
            for container in task.containers[self._opened :]:
                # its hooks, if there were any, have run in the process that this one was forked from
                self._behave.enter(container)
            escaped = self._behave.run_scenario(task.scenario, self._formatter)
        self._state.restore()
        unhandled.scenario_over(task.scenario.name)
        left_for = self._keep(task, self._context.close_layers(depth))
        task.over_budget, interrupted = self._interrupts.take()
        task.evidence = notes.evidence
        aborted = self._context.take_abort()
        self._context.forget_abort()
        result = self._result(task, aborted, began, started_at, failed_between=escaped is not None)
        # here, where others run beside it, rather than in the one process that reports all of them
        unwritten = why_unwritten(lambda: self._run.reports.write_scenario(result, self._heading_of(task)))
        aside = Aside(
            secrets=self._new_secrets(),
            deaths=take_deaths(),
            left_for=left_for,
            aborted=presentable(aborted),
            over_budget=task.over_budget,
            interrupted=interrupted,
            unwritten=presentable(unwritten),
        )
        return result, aside

    def _result(self, task: Task, aborted: str, began: float, started_at: float, *, failed_between: bool) -> ScenarioResult:
        scenario = task.scenario
        status, failure = self._verdict(scenario, task.over_budget, aborted)
        problems = self._context.take_cleanup_problems()
        if (late := unhandled.take()) is not None and not status.has_failed:
            status, failure = status_of_error(late), failure_of_error(late)
        elif late is not None:
            problems.append(told(failure_of_error(late)))
        ending = Ending(
            status,
            self._steps(scenario, failed_between=failed_between),
            _with_problems(failure, problems),
            scenario.skip_reason if status is Status.SKIPPED else None,
        )
        seen = Seen(
            wall_seconds=time.monotonic() - began,
            started_at=started_at,
            captured=captured_of(scenario),
            output=self._take_output(),
            attachments=[*self._formatter.attachments, *notes.take()[1]],
            told_allure=notes.told_allure,
        )
        return result_of_task(task, self._run.results, ending, seen)

    def _heading_of(self, task: Task) -> FeatureHeading:
        feature = task.containers[0]
        if id(feature) not in self._headings:
            self._headings[id(feature)] = heading_of(feature)
        return self._headings[id(feature)]

    def _verdict(self, scenario: Scenario, over_budget: str, aborted: str) -> tuple[Status, Failure | None]:
        """How it ended, and why."""
        status, failure = status_of(scenario), failure_of(scenario)
        unrun = len(self._formatter.steps) < len(list(scenario.all_steps))
        failed = next((step for step in self._formatter.steps if step.status.has_failed), None)
        if failed is not None and not status.has_failed:
            # a hook set another status; what is known to fail belongs into quarantine, where everybody sees it
            return failed.status, failed.failure
        if over_budget and not status.has_failed:
            # the step caught it, and went on
            return Status.ERROR, failure_told([over_budget], "BudgetExceeded")
        if aborted and not status.has_failed and unrun:
            return Status.ERROR, failure_told([f"the run was aborted: {aborted}"], "Aborted")
        if status is Status.PASSED and unrun:
            return Status.ERROR, failure_told([NOT_ALL_RAN], RUNNER_ERROR)
        if status is Status.PASSED and not self._formatter.steps:
            return Status.PENDING, failure_told([NO_STEPS], "Pending")
        return status, failure

    def _steps(self, scenario: Scenario, *, failed_between: bool) -> Sequence[StepResult]:
        """The steps that ran, and those that did not."""
        ran = self._formatter.steps
        left = []
        for number, step in enumerate(list(scenario.all_steps)[len(ran) :]):
            status = status_of(step)
            if failed_between and number == 0:
                status = Status.ERROR
            left.append(step_result(step, status=Status.SKIPPED if status is Status.UNTESTED else status))
        return [*ran, *left]

    def _new_secrets(self) -> tuple[tuple[str, str], ...]:
        known = known_secrets()
        fresh = tuple(known - self._secrets)
        self._secrets = known
        return fresh

    def _take_output(self) -> str:
        sys.stdout.flush()
        sys.stderr.flush()
        return self._output.take()


def why_unwritten(write: Callable[[], None]) -> str:
    """Write a report; why it cannot be written, since its folder is full or gone, which must lose nothing else."""
    try:
        write()
    except (FileNotFoundError, NotADirectoryError) as error:
        return f"the folder of {error.filename} is gone"
    except OSError as error:
        return sentence_of(error) or str(error)
    return ""


def what_failed(result: ScenarioResult) -> str:
    """The step that failed and its words, in a line or a few."""
    step = next(step for step in result.steps if step.status in (Status.FAILED, Status.ERROR))
    return f"{step.sentence}: {(step.error or '').strip()}"


def _with_problems(failure: Failure | None, problems: list[str]) -> Failure | None:
    """What went wrong in cleanups and beside the steps stands below why it failed."""
    if not problems:
        return failure
    also = failure_told(problems, "CleanupError")
    if failure is None:
        return also
    return replace(failure, details="\n".join(filter(None, [failure.details, also.message, *also.below()])))
