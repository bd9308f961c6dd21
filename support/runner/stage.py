"""Plays finished scenarios to formatters and reporters in the order of the feature files, as if they had run one after the other.

The scenario whose turn it is is played as it goes; those that are ahead of their turn wait.
"""

from collections.abc import Callable, Iterator
from typing import Any

from behave.model import Feature, Rule, Scenario
from behave.model_type import Status

from support.runner.plan import Plan, Task
from support.runner.pool import Pool
from support.runner.results import put_failure

AROUND = "around"
THE_RUN = "the-run"
"""Stands for a file in what is told of the run itself."""


class Stage:
    """The reports of one pass."""

    def __init__(self, plan: Plan, pool: Pool, formatters: list[Any], reporters: list[Any]) -> None:
        self._plan = plan
        self._pool = pool
        self._formatters = formatters
        self._reporters = reporters
        self.before_telling: Callable[[], None] = lambda: None
        self.added: list[Scenario] = []
        """Scenarios that stand for what went wrong around those of the features."""

    def play(self) -> Iterator[bool]:
        """Play what can be played: yields True after each piece, False where it has to wait for the workers."""
        for feature, tasks in self._plan.by_feature():
            self._tell("uri", feature.filename)
            self._tell("feature", feature)
            if feature.background:
                self._tell("background", feature.background)
            rule = None
            for task in tasks:
                if task.containers[1:] and task.containers[1] is not rule:
                    rule = task.containers[1]
                    self._tell("rule", rule)
                yield from self._scenario(task)
                yield True
            while any(self._pool.is_open(home) for home in self._plan.homes if home.containers[:1] == (feature,)):
                yield False
            self._close(feature)
            yield True

    def close(self, problems: list[str]) -> None:
        """Play what went wrong around the whole run, and close the reports."""
        problems = [*problems, *(problem for home, problem in self._pool.aftermath.problems if not home.containers)]
        if problems:
            feature = Feature(THE_RUN, 0, "Feature", "The run")
            self._tell("uri", feature.filename)
            self._tell("feature", feature)
            for problem in problems:
                self._add(feature, f"{AROUND} the run", problem)
            self._end(feature)
        for reporter in self._reporters:
            reporter.end()

    def _scenario(self, task: Task) -> Iterator[bool]:
        while not (task.begun or task.ended):
            yield False
        self._tell("scenario", task.scenario)
        for step in task.steps:
            self._tell("step", step)
        played = attempts = 0
        while True:
            if len(task.failed_attempts) > attempts:
                self._tell(
                    "printed", f"attempt {attempts + 1} of {task.most_attempts} failed, trying again: {task.failed_attempts[attempts]}"
                )
                attempts, played = attempts + 1, 0
            while played < task.steps_ended:
                self._tell("result", task.steps[played])
                played += 1
            if task.ended:
                break
            yield False
        if task.output:
            self._tell("printed", task.output)

    def _close(self, feature: Feature) -> None:
        for home, text in self._pool.aftermath.printed:
            if home.containers[:1] == (feature,):
                self._tell("printed", text)
        for home, problem in self._pool.aftermath.problems:
            if home.containers[:1] == (feature,):
                self._add(feature, f"{AROUND} {home}", problem)
        self._end(feature)

    def _add(self, feature: Feature, name: str, problem: str) -> None:
        scenario = Scenario(feature.filename, feature.line, "Scenario", name)
        feature.add_scenario(scenario)
        put_failure(scenario, Status.hook_error, problem)
        self.added.append(scenario)
        self._tell("scenario", scenario)

    def _end(self, feature: Feature) -> None:
        for container in [*(item for item in feature.run_items if isinstance(item, Rule)), feature]:
            container.clear_status()
        self._tell("eof")
        for reporter in self._reporters:
            reporter.feature(feature)

    def _tell(self, event: str, *values: object) -> None:
        self.before_telling()
        for formatter in self._formatters:
            if (call := getattr(formatter, event, None)) is not None:
                call(*values)
