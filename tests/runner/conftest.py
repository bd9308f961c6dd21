"""Runs `ringmaster run --substrate none` on projects made for the purpose, as a command of its own."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.runner.project import write_project

PROJECT = Path(__file__).parent.parent.parent
LONGEST_RUN = 60

Json = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How a run ended, and what it left."""

    exit_code: int
    output: str
    folder: Path
    results: Path
    """The folder of this very run."""

    @property
    def record(self) -> Json:
        """The run's `run.json`."""
        found: Json = json.loads((self.results / "run.json").read_text())
        return found

    @property
    def statuses(self) -> dict[str, str]:
        """How each scenario ended, in the order of the record."""
        return {row["name"]: row["status"] for row in self.record["scenarios"]}

    @property
    def junit(self) -> list[ElementTree.Element]:
        """All JUnit suites."""
        return [ElementTree.parse(file).getroot() for file in sorted((self.results / "junit").rglob("*.xml"))]  # noqa: S314

    @property
    def allure(self) -> list[Json]:
        """All Allure results."""
        return [json.loads(file.read_text()) for file in sorted((self.results / "allure-results").glob("*-result.json"))]

    @property
    def junit_counts(self) -> Counter[str]:
        """Tests, failures, errors and skips, over all suites."""
        counts: Counter[str] = Counter()
        for suite in self.junit:
            counts.update({name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")})
        return counts

    @property
    def allure_counts(self) -> Counter[str]:
        """Results by status."""
        return Counter(result["status"] for result in self.allure)

    def noted(self, file: str) -> list[str]:
        """The lines of one of the project's own logs."""
        path = self.folder / file
        return path.read_text().split() if path.exists() else []


Run = Callable[..., Outcome]


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """The variables a run gets: nothing of this test's own settings."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("RINGMASTER_") and name != "CI"}
    return variables | {
        "RINGMASTER_LEDGER_FOLDER": str(tmp_path / "ledger"),
        "RINGMASTER_SUBSTRATE": "none",
        "PYTHONPATH": str(PROJECT),
        "COLUMNS": "150",
    }


def command(*arguments: str) -> list[str]:
    """The command line of `ringmaster`."""
    return [sys.executable, "-m", "support", *arguments]


@pytest.fixture
def run(tmp_path: Path, surroundings: dict[str, str]) -> Run:
    """`run(project, "--workers", "4")` runs a project; its results are in a folder named `results`, beside the project's own."""

    def start(folder: Path, *arguments: str, results: str = "out", **variables: str) -> Outcome:
        ended = subprocess.run(
            command("run", "--results-folder", str(tmp_path / results), *arguments),
            cwd=folder,
            env=surroundings | variables,
            capture_output=True,
            text=True,
            timeout=LONGEST_RUN,
            stdin=subprocess.DEVNULL,
        )
        return Outcome(ended.returncode, ended.stdout + ended.stderr, folder, (tmp_path / results / "latest").resolve())

    return start


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """`project(name=text, ...)` makes a project with these features; without any, the one with 60 scenarios."""
    made: list[Path] = []

    def make(**features: str) -> Path:
        made.append(write_project(tmp_path / f"project-{len(made)}", **features))
        return made[-1]

    return make
