"""behave's context, as the runner needs it: it keeps what went wrong in cleanups and why the run is to be aborted."""

import contextlib
import os
import sys
from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Any

from behave.model import Step
from behave.runner import Context, ContextMode, Runner

from support.results.failures.explain import failure_of_error
from support.runner.behave_adapter.arguments import NAMES, Arguments, wrong_argument
from support.runner.behave_adapter.escaped import UserCode, escaped
from support.runner.behave_adapter.model import told
from support.runner.behave_adapter.unrun import refuse_unrun

Cleanup = Callable[[], object]


class UserMode(UserCode):
    """Code of the user's runs with the context; quicker than behave's own, and lets nothing but Exceptions out."""

    def __init__(self, context: "RunContext") -> None:
        self._context = context
        # past the context's own way of setting what steps see
        self._attributes = context.__dict__
        self._before = context._mode

    def __enter__(self) -> None:
        """The context is the user's."""
        self._process = os.getpid()
        self._attributes["_mode"] = ContextMode.USER

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """The context is whose it was."""
        self.end_if_forked(error)
        self._attributes["_mode"] = self._before
        if error is not None or self._context._arguments.unread:
            self._context.check_arguments(error, trace)
        self.put_right(error, trace)


class CalledStepUnusable(Exception):
    """A step that another one calls has no definition, or has none yet."""

    @property
    def headline(self) -> str:
        """For reports."""
        return str(self)


