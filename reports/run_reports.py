"""The reports that every run writes as it goes: console, JUnit and, if it is wanted, Allure."""

import sys
from collections.abc import Sequence

from reports.allure import write_environment, write_result
from reports.console import ConsoleReport
from reports.junit import JUnitReport
from reports.quiet_console import QuietConsole
from support.results.reporting import LiveReport, PassReports
from support.results.run_folder import RunFolder
from support.results.scenario_result import ScenarioResult


class StandardReports:
    """Writes into the folder of a run."""

    def __init__(self, folder: RunFolder, *, allure: bool, quiet: bool = False, also: Sequence[LiveReport] = ()) -> None:
        """`also` follow the run besides the console, on which a scenario that went well is one line if it is to be quiet."""
        console = ConsoleReport(sys.stdout)
        self._folder = folder
        self._live: list[LiveReport] = [QuietConsole(console) if quiet else console, *also]
        self.attachments = folder.allure if allure else None

    def of_pass(self, repetition: int, *, live: bool = True) -> PassReports:
        """Those of one repetition, counted from one."""
        # one folder each, since the files are named after the features
        junit = self._folder.junit if repetition == 1 else self._folder.junit / f"repetition-{repetition}"
        if self.attachments is not None:
            self.attachments.mkdir(parents=True, exist_ok=True)
        return PassReports(self._live if live else [], [JUnitReport(junit, self._folder.path)])

    def write_scenario(self, result: ScenarioResult) -> None:
        """Write the scenario's Allure result."""
        if self.attachments is not None:
            write_result(self.attachments, result, self._folder.path)

    def describe_run(self, facts: dict[str, str]) -> None:
        """Tell Allure what ran where."""
        if self.attachments is not None:
            write_environment(self.attachments, facts)
