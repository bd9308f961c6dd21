"""How the workflows' runs ended, by the file `ci-runs.json`, as GitHub's own program writes it. Source: `gh run list --json`, gh 2.x.

`gh run list --branch main --limit 200 --json workflowName,conclusion,createdAt > ci-runs.json`
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from support.evaluation.inventory.files import UnreadableResult, read_json

FILE = "ci-runs.json"
GREEN, RED = ("success",), ("failure", "timed_out", "startup_failure")


@dataclass(frozen=True)
class CiRuns:
    """The runs of the workflows that test."""

    count: int
    last_green: datetime | None
    red_since: datetime | None
    """The first failure after the last success; None when the newest run is green."""


def read_ci_runs(repository: Path, workflows: Collection[str], problems: list[str]) -> CiRuns | None:
    """What `ci-runs.json` tells of these workflows; None without one. What cannot be read is added to the problems."""
    file = repository / FILE
    if not file.is_file():
        return None
    try:
        found = read_json(file)
        if not isinstance(found, list):
            raise UnreadableResult(f"{file} is not a list of runs: write it with `gh run list --json workflowName,conclusion,createdAt`")
        rows = [(datetime.fromisoformat(row["createdAt"]), str(row["conclusion"]), str(row["workflowName"])) for row in found]
    except UnreadableResult as error:
        problems.append(str(error))
        return None
    except (KeyError, TypeError, ValueError):
        problems.append(f"{file} holds a run without workflowName, conclusion or createdAt: name all three to `gh run list --json`")
        return None
    counted = sorted(((at, ended) for at, ended, name in rows if name in workflows and ended in (*GREEN, *RED)), key=lambda row: row[0])
    last_green = max((at for at, ended in counted if ended in GREEN), default=None)
    red = [at for at, ended in counted if ended in RED and (last_green is None or at > last_green)]
    return CiRuns(len(counted), last_green, red[0] if red else None)
