"""The console where nobody reads every step: a line a scenario, and everything of those that failed."""

from reports.console import OF_STEPS, ConsoleReport
from support.results.scenario_result import FeatureHeading, ScenarioResult, Status, StepResult


class QuietConsole:
    """Shows a failure at once as the readable console does."""

    def __init__(self, console: ConsoleReport) -> None:
        self._console = console

    def feature(self, heading: FeatureHeading) -> None:
        """A feature begins."""
        self._console.feature(heading)

    def scenario(self, keyword: str, name: str) -> None:
        """A scenario begins; how it looks is known when it is over."""

    def step(self, step: StepResult) -> None:
        """A step is over; it is shown if the scenario fails."""

    def scenario_over(self, result: ScenarioResult) -> None:
        """A scenario is over."""
        if result.status in (Status.PASSED, Status.SKIPPED):
            mark, style = OF_STEPS[result.status]
            self._console.line(f"  {mark} {result.name}{_note(result)}", style=style, right=f"{result.wall_seconds:6.2f} s")
            return
        self._console.scenario(result.keyword, result.name)
        for step in result.steps:
            # what did not begin is not shown
            if step.started_at is not None:
                self._console.step(step)
        self._console.scenario_over(result)
        self._console.line("")

    def printed_around(self, around: str, text: str) -> None:
        """What hooks of a feature, of a rule or of the run printed."""
        self._console.printed_around(around, text)


def _note(result: ScenarioResult) -> str:
    if result.status is Status.SKIPPED:
        return f": skipped: {result.reason or 'not selected'}"
    return f": passed at attempt {result.attempts}" if result.attempts > 1 else ""
