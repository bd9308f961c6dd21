"""Runs the same scenarios in two ways, each in a process of its own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.redaction import last_lines
from support.results.exit_codes import ExitCode

LAST_LINES = 15
ENDINGS = ("  ✓ ", "  ✗ ")
"""How a line of `ringmaster run` begins that says how a scenario ended, but for those that were skipped."""


class CouldNotRun(Exception):
    """One of the runs was refused or its platform did not start; the text ends with its last words."""

    def __init__(self, way: "Way", log: Path, exit_code: int, how: str = "") -> None:
        lines = last_lines(log.read_text(encoding="utf-8", errors="replace"), LAST_LINES)
        super().__init__(
            f"the run on {way.name} could not be made{how} (exit code {exit_code}):\n" + "\n".join(f"  | {line}" for line in lines)
        )
        self.exit_code = ExitCode.WRONG_INPUT if exit_code == ExitCode.WRONG_INPUT else ExitCode.PLATFORM_FAILED


@dataclass(frozen=True)
class Way:
    """One way to run the scenarios: what the reports call it, options of `ringmaster run`, and variables."""

    name: str
    options: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


def run_both(
    ways: tuple[Way, Way], selection: Sequence[str], folder: Path, *, within_seconds: float, tell: Callable[[str], None]
) -> tuple[Path, Path]:
    """Run them one after the other, each in a folder of its own; the folders of their results.

    Args:
        ways: how.
        selection: options of `ringmaster run` that say which scenarios.
        folder: gets the results.
        within_seconds: how long each may take; then it is stopped in order, and interrupted scenarios would tell nothing.
        tell: hears how each scenario ended, as soon as it did.

    Raises:
        CouldNotRun: one of them was refused, its platform did not start, or it took too long.
    """
    one, other = (_run(way, selection, folder / str(number), within_seconds, tell) for number, way in enumerate(ways, 1))
    return one, other


def _run(way: Way, selection: Sequence[str], folder: Path, within_seconds: float, tell: Callable[[str], None]) -> Path:
    folder.mkdir(parents=True)
    log = folder / "output.txt"
    command = [sys.executable, "-m", "support", "run", *selection, *way.options, "--results-folder", str(folder), "--quiet"]
    tell(f"{way.name}:")
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            command,
            env={**os.environ, **way.variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as running,
    ):
        too_long = threading.Timer(within_seconds, running.terminate)
        too_long.start()
        try:
            for line in running.stdout or ():
                output.write(line)
                if line.startswith(ENDINGS):
                    tell(line.rstrip())
        except BaseException:
            running.terminate()
            raise
        finally:
            too_long.cancel()
    results = folder / "latest"
    if running.returncode == 128 + signal.SIGTERM:
        raise CouldNotRun(way, log, running.returncode, f" within {within_seconds:.0f} s")
    if running.returncode not in (ExitCode.PASSED, ExitCode.FAILED, ExitCode.OVER_BUDGET) or not (results / "run.json").is_file():
        raise CouldNotRun(way, log, running.returncode)
    return results
