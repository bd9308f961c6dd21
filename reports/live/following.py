"""Follows a run and tells the process that serves its page: one JSON object a line, as `--events` writes them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from reports.formats.events import EventStream
from support.results.exit_codes import ExitCode
from support.results.reporting import UnderWay
from support.results.run_folder import RunFolder
from support.results.run_record import RunRecord
from support.results.scenario_result import BAD, FeatureHeading, ScenarioResult

ROOT = Path(__file__).parents[2]
LONGEST_END_SECONDS = 10
AGAIN, STAYS, LEFT = "again", "stays", "left"
"""What the serving process says, a line each, after the page's address: that somebody clicked; that the run is over and somebody looks at
what failed; that nobody needs the page any more."""
STOPPED = (ExitCode.HUNG_UP, ExitCode.INTERRUPTED, ExitCode.TERMINATED)


class LiveFollower:
    """Tells of one run; that nobody listens any more changes nothing about the run."""

    def __init__(self, file: IO[str]) -> None:
        self._stream = EventStream(file)
        self._running: Sequence[UnderWay] | None = None

    def run_begins(self, folder: RunFolder) -> None:
        """A run begins, and leaves its results there."""
        self._stream.tell("run_begins", run=folder.run, folder=str(folder.path))

    def pass_begins(self, planned: int, features: Sequence[FeatureHeading]) -> None:
        """A pass over so many scenarios of these features begins."""
        self._stream.tell("pass_begins", planned=planned, features=features)

    def goes_on(self, running: Sequence[UnderWay], ended: Sequence[ScenarioResult]) -> None:
        """What runs now, and what ended since the last time."""
        for result in ended:
            self._stream.scenario_over(result)
        if running != self._running:
            self._running = running
            self._stream.tell("goes_on", running=running)

    def run_over(self, record: RunRecord) -> None:
        """The run is over, and its record is written."""
        self._stream.tell("run_over", may_run_again=may_run_again(record))


def may_run_again(record: RunRecord) -> bool:
    """Whether something failed that can be run again, and nobody stopped the run."""
    return record.exit_code not in STOPPED and any(result.status in BAD for result in record.scenarios if not result.around)


class LiveServer:
    """The process that serves the page. It ends when this one does, however that comes about."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        # a session of its own: Ctrl-C is for the run, which has something to tell of it
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "reports.live"],
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self._address = ""

    @property
    def file(self) -> IO[str]:
        """Where a LiveFollower writes."""
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        return self._process.stdin

    @property
    def address(self) -> str:
        """Where the page is, with the token that lets its reader in; empty when it could not be served."""
        if not self._address:
            self._address = next(self.says(), "")
        return self._address

    def says(self) -> Iterator[str]:
        """What it says, until it is gone."""
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        # a line at a time: what is read ahead would be lost with the iterator
        while line := self._process.stdout.readline():
            yield line.rstrip("\n")

    def close(self) -> None:
        """Tell those who look the last of it, and end."""
        # it may be gone already
        with suppress(OSError):
            self.file.close()
        try:
            self._process.wait(LONGEST_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
