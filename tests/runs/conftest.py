"""Runs `ringmaster` as its users do: as a command, in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

PROJECT = Path(__file__).parent.parent.parent
LONGEST_RUN = 180


@dataclass(frozen=True)
class Outcome:
    """How one command ended, and what it left."""

    exit_code: int
    output: str
    results: Path

    @property
    def record(self) -> dict[str, Any]:
        """The run's `run.json`."""
        found: dict[str, Any] = json.loads((self.results / "latest" / "run.json").read_text())
        return found

    def status_of(self, scenario: str) -> str:
        """How the scenario whose name begins so ended."""
        return str(next(row["status"] for row in self.record["scenarios"] if row["name"].startswith(scenario)))


Ringmaster = Callable[..., Outcome]


@pytest.fixture
def temporary() -> Iterator[Path]:
    """The runs' temporary folder; MariaDB's own user has to get through to it, which pytest's folders do not allow."""
    with tempfile.TemporaryDirectory(prefix="ringmaster-tests-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture
def surroundings(tmp_path: Path, temporary: Path) -> dict[str, str]:
    """The variables a run gets: nothing of this test's own settings, and a ledger, temporary folder and results of its own."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("RINGMASTER_") and name != "CI"}
    return variables | {
        "RINGMASTER_LEDGER_FOLDER": str(tmp_path / "ledger"),
        "RINGMASTER_RESULTS_FOLDER": str(tmp_path / "out"),
        "TMPDIR": str(temporary),
        "COLUMNS": "200",
    }


@pytest.fixture
def ringmaster(surroundings: dict[str, str], tmp_path: Path) -> Ringmaster:
    """`ringmaster("run", "--tags", "@smoke", RINGMASTER_CLIENT_ENV="dev")` runs the command and waits for it."""

    def command(*arguments: str, folder: Path = PROJECT, **variables: str) -> Outcome:
        ended = subprocess.run(
            [sys.executable, "-m", "support", *arguments],
            cwd=folder,
            env=surroundings | {"PYTHONPATH": str(PROJECT)} | variables,
            capture_output=True,
            text=True,
            timeout=LONGEST_RUN,
            stdin=subprocess.DEVNULL,
        )
        return Outcome(ended.returncode, ended.stdout + ended.stderr, tmp_path / "out")

    return command


def copy_of_repository(root: Path) -> Path:
    """All tracked files of this repository in another folder, so that a platform can be added to it."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (PROJECT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, root / name)
    return root


@pytest.fixture(scope="module")
def two_platforms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository with the second platform laid over it."""
    root = copy_of_repository(tmp_path_factory.mktemp("repository"))
    for folder in ("environments", "support", "steps", "features"):
        shutil.copytree(root / "tests" / "second_platform" / folder, root / folder, dirs_exist_ok=True)
    return root


def in_copy(ringmaster: Ringmaster, repository: Path, *arguments: str, **variables: str) -> Outcome:
    return ringmaster(*arguments, folder=repository, PYTHONPATH=str(repository), **variables)


def small_project(parent: Path, feature: str, steps: str) -> Path:
    """A folder with one feature of tracebloc's and its steps, which run on that platform with the hooks of this project."""
    project = parent / "project"
    for folder in ("features/tracebloc", "steps/tracebloc"):
        (project / folder).mkdir(parents=True)
    for file in ("environment.py", "ringmaster.toml"):
        shutil.copy(PROJECT / file, project)
    (project / "features" / "tracebloc" / "small.feature").write_text(feature)
    (project / "steps" / "tracebloc" / "small.py").write_text(steps)
    return project


def assert_refused(outcome: Outcome, exit_code: int, *words: str) -> None:
    """The command said once what is wrong, with these words, and ended so, without a traceback."""
    assert outcome.exit_code == exit_code, outcome.output
    assert "Traceback" not in outcome.output
    for word in words:
        assert word in " ".join(outcome.output.split()), outcome.output
    assert len([line for line in outcome.output.splitlines() if line.startswith("ringmaster: ")]) == 1, outcome.output


def processes_of(temporary: Path) -> list[psutil.Process]:
    """Every living process that has to do with the runs' temporary folder."""
    ours = []
    for process in psutil.process_iter():
        try:
            if str(temporary) in " ".join(process.cmdline()) or str(temporary) in process.cwd():
                ours.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return ours
