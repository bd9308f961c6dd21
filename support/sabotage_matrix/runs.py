"""Runs the planned scenarios under each sabotage, each in a run and on a platform of its own, a few at a time."""

import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from support.results.exit_codes import ExitCode
from support.results.scenario_result import ScenarioResult
from support.sabotage_matrix.matrix import Cell
from support.sabotage_matrix.plan import Candidate
from support.sabotage_matrix.processes import CannotRun, RunProcesses, last_words, scenarios_of

WITHOUT = "without any"


@dataclass(frozen=True)
class Ended:
    """One run that ended: its cells, its seconds, and whether it has no results since the platform failed."""

    sabotage: str | None
    cells: list[Cell]
    seconds: float
    broken: bool

    @property
    def name(self) -> str:
        """The sabotage's name."""
        return self.sabotage or WITHOUT


@dataclass
class Runs:
    """The runs of one matrix; with `first_catch`, those under a sabotage end with a failure."""

    folder: Path
    variables: Mapping[str, str]
    """For each `ringmaster run`, besides those of this process, which hold its settings."""
    jobs: int
    first_catch: bool
    tell: Callable[[Ended], None]
    _processes: RunProcesses = field(default_factory=RunProcesses)

    def run_all(self, planned: list[tuple[str | None, list[Candidate]]]) -> list[Ended]:
        """Run them all, the longest first as far as that is known; raises CannotRun, and stops all of them when interrupted."""
        with ThreadPoolExecutor(self.jobs) as pool:
            futures = [pool.submit(self._run, sabotage, candidates) for sabotage, candidates in planned]
            try:
                return [future.result() for future in futures]
            except BaseException:
                self._processes.stop()
                pool.shutdown(cancel_futures=True)
                raise

    def _run(self, sabotage: str | None, candidates: list[Candidate]) -> Ended:
        began = time.monotonic()
        results = self.folder / (sabotage or WITHOUT.replace(" ", "-"))
        results.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "support", "run", *(candidate.location for candidate in candidates)]
        command += ["--results-folder", str(results), *(["--sabotage", sabotage] if sabotage else [])]
        command += ["--fail-fast"] if sabotage and self.first_catch else []
        exit_code = self._processes.wait_for(command, results / "output.txt", self.variables, Path.cwd())
        if exit_code == ExitCode.WRONG_INPUT:
            raise CannotRun(last_words(results / "output.txt"), exit_code)
        ran = scenarios_of(results)
        if sabotage is None and exit_code == ExitCode.PLATFORM_FAILED and all(each.around for each in ran):
            # it would start with no sabotage either
            raise CannotRun(last_words(results / "output.txt"), exit_code)
        broken = exit_code == ExitCode.PLATFORM_FAILED or not ran
        cells = [] if broken else [_cell(sabotage, scenario) for scenario in ran]
        if self.first_catch and any(cell.catches for cell in cells):
            # what came after that was not run
            cells = [cell for cell in cells if cell.status != "skipped"]
        ended = Ended(sabotage, cells, time.monotonic() - began, broken)
        self.tell(ended)
        return ended


def _cell(sabotage: str | None, scenario: ScenarioResult) -> Cell:
    bad = next((step for step in scenario.steps if step.status not in ("passed", "skipped", "untested")), None)
    words = scenario.reason if bad is None else bad.error
    return Cell(
        sabotage=sabotage,
        location=scenario.location,
        scenario=scenario.name,
        status=scenario.status,
        step=bad.sentence if bad else None,
        words=words,
        seconds=scenario.seconds,
    )
