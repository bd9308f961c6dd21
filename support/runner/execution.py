"""Runs what was selected: behave's own hooks, steps and model, its scenarios on workers, its reports as of a serial run."""

import gc
import itertools
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from behave.configuration import Configuration
from behave.formatter._registry import make_formatters
from behave.model import Feature, Scenario
from behave.runner import Runner
from behave.runner_util import reset_runtime
from behave.step_registry import registry as the_step_registry

from support.runner.behave_adapter.steps import NoStepsFolder, StepLibraries, use_cucumber_expressions_by_default
from support.runner.order import in_order
from support.runner.plan import Home, Plan, Task, make_plan
from support.runner.pool import CleanUpAfter, Pool, nothing_to_clean_up
from support.runner.progress import BETWEEN_UPDATES_SECONDS, Progress
from support.runner.selection import Model
from support.runner.stage import Stage
from support.runner.stopping import SignalledStop, Stopping
from support.runner.watchdog import Budgets, Watchdog
from support.runner.worker import RecordingContext
from support.terminal import say


@dataclass(frozen=True)
class Wishes:
    """How to run: with how many workers, in what order, how often, until when."""

    workers: int = 1
    seed: str | None = None
    fail_fast: bool = False
    repeat: int | None = 1
    """None: until something fails."""
    until_fail: bool = False
    budgets: Budgets = field(default_factory=Budgets)


@dataclass
class Outcome:
    """What a run came to."""

    tasks: list[Task] = field(default_factory=list)
    added: list[Scenario] = field(default_factory=list)
    """Stand for what went wrong around the scenarios, in hooks and cleanups."""
    features: list[Feature] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    platform_failed: bool = False
    """It could not be started."""
    used_up: dict[str, str] = field(default_factory=dict)
    hook_seconds: float = 0.0
    """In hooks around features, rules and the run."""
    wall_seconds: float = 0.0
    workers_lost: int = 0
    passes: int = 0


CONSOLE = "ringmaster"
"""The name of `reports.console.ConsoleFormatter`."""


class CodeUnusable(Exception):
    """A file of hooks or steps cannot be loaded; the text says which line, and why."""


PACKAGES = ("support", "environments", "reports")
"""Ours, which a project's own of the same name would be taken for, or the other way round."""


def refuse_clashing_packages(project: Path) -> None:
    """Raise CodeUnusable if a project has a package that is called as one of ours."""
    ours = Path(__file__).parents[2]
    for name in PACKAGES:
        theirs = project / name
        has_code = theirs.with_suffix(".py").is_file() or any(theirs.glob("*.py"))
        if has_code and project.resolve() != ours:
            raise CodeUnusable(
                f"{theirs} has the name of a package of Ringmaster, so that an import of '{name}' would find the wrong one: rename it"
            )


