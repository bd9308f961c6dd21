"""What the reports of a run hear, and when. `reports/` makes them, a command chooses them, the runner feeds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from support.results.run_record import RunRecord
from support.results.scenario_result import FeatureHeading, ScenarioResult, StepResult


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


@dataclass(frozen=True)
class PassReports:
    """The reports of one pass over the features."""

    live: Sequence[LiveReport]
    by_feature: Sequence[FeatureReport]


class RunReports(Protocol):
    """The reports of a run."""

    attachments: Path | None
    """Where what scenarios attach is kept, if it is wanted."""

    def of_pass(self, repetition: int, *, live: bool = True) -> PassReports:
        """Those of one repetition, counted from one; without the live ones when what they would show was shown otherwise."""

    def write_scenario(self, result: ScenarioResult) -> None:
        """Write what there is of a scenario on its own; in the process that ran it, where there is one."""

    def describe_run(self, facts: dict[str, str]) -> None:
        """Tell what ran where, at the end of the run."""

    def run_over(self, record: RunRecord) -> None:
        """The run is over, and its record is written."""
