"""Runs of Ringmaster inside of a scenario, and what they left behind."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.platforms.observatory.commands import Ended, ringmaster
from support.results.run_record import RunRecord, read_record

FEATURES = Path("features/observatory")
ALL_REPORTS = {"RINGMASTER_ALLURE": "true", "RINGMASTER_REPORT": "true"}
"""Whatever whoever runs the scenario wants of their own run."""


@dataclass
class InnerRun:
    """A run, by the folder of its results."""

    folder: Path
    ended: Ended
    decision: Mapping[str, Any] | None = None

    @property
    def results(self) -> Path:
        """Those of the run."""
        return self.folder / "latest"

    @property
    def record(self) -> RunRecord:
        """What it says of itself; raises FileNotFoundError and UnreadableRecord."""
        return read_record(self.results)

    @property
    def reports(self) -> dict[str, int]:
        """How many scenarios each report has: for machines, for Allure, and the report for people, which is there or not."""
        suites = [ElementTree.parse(file).getroot() for file in (self.results / "junit").glob("*.xml")]  # noqa: S314 - our own
        page = self.results / "report.html"
        return {
            "JUnit": sum(len(list(suite.iter("testcase"))) for suite in suites),
            "Allure": len(list((self.results / "allure-results").glob("*-result.json"))),
            "page": int(page.is_file() and "</html>" in page.read_text(encoding="utf-8")),
        }

    def logs(self) -> set[str]:
        """The services that left a log."""
        return {file.stem for file in (self.results / "logs").glob("*.log")}


def run(folder: Path, feature: str, *options: str, variables: Mapping[str, str] | None = None) -> InnerRun:
    """Run a feature in a process of its own."""
    ended = ringmaster(
        "run", str(FEATURES / feature), "--results-folder", str(folder), *options, variables={**ALL_REPORTS, **(variables or {})}
    )
    return InnerRun(folder, ended)


def decide(inner: InnerRun) -> Mapping[str, Any]:
    """What the gate decides about a run; raises OSError when it wrote no decision."""
    file = inner.folder / "gate-decision.json"
    ringmaster("gate", str(inner.results), "--output", str(file))
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
