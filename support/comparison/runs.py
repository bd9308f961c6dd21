"""Runs the same scenarios in two ways, each in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.results.exit_codes import ExitCode

LAST_LINES = 15


class CouldNotRun(Exception):
    """One of the runs was refused or its platform did not start; the text ends with its last words."""

    def __init__(self, way: "Way", log: Path, exit_code: int) -> None:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
        super().__init__(f"the run on {way.name} could not be made (exit code {exit_code}):\n" + "\n".join(f"  | {line}" for line in lines))
        self.exit_code = ExitCode.WRONG_INPUT if exit_code == ExitCode.WRONG_INPUT else ExitCode.PLATFORM_FAILED


@dataclass(frozen=True)
class Way:
    """One way to run the scenarios: what the reports call it, options of `ringmaster run`, and variables."""

    name: str
    options: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


def run_both(ways: tuple[Way, Way], selection: Sequence[str], folder: Path) -> tuple[Path, Path]:
    """Run them one after the other, each in a folder of its own; the folders of their results. Raises CouldNotRun."""
    one, other = (_run(way, selection, folder / str(number)) for number, way in enumerate(ways, 1))
    return one, other


def _run(way: Way, selection: Sequence[str], folder: Path) -> Path:
    folder.mkdir(parents=True)
    log = folder / "output.txt"
    command = [sys.executable, "-m", "support", "run", *selection, *way.options, "--results-folder", str(folder)]
    with log.open("wb") as output:
        ended = subprocess.run(
            command, env={**os.environ, **way.variables}, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    results = folder / "latest"
    if ended.returncode not in (ExitCode.PASSED, ExitCode.FAILED, ExitCode.OVER_BUDGET) or not (results / "run.json").is_file():
        raise CouldNotRun(way, log, ended.returncode)
    return results
