"""A run as it goes, one JSON object a line, for programs that follow it; in the order of the feature files, as the console shows it.

Source: our choice.
"""

import json
import time
from typing import IO, Any

from support.results.scenario_result import FeatureHeading, ScenarioResult, StepResult
from support.terminal import complain

VERSION = 1
"""Of the events: grows when a reader of the ones before would misunderstand them."""


class EventStream:
    """Each event has its name (`event`) and its time (`at`, unix time); a scenario that is over is as in `run.json`."""

    def __init__(self, file: IO[str]) -> None:
        self._file: IO[str] | None = file

    def run_begins(self, run: str) -> None:
        """The first event."""
        self.tell("run_begins", run=run, version=VERSION)

    def feature(self, heading: FeatureHeading) -> None:
        """A feature begins."""
        self.tell("feature_begins", **vars(heading))

    def scenario(self, keyword: str, name: str) -> None:
        """A scenario begins."""
        self.tell("scenario_begins", keyword=keyword, name=name)

    def step(self, step: StepResult) -> None:
        """A step is over."""
        self.tell("step_over", step=step)

    def scenario_over(self, result: ScenarioResult) -> None:
        """A scenario is over."""
        self.tell("scenario_over", scenario=result)

    def printed_around(self, around: str, text: str) -> None:
        """What hooks of a feature, of a rule or of the run printed."""
        self.tell("printed", around=around, text=text)

    def run_over(self, exit_code: int) -> None:
        """The last event."""
        self.tell("run_over", exit_code=int(exit_code))

    def tell(self, event: str, **facts: Any) -> None:
        """Write an event and its facts; that nobody reads them any more is said once."""
        if self._file is None:
            return
        line = json.dumps({"event": event, "at": time.time()} | facts, default=vars, ensure_ascii=False)
        try:
            self._file.write(f"{line}\n")
            # whoever follows it sees each event when it happens
            self._file.flush()
        except OSError as error:
            # the run is worth more than who follows it
            complain(f"events can no longer be written: {error.strerror}")
            self._file = None
