"""Hands results to the reports in the order of the feature files, as if the scenarios had run one after the other.

The scenario whose turn it is is shown as it goes; those that are ahead of their turn wait.
"""

from collections.abc import Callable, Iterator, Sequence

from support.results.reporting import LiveReport, PassReports
from support.results.scenario_result import THE_RUN, FeatureHeading, ScenarioResult
from support.results.texts import presentable
from support.runner.behave_adapter.model import heading_of
from support.runner.planning.plan import RunPlan, Task
from support.runner.pool.running import Pool
from support.runner.workers.task_results import result_around
from support.runner.workers.worker import why_unwritten


class OrderedReports:
    """The reports of one pass over the features."""

    def __init__(
        self, plan: RunPlan, pool: Pool, reports: PassReports, write_scenario: Callable[[ScenarioResult, FeatureHeading], None]
    ) -> None:
        """`write_scenario` is called with each result that no worker has written."""
        self._plan = plan
        self._pool = pool
        self._reports = reports
        self._write_scenario = write_scenario
        self.before_writing: Callable[[], None] = lambda: None
        """Called before something is written to the console."""
        self.around: list[ScenarioResult] = []
        """Stand for what went wrong around the scenarios."""

    def play(self) -> Iterator[bool]:
        """Report what can be reported: yields True after each piece, False where it has to wait for the workers."""
        for feature, tasks in self._plan.by_feature():
            heading = heading_of(feature)
            for report in self._live():
                report.feature(heading)
            for task in tasks:
                yield from self._scenario(task, heading)
                yield True
            points = [point for point in self._plan.fork_points if point.containers[:1] == (feature,)]
            while any(map(self._pool.is_open, points)) or self._pool.has_cleanups_of(tasks):
                yield False
            results = [task.result for task in tasks if task.result is not None]
            self._close(heading, results, lambda containers, feature=feature: containers[:1] == (feature,))  # type: ignore[misc]
            yield True

    def close(self, problems: list[str]) -> None:
        """Report what went wrong around the whole run."""
        heading = FeatureHeading("Feature", "The run", f"{THE_RUN}:0", THE_RUN)
        self._pool.incidents.problems += [(self._plan.run, presentable(problem)) for problem in problems]
        incidents = self._pool.incidents
        if any(not point.containers for point, _ in [*incidents.problems, *incidents.printed]):
            for report in self._live():
                report.feature(heading)
            self._close(heading, [], lambda containers: not containers)

    def _scenario(self, task: Task, heading: FeatureHeading) -> Iterator[bool]:
        while not task.begun:
            yield False
        for report in self._live():
            report.scenario(task.scenario.keyword, presentable(task.scenario.name))
        shown = attempts = 0
        while True:
            if len(task.failed_attempts) > attempts:
                attempts, shown = attempts + 1, 0
            while shown < len(task.steps_done):
                self._show_step(task, shown)
                shown += 1
            if task.result is not None:
                break
            yield False
        for number in range(shown, len(task.result.steps)):
            self._show_step(task, number)
        self._scenario_over(task.result, heading, written=task.written)

    def _show_step(self, task: Task, number: int) -> None:
        step = task.steps_done[number] if task.result is None else task.result.steps[number]
        # what did not begin is not shown
        if step.started_at is not None:
            for report in self._live():
                report.step(step)

    def _scenario_over(self, result: ScenarioResult, heading: FeatureHeading, *, written: bool) -> None:
        for report in self._live():
            report.scenario_over(result)
        if not written:
            self._write(lambda: self._write_scenario(result, heading))

    def _close(self, heading: FeatureHeading, results: list[ScenarioResult], belongs: Callable[[tuple[object, ...]], bool]) -> None:
        """A feature, or the run, is over."""
        incidents = self._pool.incidents
        for point, text in incidents.printed:
            if belongs(point.containers):
                for report in self._live():
                    report.printed_around(presentable(str(point)), text)
        around = [result_around(point, problem) for point, problem in incidents.problems if belongs(point.containers)]
        for result in around:
            for report in self._live():
                report.scenario(result.keyword, result.name)
            self._scenario_over(result, heading, written=False)
        self.around += around
        for feature_report in self._reports.by_feature:
            self._write(lambda report=feature_report: report.feature(heading, [*results, *around]))  # type: ignore[misc]

    def _write(self, write: Callable[[], None]) -> None:
        incidents = self._pool.incidents
        incidents.unwritten = why_unwritten(write) or incidents.unwritten

    def _live(self) -> Sequence[LiveReport]:
        self.before_writing()
        return self._reports.live
