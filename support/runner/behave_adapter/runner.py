"""behave's runner, as far as the runner needs it: hooks and steps loaded, scenarios run one by one, layers opened and closed."""

import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from behave.configuration import Configuration
from behave.formatter.base import Formatter
from behave.model import Feature, Rule, Scenario
from behave.model_type import Status as BehaveStatus
from behave.runner import Context, Runner
from behave.runner_util import reset_runtime
from behave.step_registry import registry

from support.redaction.streams import redacted_output
from support.results.failures.explain import failure_of_error, words_of
from support.runner.behave_adapter.context import RunContext
from support.runner.behave_adapter.escaped import put_back, staying
from support.runner.behave_adapter.judging import judge_errors_by_results
from support.runner.behave_adapter.model import NO_REASON, failure_of, told
from support.runner.behave_adapter.steps import NoStepsFolder, StepLibraries, use_cucumber_expressions_by_default
from support.runner.behave_adapter.unhandled import notice_the_unhandled
from support.runner.behave_adapter.unrun import refuse_what_never_ran, run_through
from support.runner.session import current_session
from support.runner.stopping import RunStopped

Container: TypeAlias = Feature | Rule

PACKAGES = ("support", "environments", "reports")
"""Ours, which a project's own of the same name would be taken for, or the other way round."""

HOOKS = {f"{when}_{what}" for when in ("before", "after") for what in ("all", "feature", "rule", "scenario", "step", "tag")}


class CodeUnusable(Exception):
    """A file of hooks or steps cannot be loaded; the text says which line, and why."""


