"""What the reports of a run hear, and when. `reports/` makes them, a command chooses them, the runner feeds them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from support.frozen import Frozen
from support.results.scenario_result import FeatureHeading, ScenarioResult, StepResult

if TYPE_CHECKING:
    from support.results.run_record import RunRecord


class LiveReport(Protocol):
    """Follows a pass in the order of the feature files: a feature begins, a scenario, each of its steps when it is over."""

    def feature(self, heading: FeatureHeading) -> None:
        """A feature begins."""

    def scenario(self, keyword: str, name: str) -> None:
        """A scenario begins."""

    def step(self, step: StepResult) -> None:
        """A step is over."""

    def scenario_over(self, result: ScenarioResult) -> None:
        """A scenario is over, and its steps were reported."""

    def printed_around(self, around: str, text: str) -> None:
        """What hooks of a feature, of a rule or of the run printed, and what cleanups did."""


class FeatureReport(Protocol):
    """Hears of a feature when all of it is over."""

    def feature(self, heading: FeatureHeading, results: Sequence[ScenarioResult]) -> None:
        """A feature is over."""


class UnderWay(Frozen):
    """A scenario that runs now; the live page is told of it as JSON."""

    identity: str
    """`str(result.identity)` of the result that it will have."""
    name: str
    location: str
    since: float
    """When it began, in unix time."""
    step: str
    """The step that it is in; empty between steps."""
    waits_for: str
    """What the step waits for; empty while it waits for nothing."""


class Follower(Protocol):
    """Is told how a run goes on while it does: results as scenarios end, in whatever order they do."""

    def pass_begins(self, planned: int, features: Sequence[FeatureHeading]) -> None:
        """A pass over so many scenarios of these features begins."""

    def goes_on(self, running: Sequence[UnderWay], ended: Sequence[ScenarioResult]) -> None:
        """What runs now, and what ended since the last time; called several times a second."""

    def run_over(self, record: "RunRecord") -> None:
        """The run is over, and its record is written."""


class PassReports(NamedTuple):
    """The reports of one pass over the features."""

    live: Sequence[LiveReport]
    by_feature: Sequence[FeatureReport]


class RunReports(Protocol):
    """The reports of a run."""

    attachments: Path | None
    """Where what scenarios attach is kept, if it is wanted."""
    follower: Follower | None
    """Who wants to know how the run goes on."""

    def of_pass(self, repetition: int, *, live: bool = True) -> PassReports:
        """Those of one repetition, counted from one; without the live ones when what they would show was shown otherwise."""

    def write_scenario(self, result: ScenarioResult, feature: FeatureHeading) -> None:
        """Write what there is of a scenario of a feature on its own; in the process that ran it, where there is one."""

    def describe_run(self, facts: dict[str, str]) -> None:
        """Tell what ran where, at the end of the run."""

    def run_over(self, record: "RunRecord") -> None:
        """The run is over, and its record is written."""
