"""The reports that every run writes: console, JUnit and, if they are wanted, Allure as it goes and the scenario report at its end."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.console import ConsoleReport
from reports.formats.allure import write_environment, write_result
from reports.formats.junit import JUnitReport
from reports.quiet_console import QuietConsole
from support.results.reporting import Follower, LiveReport, PassReports
from support.results.run_folder import RunFolder
from support.results.scenario_result import FeatureHeading, ScenarioResult
from support.terminal import complain

if TYPE_CHECKING:
    from support.results.run_record import RunRecord


class StandardReports:
    """Writes into the folder of a run."""

    def __init__(
        self,
        folder: RunFolder,
        *,
        allure: bool,
        page: bool,
        quiet: bool = False,
        also: Sequence[LiveReport] = (),
        follower: Follower | None = None,
    ) -> None:
        """Others that follow the run are `also`, as the console does, and the `follower`; quiet: what went well is a line."""
        console = ConsoleReport(sys.stdout, flushes=False)
        self._folder = folder
        self._page = page
        self.follower = follower
        self._live: list[LiveReport] = [QuietConsole(console) if quiet else console, *also]
        self.attachments = folder.allure if allure else None

    def of_pass(self, repetition: int, *, live: bool = True) -> PassReports:
        """Those of one repetition, counted from one."""
        # one folder each, since the files are named after the features
        junit = self._folder.junit if repetition == 1 else self._folder.junit / f"repetition-{repetition}"
        if self.attachments is not None:
            self.attachments.mkdir(parents=True, exist_ok=True)
        return PassReports(self._live if live else [], [JUnitReport(junit, self._folder.path)])

    def write_scenario(self, result: ScenarioResult, feature: FeatureHeading) -> None:
        """Write the scenario's Allure result."""
        if self.attachments is not None:
            write_result(self.attachments, result, self._folder.path, feature.description)

    def describe_run(self, facts: dict[str, str]) -> None:
        """Tell Allure what ran where."""
        if self.attachments is not None:
            write_environment(self.attachments, facts)

    def run_over(self, record: "RunRecord") -> None:
        """Write the scenario report. That it cannot be written changes nothing about what the run came to."""
        if self._page:
            self._write_page(record)
        if self.follower is not None:
            self.follower.run_over(record)

    def _write_page(self, record: "RunRecord") -> None:
        # loaded only now, when nobody waits for a scenario any more
        from reports.html.page import write_report

        try:
            written = write_report(record, self._folder.path)
        except OSError as error:
            complain(f"the scenario report could not be written: {error.strerror}: {error.filename or self._folder.path}")
            return
        except Exception as error:
            complain(f"the scenario report could not be written: {type(error).__name__}: {error}")
            return
        for problem in written.problems:
            complain(problem)
