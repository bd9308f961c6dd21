"""Runs what was selected: hooks of the run here, scenarios on workers, reports as of a serial run; again for each repetition."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from behave.configuration import Configuration
from behave.model import Scenario

from support.overlooked import overlooked
from support.results.reporting import PassReports, RunReports
from support.results.run_folder import RunFolder
from support.results.scenario_result import FeatureHeading, ScenarioResult, Weight, failure_weight
from support.runner.behave_adapter.model import heading_of
from support.runner.behave_adapter.runner import BehaveRunner
from support.runner.behave_adapter.undefined import undefined_steps
from support.runner.options import RunOptions
from support.runner.ordered_reports import OrderedReports
from support.runner.planning.order import in_order
from support.runner.planning.plan import ForkPoint, ForkRun, RunPlan, Task, make_plan
from support.runner.planning.selection import Model
from support.runner.planning.tags import excused, known_defects_of
from support.runner.pool.losses import CleanUpAfter, nothing_to_clean_up
from support.runner.pool.running import Pool
from support.runner.pool.watchdog import Watchdog
from support.runner.progress import BETWEEN_UPDATES_SECONDS, Progress
from support.runner.stopping import RunStopped, Stopping
from support.runner.watching import Watching
from support.terminal import say

REPORTING_SECONDS = 0.01
"""At a time; then the workers are looked after, who have something to do for longer than that."""


@dataclass(eq=False, repr=False)
class RunOutcome:
    """What a run came to."""

    results: list[ScenarioResult] = field(default_factory=list)
    """Of all repetitions, in the order of the feature files."""
    around: list[ScenarioResult] = field(default_factory=list)
    """Stand for what went wrong around the scenarios, in hooks and cleanups."""
    features: list[FeatureHeading] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    platform_failed: bool = False
    """It could not be started."""
    used_up: dict[str, str] = field(default_factory=dict)
    """Budgets: rings, and `run`, with a sentence about each."""
    unwritten: str = ""
    """Why reports could not be written."""
    aborted: str = ""
    """Why a hook or step wanted the run aborted."""
    hook_seconds: float = 0.0
    """In hooks around features, rules and the run."""
    wall_seconds: float = 0.0
    workers_lost: int = 0
    passes: int = 0


def blocks(task: Task) -> bool:
    """Whether a scenario is over and failed so that a release is blocked."""
    return task.result is not None and failure_weight(task.result) is Weight.BLOCKS


class Execution:
    """`before_all` and `after_all` run once, here; all else runs in workers."""

    def __init__(
        self, configuration: Configuration, folder: RunFolder, options: RunOptions, stopping: Stopping, reports: RunReports
    ) -> None:
        self._behave = BehaveRunner(configuration)
        self._folder = folder
        self._reports = reports
        self._options = options
        self._stopping = stopping
        self._watchdog = Watchdog(options.budgets)
        self.outcome = RunOutcome()
        self.clean_up_after: CleanUpAfter = nothing_to_clean_up
        self.may_meet: Callable[[Scenario, str], bool] = lambda _scenario, _defect: False
        """Whether what a scenario runs on may have a known defect of the real platform."""
        self.has_alone: Callable[[Scenario], frozenset[str]] = lambda _scenario: frozenset()
        """What a scenario must have to itself where it runs, besides what its tags say (`@exclusive.<name>`)."""
        self.loading_seconds = 0.0
        """See `environments.substrate.Substrate`."""

    @contextlib.contextmanager
    def loaded(self, model: Model) -> Iterator[None]:
        """Within it, the hooks and steps of these features are loaded. Raises CodeUnusable and NoStepsFolder."""
        with self._behave.path_manager:
            self._behave.setup_paths()
            wanted = {scenario.filename for scenario in model.selected}
            self._behave.load([feature for feature in model.features if feature.filename in wanted])
            yield

    def undefined_steps(self, model: Model) -> list[str]:
        """A sentence for each step of the scenarios to run that has no definition."""
        found = list(undefined_steps(model.selected, self._behave.libraries, Path.cwd()))
        # as `load` left it, for the hook that comes next
        self._behave.libraries.use_for(model.selected[0].filename)
        return found

    def overlooked(self) -> list[str]:
        """A sentence for each file and hook that looks as if it belonged to the project, and is not used."""
        paths = [Path(str(getattr(path, "filename", path))) for path in self._behave.config.paths]
        base, libraries = Path(self._behave.base_dir), self._behave.libraries
        base = base.relative_to(Path.cwd()) if base.is_relative_to(Path.cwd()) else base
        return [str(each) for each in overlooked(paths, base, libraries.folders, libraries.other_folders)]

    def run_selected(self, models: Iterator[Model], durations: dict[str, float]) -> RunOutcome:
        """Run everything, once it is loaded; `models` gives a fresh one for each repetition."""
        first = next(models)
        began = time.monotonic()
        self._passes(first, models, durations, self._hook_of_run("before_all"))
        self.outcome.used_up = self._watchdog.used_up
        self.outcome.wall_seconds = time.monotonic() - began
        return self.outcome

    def report_failed_start(self, problem: str) -> RunOutcome:
        """Report, except on the console, that nothing ran, since the platform could not be started."""
        run = self._fork_run(RunPlan([], [], [ForkPoint(0)]))
        pool = Pool(run, [], 0, self._watchdog)
        reports = OrderedReports(run.plan, pool, self._reports.of_pass(1, live=False), self._reports.write_scenario)
        reports.close([problem])
        pool.close()
        self.outcome.around += reports.around
        self.outcome.platform_failed = True
        return self.outcome

    def _passes(self, model: Model, models: Iterator[Model], durations: dict[str, float], problem: str | None) -> None:
        while True:
            self.outcome.passes += 1
            plan = make_plan(model.features, model.selected, self._behave.hooks, durations, strict=self._options.strict)
            for task in plan.tasks:
                task.claim(self.has_alone(task.scenario))
                if task.quarantine is None:
                    task.quarantine = excused([each for each in known_defects_of(task.tags) if self.may_meet(task.scenario, each)])
            self._announce_repetition()
            last = self._run_pass(plan, self._reports.of_pass(self.outcome.passes), problem)
            if last:
                break
            model = next(models)

    def _announce_repetition(self) -> None:
        if self._options.repeat != 1:
            of = f" of {self._options.repeat}" if self._options.repeat else ""
            say(f"\nRepetition {self.outcome.passes}{of}", "bold")

    def _is_last(self, tasks: list[Task]) -> bool:
        options, outcome = self._options, self.outcome
        failed = any(blocks(task) for task in tasks)
        stop = failed and (options.until_fail or options.fail_fast)
        # else another repetition would begin, only to leave everything out
        self._watchdog.look([])
        over = bool(self._stopping.came) or bool(self._watchdog.used_up) or bool(outcome.aborted)
        return stop or over or outcome.passes == options.repeat

    def _fork_run(self, plan: RunPlan) -> ForkRun:
        return ForkRun(self._behave, plan, self._folder.path, self._reports)

    def _run_pass(self, plan: RunPlan, reports: PassReports, problem: str | None) -> bool:
        """Run everything once, and what comes after it; returns whether that was the last time."""
        options = self._options
        ordered = in_order(plan.tasks, workers=options.workers, seed=options.seed, short_first_seconds=self.loading_seconds)
        pool = Pool(self._fork_run(plan), ordered, min(options.workers, len(ordered)), self._watchdog, self.clean_up_after)
        if options.fail_fast:
            pool.end_at_failure(blocks)
        playing = OrderedReports(plan, pool, reports, self._reports.write_scenario)
        try:
            if problem is not None:
                pool.fail_all(problem)
            self._drive(pool, playing, plan)
            self._add_up(plan, pool)
            last = self._is_last(plan.tasks)
            # the workers of this repetition go with it
            ended = self._end_run(pool) if last else self._end_pool(pool)
        finally:
            pool.close()
        playing.close([*filter(None, [problem]), *ended])
        self.outcome.around += playing.around
        self.outcome.unwritten = self.outcome.unwritten or pool.incidents.unwritten
        return last

    def _drive(self, pool: Pool, reports: OrderedReports, plan: RunPlan) -> None:
        progress = Progress(plan.tasks, self._options.workers)
        watching = Watching(plan, self._reports.follower)
        reports.before_writing = progress.clear
        playing = reports.play()
        with self._obeyed_by(pool):
            if self._stopping.came:
                pool.drop_waiting("the run was stopped")
            pool.begin()
            done, more = False, True
            while not done or more:
                # workers first: what is finished can be reported while they work
                done = pool.step(0.0 if more else BETWEEN_UPDATES_SECONDS)
                more = _reported_a_while(playing)
                if not done:
                    progress.update(pool.running)
                watching.look(pool.running)
            progress.clear()
            watching.look([], at_once=True)

    @contextlib.contextmanager
    def _obeyed_by(self, pool: Pool) -> Iterator[None]:
        """Signals stop what the pool's processes do, and do not raise here."""
        with self._stopping.waking() as woken, pool.hearing(woken, lambda: self._stop(pool, woken)):
            yield

    def _stop(self, pool: Pool, woken: int) -> None:
        os.read(woken, 64)
        if len(self._stopping.came) > 1:
            pool.kill()
        else:
            pool.stop()

    def _add_up(self, plan: RunPlan, pool: Pool) -> None:
        outcome, incidents = self.outcome, pool.incidents
        outcome.features = [heading_of(feature) for feature, _ in plan.by_feature()]
        outcome.results += [task.result for task in plan.tasks if task.result is not None]
        outcome.deaths += incidents.deaths
        outcome.hook_seconds += incidents.hook_seconds
        outcome.workers_lost += incidents.workers_lost
        outcome.aborted = outcome.aborted or incidents.aborted

    def _hook_of_run(self, hook: str) -> str | None:
        began = time.monotonic()
        with self._watchdog.interrupting():
            problem = self._behave.hook_of_run(hook)
        self.outcome.hook_seconds += time.monotonic() - began
        self.outcome.aborted = self.outcome.aborted or self._behave.context.take_abort()
        return problem

    def _end_run(self, pool: Pool) -> list[str]:
        self._behave.tell_hooks_of_failure(any(result.status.has_failed for result in self.outcome.results))
        try:
            hook = self._hook_of_run("after_all")
        except RunStopped:
            # what ran before is reported all the same
            hook = "the hook after_all was interrupted: the run was stopped"
        problems = [*filter(None, [hook]), *self._end_pool(pool)]
        with self._watchdog.interrupting():
            problems += self._behave.last_cleanups()
        # it may be used up only now
        self._watchdog.look([])
        return problems

    def _end_pool(self, pool: Pool) -> list[str]:
        with self._obeyed_by(pool):
            return pool.end_run()


def _reported_a_while(playing: Iterator[bool]) -> bool:
    """Report what can be reported, for a moment at most; returns whether there is more."""
    until = time.monotonic() + REPORTING_SECONDS
    while more := next(playing, False):
        if time.monotonic() >= until:
            break
    # whoever follows a log sees each step when it is over
    sys.stdout.flush()
    return more