class BehaveRunner(Runner):
    """behave's runner; what runs when is decided elsewhere."""

    context: RunContext

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration)
        judge_errors_by_results()
        refuse_what_never_ran()
        notice_the_unhandled()
        self.libraries = StepLibraries(Path.cwd())

    def setup_paths(self) -> None:
        """As behave's, but without its walk through all folders of the project for features: they have been read already.

        Raises NoStepsFolder: there are no steps beside the features or above them.
        """
        first = self.config.paths[0]
        begin = Path.cwd() / str(getattr(first, "filename", first))
        for folder in (begin, *begin.parents):
            if (folder / self.config.steps_dir).is_dir() or (folder / self.config.environment_file).is_file():
                break
        else:
            raise NoStepsFolder(f"there is no folder '{self.config.steps_dir}' in {begin} or above it, which would hold the steps")
        self.base_dir = self.config.base_dir = str(folder)
        self.path_manager.add(self.base_dir)
        self.path_manager.add(str(Path.cwd()))

    def load(self, features: Iterable[Feature]) -> None:
        """Load the hooks, and the steps of these features. Raises CodeUnusable and NoStepsFolder."""
        features = list(features)
        files = [feature.filename for feature in features]
        reset_runtime()
        self.context = RunContext(self)
        self.step_registry = registry
        refuse_clashing_packages(Path(self.base_dir))
        try:
            with staying():
                self._load(features, files)
        except (NoStepsFolder, RunStopped):
            raise
        except BaseException as error:
            raise CodeUnusable(f"the hooks and steps cannot be loaded: {self._place_of(error)}{type(error).__name__}: {error}") from error

    def _load(self, features: Sequence[Feature], files: Sequence[str]) -> None:
        self.load_hooks()
        # behave keeps all names of environment.py there, which its hooks use as well
        for name in self.hooks.keys() & HOOKS:
            self.hooks[name] = run_through(self.hooks[name])
        if not (Path(self.base_dir) / self.config.environment_file).is_file():
            use_cucumber_expressions_by_default()
            if any(current_session().reason_to_skip(scenario) for feature in features for scenario in feature.walk_scenarios()):
                self.hooks["before_scenario"] = _skip_what_cannot_run
        self.libraries.load(files, without=current_session().files.why_not_loadable)
        self.libraries.use_for(files[0])

    def hook_of_run(self, hook: str) -> str | None:
        """Run `before_all` or `after_all`; returns what went wrong."""
        try:
            with redacted_output(), staying(), self.context.use_with_user_mode():
                if hook in self.hooks:
                    self.hooks[hook](self.context)
        except Exception as error:
            return told(failure_of_error(error, where=f"the hook {hook} went wrong: "))
        return self._aborted()

    def run_hook(self, hook_name: str, *args: Any) -> bool:
        """As behave's, but a step that failed has failed, whatever a hook makes of it."""
        if hook_name not in self.hooks:
            return True
        before = args[0].status if hook_name == "after_step" else None
        passed = bool(super().run_hook(hook_name, *args))
        if before is not None and before.has_failed():
            args[0].status = before
        return passed

    def last_cleanups(self) -> list[str]:
        """Run the cleanups of the whole run; what went wrong."""
        try:
            with redacted_output(), staying():
                self.context._do_remaining_cleanups()
        except Exception as error:
            return self.context.take_cleanup_problems(error)
        finally:
            sys.stdout.flush()
        return self.context.take_cleanup_problems()

    def tell_hooks_of_failure(self, failed: bool) -> None:
        """Set `context.failed` for `after_all`."""
        self.context._set_root_attribute("failed", failed)

    def open(self, container: Container) -> str | None:
        """Make a feature or rule the one that runs, and run its hooks; returns what went wrong in them."""
        return self._guarded(container, lambda: self._open(container))

    def enter(self, container: Container) -> None:
        """Make a feature or rule the one that runs, where its hooks have run already, or there are none."""
        self.context._push(layer=container.type)
        self.context.tags = set(container.tags)
        container._setup_context_for_run(self.context)

    def close(self, container: Container) -> str | None:
        """Run the last hooks and the cleanups of a feature or rule; returns what went wrong in them."""
        return self._guarded(container, lambda: self._close(container))

    def run_scenario(self, scenario: Scenario, formatter: Formatter) -> BaseException | None:
        """Run one scenario with its hooks and cleanups; what interrupted it from outside of its steps."""
        self.formatters = [formatter]
        try:
            self.context._set_root_attribute("active_outline", scenario._row)
            scenario.run(self)
        except (Exception, RunStopped) as error:
            self.capture_controller.stop_and_teardown_capture()
            scenario.store_exception_context(error)
            scenario.error_message = f"{type(error).__name__}: {words_of(error)}"
            scenario.set_status(BehaveStatus.error)
            return error
        finally:
            self.formatters = []
        if scenario.status is BehaveStatus.skipped and not scenario.skip_reason:
            scenario.skip_reason = NO_REASON
        return None

    def _guarded(self, container: Container, act: Callable[[], None]) -> str | None:
        container.clear_status()
        try:
            with put_back():
                act()
        except (Exception, RunStopped) as error:
            container.hook_failed = True
            if container.exception is None:
                container.exception = error
        failure = failure_of(container) if container.hook_failed else None
        problem = told(failure) if failure is not None else None
        if problem is None and container.hook_failed:
            # behave keeps no word of what is no error to it
            problem = "its hook was interrupted, since the run was stopped"
        container.hook_failed, container.error_message, container.exception = False, None, None
        return problem or self._aborted()

    def _open(self, container: Container) -> None:
        self.enter(container)
        self.run_hook_tags_with_capture("before_tag", container.tags, capture_sink=container.capture_sink)
        self.run_hook_with_capture(f"before_{container.type}", container, capture_sink=container.capture_sink)

    def _close(self, container: Container) -> None:
        self.run_hook_with_capture(f"after_{container.type}", container, capture_sink=container.capture_sink)
        self.run_hook_tags_with_capture("after_tag", container.tags, capture_sink=container.capture_sink)
        try:
            self.context._pop(capture_sink=container.capture_sink)
        except Exception as error:
            # reported with the rest; behave's own text for it is kept
            self.context.keep_cleanup_problem(error)

    def _aborted(self) -> str | None:
        # left in the context, for whoever reports it
        reason = self.context._abort_reason
        return f"the run was aborted: {reason}" if reason else None

    def _place_of(self, error: BaseException) -> str:
        """The innermost line of the project's own code that the error came through."""
        if isinstance(error, SyntaxError) and error.filename:
            return f"{error.filename}:{error.lineno}: "
        base = Path(self.base_dir).resolve()
        frames = [(Path(frame.filename).resolve(), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
        own = [f"{file.relative_to(base)}:{line}: " for file, line in frames if file.is_relative_to(base)]
        return own[-1] if own else ""


def _skip_what_cannot_run(_context: Context, scenario: Scenario) -> None:
    """The hook of projects without hooks of their own."""
    if reason := current_session().reason_to_skip(scenario):
        scenario.skip(reason)


def refuse_clashing_packages(project: Path) -> None:
    """Raise CodeUnusable if a project has a package that is called as one of ours; a checkout of Ringmaster is no such project."""
    if (project / Path(__file__).relative_to(Path(__file__).parents[3])).is_file():
        return
    for name in PACKAGES:
        theirs = project / name
        if theirs.with_suffix(".py").is_file() or any(theirs.glob("*.py")):
            raise CodeUnusable(
                f"{theirs} has the name of a package of Ringmaster, so that an import of '{name}' would find the wrong one: rename it"
            )
