"""behave's context, as the runner needs it: it keeps what went wrong in cleanups and why the run is to be aborted."""

import contextlib
import sys
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

from behave.runner import Context, ContextMode, Runner

from support.runner.behave_adapter.escaped import UserCode, escaped

Cleanup = Callable[[], object]


class UserMode(UserCode):
    """Code of the user's runs with the context; quicker than behave's own, and lets nothing but Exceptions out."""

    def __init__(self, context: "RunContext") -> None:
        self._context = context
        self._before = context._mode

    def __enter__(self) -> None:
        """The context is the user's."""
        self._context._mode = ContextMode.USER

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """The context is whose it was."""
        self._context._mode = self._before
        super().__exit__(kind, error, trace)


class RunContext(Context):
    """behave's context, which also keeps what went wrong in cleanups (behave only prints it) and why the run is to be aborted."""

    def __init__(self, runner: Runner) -> None:
        self._cleanup_problems: list[str] = []
        self._abort_reason = ""
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
        context._cleanup_problems.append(f"CLEANUP-ERROR in {name}: {type(exception).__name__}: {exception}\n{traceback.format_exc()}")

    def take_cleanup_problems(self, error: BaseException | None = None) -> list[str]:
        """What went wrong since the last time, at least the error that behave raised for it."""
        problems, self._cleanup_problems = self._cleanup_problems, []
        if error is not None and not problems:
            problems = [f"CLEANUP-ERROR: {type(error).__name__}: {error}"]
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
        for cleanup in reversed(cleanups):
            try:
                cleanup()
            except BaseException as error:
                known = error if isinstance(error, Exception) else escaped(error)
                self._root["cleanup_errors"] += 1
                errors.append(known)
                report(self, cleanup, known)
        return errors
