"""A worker: runs the scenarios it is given, one after the other, and tells the runner of each step."""

import os
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from behave.formatter.base import Formatter
from behave.model import Scenario, Step
from behave.model_type import Status
from behave.runner import Context, Runner

from support.redaction import known_secrets
from support.runner.attempts import can_be_tried_again, make_fresh, what_failed
from support.runner.family import OutputFile
from support.runner.interrupts import Interrupts
from support.runner.plan import Container, Plan, Task
from support.runner.results import NO_REASON, Failure, ScenarioResult, failure_of, put_failure, result_of_step
from support.runner.wire import Channel, Journal

if TYPE_CHECKING:
    from reports.allure import Attachments

WORKER_VARIABLE = "RINGMASTER_WORKER"


class RecordingContext(Context):
    """behave's context, which also keeps what went wrong in cleanups; behave only prints it."""

    def __init__(self, runner: Runner) -> None:
        self._cleanup_problems: list[str] = []
        super().__init__(runner)

    def __setattr__(self, attr: str, value: object) -> None:
        if attr[0] == "_":
            self.__dict__[attr] = value
            return
        if self._config.verbose or self._origin.get(attr, self._mode) is not self._mode:
            super().__setattr__(attr, value)
            return
        # behave looks at the stack and at source files for each attribute, only to name the place in a warning, which is not due here
        caller = sys._getframe(1)
        self._record[attr] = (caller.f_code.co_filename, caller.f_lineno, caller.f_code.co_name, "")
        self._stack[0][attr] = value
        self._origin.setdefault(attr, self._mode)

    @staticmethod
    def print_cleanup_error(context: "RecordingContext", cleanup_func: Any, exception: BaseException) -> None:  # noqa: ANN401 - behave's signature
        """One cleanup failed."""
        name = getattr(cleanup_func, "__name__", repr(cleanup_func))
        context._cleanup_problems.append(f"CLEANUP-ERROR in {name}: {type(exception).__name__}: {exception}\n{traceback.format_exc()}")

    def take_cleanup_problems(self, error: BaseException | None = None) -> list[str]:
        """What went wrong since the last time, at least the error that behave raised for it."""
        problems, self._cleanup_problems = self._cleanup_problems, []
        if error is not None and not problems:
            problems = [f"CLEANUP-ERROR: {type(error).__name__}: {error}"]
        return problems

    def forget_cleanups(self) -> None:
        """Leave the cleanups there are to the process that this one was forked from."""
        for layer in self._stack:
            layer["@cleanups"] = []

    def _do_cleanups(self) -> None:
        try:
            super()._do_cleanups()
        except Exception as error:
            if not self._cleanup_problems:
                # the user's own handler dealt with it
                self._cleanup_problems = self.take_cleanup_problems(error)
            raise


class StepTeller(Formatter):
    """behave formatter that tells the runner when a step begins and how it ended."""

    def __init__(self, journal: Journal, interrupts: Interrupts, allure: Path | None) -> None:
        self._journal = journal
        self._attachments = _attachments(allure)
        self._interrupts = interrupts
        self._began = 0.0
        self._scenario: Scenario | None = None
        self._evidence: Path | None = None
        self.told = 0

    def scenario(self, scenario: Scenario) -> None:
        """A scenario begins; its hooks have not run yet."""
        self._scenario, self._evidence = scenario, None
        self.told = 0

    def step(self, _step: Step) -> None:
        """The scenario's hooks are over, and its steps come next: where its evidence is has to outlive this process."""
        self._move_attachments(self._scenario)
        evidence = getattr(self._scenario, "evidence", None)
        if evidence != self._evidence:
            self._evidence = evidence
            with self._interrupts.held_back():
                self._journal.write("evidence", evidence)

    def match(self, match: object) -> None:
        """A step begins."""
        self._began = time.time()
        with self._interrupts.held_back():
            self._journal.write("step", time.monotonic())

    def result(self, step: Step) -> None:
        """A step is over."""
        self.told += 1
        step.started_at = self._began
        self._move_attachments(step)
        result = result_of_step(step, self._began)
        if result.failure is not None:
            step.error_message = result.failure.message
        with self._interrupts.held_back():
            self._journal.write("result", result)

    def scenario_over(self) -> None:
        """The scenario's last hooks are over."""
        self._move_attachments(self._scenario)

    def _move_attachments(self, to: Scenario | Step | None) -> None:
        if self._attachments is not None and to is not None:
            self._attachments.move_to(to)