class Execution(Runner):
    """behave's runner with workers. `before_all` and `after_all` run once, here; all else runs in workers."""

    def __init__(self, configuration: Configuration, wishes: Wishes, stopping: Stopping, allure: Path | None) -> None:
        super().__init__(configuration)
        self.allure_folder = allure
        self.outcome = Outcome()
        self.libraries = StepLibraries(Path.cwd())
        self.blocks: Callable[[Task], bool] = lambda task: task.scenario.status.has_failed()
        self.clean_up_after: CleanUpAfter = nothing_to_clean_up
        self.loading_seconds = 0.0
        """See `environments.substrate.Substrate`."""
        self._wishes = wishes
        self._stopping = stopping

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

    def run_selected(self, parse: Callable[[], Model], durations: dict[str, float]) -> Outcome:
        """Run everything; `parse` gives a fresh model, once for each repetition. Raises CodeUnusable."""
        reset_runtime()
        first = parse()
        with self.path_manager:
            self.setup_paths()
            self.context = RecordingContext(self)
            self.step_registry = the_step_registry
            self._load(first.features)
            models = itertools.chain([first], iter(parse, None))
            self._passes(models, durations)
        return self.outcome

    def tell_failed_start(self, problem: str) -> Outcome:
        """Tell the reports, except for the console, that nothing ran, since the platform could not be started."""
        with self.path_manager:
            # the reporters name files relative to what this finds
            self.setup_paths()
        self.formatters = [each for each in make_formatters(self.config, self.config.outputs) if each.name != CONSOLE]
        plan = Plan([], [], [Home(0)])
        pool = Pool(self, plan, [], 0, Watchdog(self._wishes.budgets))
        stage = Stage(plan, pool, self.formatters, self.config.reporters)
        stage.close([problem])
        for formatter in self.formatters:
            formatter.close()
        pool.close()
        self.outcome.added += stage.added
        self.outcome.platform_failed = True
        return self.outcome

    def _load(self, features: list[Feature]) -> None:
        try:
            refuse_clashing_packages(Path(self.base_dir))
            self.load_hooks()
            if not (Path(self.base_dir) / self.config.environment_file).is_file():
                use_cucumber_expressions_by_default()
            self.libraries.load(feature.filename for feature in features)
            self.libraries.use_for(features[0].filename)
        except (CodeUnusable, NoStepsFolder, SignalledStop):
            raise
        except BaseException as error:
            raise CodeUnusable(f"the hooks and steps cannot be loaded: {self._place_of(error)}{type(error).__name__}: {error}") from error

    def _place_of(self, error: BaseException) -> str:
        """The innermost line of the project's own code that the error came through."""
        if isinstance(error, SyntaxError) and error.filename:
            return f"{error.filename}:{error.lineno}: "
        base = Path(self.base_dir).resolve()
        frames = [(Path(frame.filename).resolve(), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
        own = [f"{file.relative_to(base)}:{line}: " for file, line in frames if file.is_relative_to(base)]
        return own[-1] if own else ""

    def _passes(self, models: Iterator[Model], durations: dict[str, float]) -> None:
        began = time.monotonic()
        self.formatters = make_formatters(self.config, self.config.outputs)
        problem = self._around("before_all")
        watchdog = Watchdog(self._wishes.budgets)
        for number, model in enumerate(models, start=1):
            plan = make_plan(model.features, model.selected, self.hooks, durations)
            self._begin_repetition(number)
            stage = self._run_pass(plan, watchdog, problem)
            last = self._is_last(number, plan.tasks)
            problems = [*filter(None, [problem]), *(self._after_all() if last else [])]
            stage.close(problems)
            self.outcome.added += stage.added
            if last:
                break
        self.outcome.used_up = watchdog.used_up
        self.outcome.wall_seconds = time.monotonic() - began
        for formatter in self.formatters:
            formatter.close()

    def _begin_repetition(self, number: int) -> None:
        self.outcome.passes = number
        if number > 1:
            # one folder each, since the files are named after the features
            folder = Path(self.config.junit_directory)
            base = folder.parent if number > 2 else folder
            self.config.junit_directory = str(base / f"repetition-{number}")
        if self._wishes.repeat != 1:
            of = f" of {self._wishes.repeat}" if self._wishes.repeat else ""
            say(f"\nRepetition {number}{of}", "bold")

    def _is_last(self, number: int, tasks: list[Task]) -> bool:
        failed = any(self.blocks(task) for task in tasks)
        stop = failed and (self._wishes.until_fail or self._wishes.fail_fast)
        return stop or number == self._wishes.repeat or bool(self._stopping.came) or "run" in self.outcome.used_up

    def _run_pass(self, plan: Plan, watchdog: Watchdog, problem: str | None) -> Stage:
        wishes = self._wishes
        ordered = in_order(plan.tasks, workers=wishes.workers, seed=wishes.seed, short_first_seconds=self.loading_seconds)
        pool = Pool(self, plan, ordered, min(wishes.workers, len(ordered)), watchdog)
        gc.freeze()
        pool.clean_up_after = self.clean_up_after
        if wishes.fail_fast:
            pool.fail_fast = self.blocks
        self.features = plan.features
        stage = Stage(plan, pool, self.formatters, self.config.reporters)
        try:
            if problem is not None:
                pool.fail_all(problem)
            self._drive(pool, stage, plan)
        finally:
            pool.close()
        self._add_up(plan, pool)
        return stage

    def _drive(self, pool: Pool, stage: Stage, plan: Plan) -> None:
        progress = Progress(plan.tasks, self._wishes.workers)
        stage.before_telling = progress.clear
        playing = stage.play()
        with self._stopping.waking() as woken:
            pool.also[woken] = lambda: self._stop(pool, woken)
            if self._stopping.came:
                pool.drop_waiting("the run was stopped")
            pool.begin()
            done, more = False, True
            while not done or more:
                # workers first: what is finished can be told while they work
                done = pool.step(0.0 if more else BETWEEN_UPDATES_SECONDS)
                more = next(playing, False)
                if not done:
                    progress.update(pool.running)
            progress.clear()

    def _stop(self, pool: Pool, woken: int) -> None:
        os.read(woken, 64)
        if len(self._stopping.came) > 1:
            pool.kill()
        else:
            pool.stop()

    def _add_up(self, plan: Plan, pool: Pool) -> None:
        self.outcome.tasks += plan.tasks
        self.outcome.features += plan.features
        self.outcome.deaths += pool.aftermath.deaths
        self.outcome.hook_seconds += pool.aftermath.hook_seconds
        self.outcome.workers_lost += pool.aftermath.workers_lost

    def _around(self, hook: str) -> str | None:
        """Run a hook of the whole run; tells what went wrong."""
        began = time.monotonic()
        try:
            if hook in self.hooks:
                with self.context.use_with_user_mode():
                    self.hooks[hook](self.context)
        except Exception:
            return f"HOOK-ERROR in {hook}: {traceback.format_exc()}"
        finally:
            self.outcome.hook_seconds += time.monotonic() - began
        return None

    def _after_all(self) -> list[str]:
        self.context._set_root_attribute("failed", any(task.scenario.status.has_failed() for task in self.outcome.tasks))
        problems = [*filter(None, [self._around("after_all")])]
        try:
            self.context._do_remaining_cleanups()
        except Exception as error:
            problems += self.context.take_cleanup_problems(error)
        sys.stdout.flush()
        return problems
