"""For plain `behave` and editors: our reports as behave's formatters. `ringmaster run` does without them."""

import time
from pathlib import Path
from typing import Any

from behave.formatter.base import Formatter
from behave.model import Feature, Scenario, Step

from reports.console import ConsoleReport
from reports.formats.allure import write_result
from support.results.identity import Identity
from support.results.notes import notes
from support.results.scenario_result import Attachment, ScenarioResult, Status, StepResult
from support.runner.behave_adapter.judging import judge_errors_by_results
from support.runner.behave_adapter.model import captured_of, failure_of, heading_of, identities_of, status_of, step_result
from support.runner.planning.plan import ForkPoint, task_of
from support.runner.workers.task_results import Ending, Seen, result_of_task
from support.story import Part

judge_errors_by_results()

_last: tuple[object, tuple[list[Part], list[Attachment]]] = (None, ([], []))


def _taken(*moment: object) -> tuple[list[Part], list[Attachment]]:
    """What was noted up to a moment, for each of several formatters."""
    global _last
    if _last[0] != moment:
        _last = moment, notes.take()
    return _last[1]


class ResultFormatter(Formatter):
    """Makes a result of each scenario that behave runs."""

    def __init__(self, stream_opener: Any, config: Any) -> None:  # noqa: ANN401 - behave has no types
        super().__init__(stream_opener, config)
        self._identities: dict[int, Identity] = {}
        self._scenario: Scenario | None = None
        self._steps: list[StepResult] = []
        self._attachments: list[Attachment] = []
        self._evidence: Path | None = None
        self._began = self._step_began = 0.0

    def feature(self, feature: Feature) -> None:
        """A feature begins."""
        self._identities = identities_of(feature)

    def scenario(self, scenario: Scenario) -> None:
        """A scenario begins; the one before it is over."""
        self._close_scenario()
        notes.begin_scenario()
        self._scenario, self._steps, self._attachments = scenario, [], []
        self._began, self._evidence = time.time(), None

    def step(self, step: Step) -> None:
        """The hooks before the scenario are over."""
        self._attachments += _taken(id(step), "begin")[1]
        self._evidence = notes.evidence

    def match(self, match: object) -> None:
        """A step begins."""
        self._step_began = time.time()

    def result(self, step: Step) -> None:
        """A step is over."""
        self._steps.append(step_result(step, self._step_began, *_taken(id(step), "result")))
        self.step_over(self._steps[-1])

    def eof(self) -> None:
        """A feature is over."""
        self._close_scenario()

    def step_over(self, result: StepResult) -> None:
        """For subclasses."""

    def scenario_over(self, result: ScenarioResult) -> None:
        """For subclasses."""

    def _close_scenario(self) -> None:
        scenario, self._scenario = self._scenario, None
        # skipped without a reason: it was not asked for
        if scenario is None or (status_of(scenario) in (Status.SKIPPED, Status.UNTESTED) and not scenario.skip_reason):
            return
        task = task_of(0, scenario, self._identities[id(scenario)], (scenario.feature,), ForkPoint(0))
        task.evidence = self._evidence
        left = [step_result(step, status=status_of(step)) for step in list(scenario.all_steps)[len(self._steps) :]]
        seen = Seen(
            wall_seconds=time.time() - self._began,
            started_at=self._began,
            captured=captured_of(scenario),
            attachments=[*self._attachments, *_taken(id(scenario), "over")[1]],
        )
        ending = Ending(status_of(scenario), [*self._steps, *left], failure_of(scenario), scenario.skip_reason)
        self.scenario_over(result_of_task(task, Path.cwd(), ending, seen))


class ConsoleFormatter(ResultFormatter):
    """behave formatter that reads like the playbook."""

    name = "ringmaster"
    description = "steps with their parts and times"

    def __init__(self, stream_opener: Any, config: Any) -> None:  # noqa: ANN401 - behave has no types
        super().__init__(stream_opener, config)
        self._console = ConsoleReport(self.open())

    def feature(self, feature: Feature) -> None:
        """A feature begins."""
        super().feature(feature)
        self._console.feature(heading_of(feature))

    def scenario(self, scenario: Scenario) -> None:
        """A scenario begins."""
        super().scenario(scenario)
        self._console.scenario(scenario.keyword, scenario.name)

    def step_over(self, result: StepResult) -> None:
        """A step is over."""
        self._console.step(result)

    def scenario_over(self, result: ScenarioResult) -> None:
        """A scenario is over."""
        self._console.scenario_over(result)


class AllureFormatter(ResultFormatter):
    """behave formatter that writes one result file a scenario."""

    name = "allure"
    description = "Allure results with the truth about hooks, cleanups, rules and parts"

    def __init__(self, stream_opener: Any, config: Any) -> None:  # noqa: ANN401 - behave has no types
        super().__init__(stream_opener, config)
        self._folder = Path(stream_opener.name)
        self._folder.mkdir(parents=True, exist_ok=True)

    def scenario_over(self, result: ScenarioResult) -> None:
        """A scenario is over."""
        write_result(self._folder, result, Path.cwd())