class RunContext(Context):
    """behave's context, which also keeps what went wrong in cleanups (behave only prints it) and why the run is to be aborted."""

    def __init__(self, runner: Runner) -> None:
        self._cleanup_problems: list[str] = []
        self._abort_reason = ""
        self._arguments = Arguments()
        self._in_called_step = False
        super().__init__(runner)

    def __setattr__(self, attr: str, value: object) -> None:
        if attr[0] == "_":
            self.__dict__[attr] = value
            return
        if attr in NAMES:
            self._arguments.give(attr, value)
        if self._config.verbose or self._origin.get(attr, self._mode) is not self._mode:
            super().__setattr__(attr, value)
            return
        # behave looks at the stack and at source files for each attribute, only to name the place in a warning, which is not due here
        caller = sys._getframe(1)
        self._record[attr] = (caller.f_code.co_filename, caller.f_lineno, caller.f_code.co_name, "")
        self._stack[0][attr] = value
        self._origin.setdefault(attr, self._mode)

    def __getattr__(self, attr: str) -> Any:  # noqa: ANN401 - whatever was put into it
        value = super().__getattr__(attr)
        if attr in NAMES:
            self._arguments.read(attr, value)
        return value

    def check_arguments(self, error: BaseException | None, trace: TracebackType | None) -> None:
        """Raise WrongArgument if the step that ends, perhaps with an error, had another table or text than it needs."""
        unread, missed = self._arguments.take()
        if unread and error is None and "scenario" in self and self.scenario.should_skip:
            # the step found out that it cannot run here
            return
        wrong = wrong_argument(error, trace, unread, missed)
        if wrong is not None:
            raise wrong from error

    def use_with_user_mode(self) -> UserMode:
        """For hooks and steps."""
        return UserMode(self)

    def abort(self, reason: str | None = None) -> None:
        """Begin nothing more in the whole run, because of `reason`; what runs beside it comes to its end."""
        super().abort(reason)
        if self._mode is ContextMode.USER and not self._abort_reason:
            self._abort_reason = str(reason or "no reason was given")
            if "scenario" in self:
                # so that behave begins no further step
                self.scenario.should_skip = True

    def execute_steps(self, steps_text: str) -> bool:
        """Run these steps as parts of the one that runs; raises what they raise, so that it counts as what it is."""
        if not self.feature:
            raise ValueError("execute_steps() was called outside of a feature")
        before, self._arguments = self._arguments, Arguments()
        called, self._in_called_step = self._in_called_step, True
        arguments = {name: getattr(self, name, None) for name in NAMES}
        self.feature.parser.variant = "steps"
        steps = self.feature.parser.parse_steps(steps_text)
        try:
            with self._use_with_behave_mode():
                for step in steps:
                    if not step.run(self._runner, quiet=True, capture=False):
                        raise _reason_of(step)
        finally:
            with self._use_with_behave_mode():
                for name, value in arguments.items():
                    setattr(self, name, value)
            self._arguments, self._in_called_step = before, called
        return True

    @property
    def depth(self) -> int:
        """How many layers are open."""
        return len(self._stack)

    def forget_abort(self) -> None:
        """What one scenario was interrupted by is not the next one's business."""
        self._set_root_attribute("aborted", False)

    def take_abort(self) -> str:
        """Why code of the user's wants the run aborted; empty when it does not."""
        reason, self._abort_reason = self._abort_reason, ""
        return reason

    @staticmethod
    def print_cleanup_error(context: "RunContext", cleanup_func: Any, exception: BaseException) -> None:  # noqa: ANN401 - behave's signature
        """One cleanup failed."""
        name = getattr(cleanup_func, "__name__", repr(cleanup_func))
        context._cleanup_problems.append(told(failure_of_error(exception, where=f"the cleanup {name} went wrong: ")))

    def take_cleanup_problems(self, error: BaseException | None = None) -> list[str]:
        """What went wrong since the last time, at least the error that behave raised for it."""
        problems, self._cleanup_problems = self._cleanup_problems, []
        if error is not None and not problems:
            problems = [told(failure_of_error(error, where="a cleanup went wrong: "))]
        return problems

    def keep_cleanup_problem(self, error: BaseException) -> None:
        """Report it with the rest, later."""
        self._cleanup_problems = self.take_cleanup_problems(error)

    def forget_cleanups(self) -> None:
        """Leave the cleanups there are to the process that this one was forked from."""
        for layer in self._stack:
            layer["@cleanups"] = []

    def close_layers(self, depth: int) -> dict[int, list[Cleanup]]:
        """Close the innermost layers down to `depth`; what goes wrong in a scenario's own is reported with it.

        Returns the cleanups that the scenario left for later, by layer: 0 for the run, 1 for the feature, 2 for the rule.
        """
        while self._stack[0].get("@layer") == "scenario":
            # reported with the scenario
            with contextlib.suppress(Exception):
                self._pop()
        left = {number: layer["@cleanups"] for number, layer in enumerate(reversed(self._stack)) if layer["@cleanups"]}
        self.forget_cleanups()
        while len(self._stack) > depth:
            self._pop()
        return left

    def run_cleanups(self, cleanups: list[Cleanup]) -> list[str]:
        """Run what scenarios left for later; what went wrong."""
        self._run(cleanups)
        return self.take_cleanup_problems()

    def add_cleanup(self, cleanup_func: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        """As behave's, but what goes wrong in it is reported under its own name."""
        layer = kwargs.pop("layer", None)
        if callable(cleanup_func) and (args or kwargs):
            cleanup_func = _bound(cleanup_func, args, kwargs)
        super().add_cleanup(cleanup_func, layer=layer)

    def _pop(self, capture_sink: Any = None) -> None:  # noqa: ANN401 - behave's signature
        try:
            super()._pop(capture_sink)
        except Exception as error:
            # behave sets a status for it, and no words
            self.keep_cleanup_problem(error)
            raise

    def _do_cleanups(self) -> None:
        cleanups, self._stack[0]["@cleanups"] = self._stack[0]["@cleanups"], []
        errors = self._run(cleanups)
        if errors and not self._cleanup_problems:
            # the user's own handler dealt with it
            self.keep_cleanup_problem(errors[0])
        if errors and self.fail_on_cleanup_errors:
            raise errors[0]

    def _run(self, cleanups: list[Any]) -> list[Exception]:
        report = getattr(self, "on_cleanup_error", self.print_cleanup_error)
        errors = []
        waiting = list(cleanups)
        while waiting:
            cleanup = waiting.pop()
            try:
                with UserCode():
                    refuse_unrun(cleanup())
            except BaseException as error:
                known = error if isinstance(error, Exception) else escaped(error)
                self._root["cleanup_errors"] += 1
                errors.append(known)
                report(self, cleanup, known)
            # what it added itself comes next
            waiting += self._stack[0]["@cleanups"]
            self._stack[0]["@cleanups"] = []
        return errors


def _bound(function: Callable[..., object], positional: tuple[Any, ...], named: dict[str, Any]) -> Cleanup:
    @wraps(function)
    def cleanup() -> object:
        return function(*positional, **named)

    return cleanup


def _reason_of(step: Step) -> BaseException:
    """What a step raised that another one called."""
    called = f"{step.keyword} {step.name}"
    error: BaseException | None = step.exception
    if error is None:
        return CalledStepUnusable(f"this step calls '{called}', which is {step.status.name}")
    error.add_note(f"in the step '{called}', which this one calls")
    return error.with_traceback(step.exc_traceback)