class Worker:
    """Runs in a process of its own, forked when everything its scenarios share is there."""

    def __init__(self, runner: Runner, plan: Plan, opened: int, number: int, channel: Channel, output: int, journal: int) -> None:
        """`opened` says how many of its scenarios' features and rules are open already."""
        self._runner = runner
        self._context: RecordingContext = runner.context
        self._plan = plan
        self._opened = opened
        self._channel = channel
        self._output = OutputFile(output)
        self._interrupts = Interrupts(channel, output)
        self._journal = Journal(journal)
        self._allure: Path | None = getattr(runner, "allure_folder", None)
        self._teller = StepTeller(self._journal, self._interrupts, self._allure)
        self._secrets = known_secrets()
        os.environ[WORKER_VARIABLE] = str(number)

    def serve(self) -> None:
        """Run what is asked for until told to stop, or until the runner is gone."""
        self._context.forget_cleanups()
        self._runner.formatters = [self._teller]
        self._runner.config.reporters = []
        self._interrupts.listen()
        while not self._interrupts.stopped:
            message = self._channel.receive()
            if message[0] == "run" and not self._interrupts.stopped:
                self._run(self._plan.tasks[message[1]])
            elif message[0] == "stop":
                break
        self._channel.send("bye", self._last_cleanups(), self._take_output())

    def _run(self, task: Task) -> None:
        self._journal.write("begin", time.monotonic())
        result = self._attempt(task)
        for _ in range(1, task.most_attempts):
            if self._interrupts.stopped or result.over_budget or not can_be_tried_again(task.scenario):
                break
            self._journal.write("again", (result, what_failed(task.scenario), time.monotonic()))
            make_fresh(task.scenario)
            result = self._attempt(task)
        self._journal.write("end", result)
        # the runner looks at the journal now and then; to wake it up takes longer than many a scenario
        if task.scenario.status.has_failed() or not self._channel.has_message():
            self._channel.send("over")

    def _attempt(self, task: Task) -> ScenarioResult:
        scenario = task.scenario
        began = time.monotonic()
        depth = len(self._context._stack)
        escaped = None
        try:
            with self._interrupts.let_through():
                self._runner.libraries.use_for(task.containers[0].filename)
                for container in task.containers[self._opened :]:
                    open_layer(self._context, container)
                self._context._set_root_attribute("active_outline", scenario._row)
                scenario.run(self._runner)
        except (Exception, KeyboardInterrupt) as error:
            escaped = error
            self._runner.capture_controller.stop_and_teardown_capture()
        notes = self._close_layers(depth)
        self._teller.scenario_over()
        result = self._result(scenario, escaped, time.monotonic() - began, notes)
        self._context._set_root_attribute("aborted", False)
        return result

    def _close_layers(self, depth: int) -> list[str]:
        problems = []
        while len(self._context._stack) > depth:
            try:
                layer = self._context._stack[0].get("@layer")
                self._context._pop()
            except Exception as error:
                # a scenario's own are told with the scenario
                if layer != "scenario":
                    problems += self._context.take_cleanup_problems(error)
        return problems

    def _result(self, scenario: Scenario, escaped: BaseException | None, seconds: float, notes: list[str]) -> ScenarioResult:
        if escaped is not None:
            scenario.store_exception_context(escaped)
            scenario.error_message = "".join(traceback.format_exception(escaped))
            scenario.set_status(Status.error)
        left = self._settle_what_did_not_run(scenario, escaped)
        over_budget, interrupted = self._interrupts.take()
        if over_budget and not scenario.status.has_failed():
            # the step caught it, and went on
            put_failure(scenario, Status.error, over_budget)
        failure = _with_cleanups(failure_of(scenario), self._context.take_cleanup_problems())
        self._tell_allure(scenario, failure, seconds)
        return ScenarioResult(
            status=scenario.status.value,
            seconds=seconds,
            left=left,
            skip_reason=scenario.skip_reason,
            failure=failure,
            captured=tuple((part.stdout, part.stderr, part.log, part.name, part.failed) for part in scenario.captured.captures),
            output=self._take_output(),
            notes=tuple(notes),
            over_budget=over_budget,
            interrupted=interrupted,
            told_to_allure=self._allure is not None,
            secrets=self._new_secrets(),
            deaths=new_deaths(self._context),
            evidence=getattr(scenario, "evidence", None),
        )

    def _settle_what_did_not_run(self, scenario: Scenario, escaped: BaseException | None) -> tuple[int, ...]:
        left = list(scenario.all_steps)[self._teller.told :]
        for step in left:
            if step.status is Status.untested:
                step.status = Status.skipped
        if escaped is not None and left:
            left[0].status = Status.error
        if scenario.status is Status.skipped and not scenario.skip_reason:
            scenario.skip_reason = NO_REASON
        return tuple(step.status.value for step in left)

    def _tell_allure(self, scenario: Scenario, failure: Failure | None, seconds: float) -> None:
        """Write the scenario's file here, where others run beside it, rather than in the one process that tells all of them."""
        if self._allure is None:
            return
        from reports.allure import write_result

        if failure is not None:
            scenario.error_message, scenario.trace = failure.message, failure.trace
        scenario.wall_seconds = seconds
        write_result(self._allure, scenario, int((time.time() - seconds) * 1000))

    def _new_secrets(self) -> tuple[str, ...]:
        known = known_secrets()
        fresh = tuple(known - self._secrets)
        self._secrets = known
        return fresh

    def _take_output(self) -> str:
        sys.stdout.flush()
        sys.stderr.flush()
        return self._output.take()

    def _last_cleanups(self) -> list[str]:
        problems = []
        for layer in self._context._stack:
            cleanups, layer["@cleanups"] = layer["@cleanups"], []
            for cleanup in reversed(cleanups):
                try:
                    cleanup()
                except Exception as error:
                    RecordingContext.print_cleanup_error(self._context, cleanup, error)
        problems += self._context.take_cleanup_problems()
        return problems


def _attachments(folder: Path | None) -> "Attachments | None":
    # only where steps use Allure themselves: its import takes longer than many a scenario
    if folder is None or "allure_commons" not in sys.modules:
        return None
    from reports.allure import Attachments

    return Attachments(folder)


def open_layer(context: Context, container: Container) -> None:
    """Make a feature or rule the one that runs, as behave does."""
    context._push(layer=container.type)
    context.tags = set(container.tags)
    container._setup_context_for_run(context)


def new_deaths(context: Context) -> tuple[str, ...]:
    """The platform's services that died since the last time, as far as the session in the context noticed."""
    died: list[str] = getattr(getattr(context, "session", None), "died", [])
    deaths = tuple(died)
    died.clear()
    return deaths


def _with_cleanups(failure: Failure | None, problems: list[str]) -> Failure | None:
    if not problems:
        return failure
    text = "\n".join(problems)
    if failure is None:
        return Failure(text, "CleanupError", text, False, text, False)
    return Failure(
        f"{failure.message or ''}\n{text}".strip(),
        failure.type_name,
        failure.text,
        failure.is_assertion,
        failure.trace,
        failure.hook_failed,
    )
