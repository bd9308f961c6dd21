"""A short row of each scenario, which the page reads at once, to list and to filter. What is empty is left out, to keep it small."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reports.html.expectation import as_sentence, expectation_of
from support.results.scenario_result import ScenarioResult, Status, failure_weight

Json = dict[str, Any]

RING = re.compile(r"ring(\d+)")
CATCHES = re.compile(r"^\s*Catches:\s*(.+?)(?=\n\s*\n|\n\s*Catches|\Z)", re.MULTILINE | re.DOTALL)
GROUPS = {Status.PASSED: "passed", Status.FAILED: "failed", Status.UNTESTED: "not run", Status.SKIPPED: "skipped"}
"""Of the rest, some code is broken."""
LONGEST_SAID = 400
LONGEST_ROW_NAME = 100


class Names:
    """Gives each text a number, so that the page holds it once."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        return self.known.setdefault(text, len(self.known))


def row_of(number: int, result: ScenarioResult, marks: Sequence[Mapping[str, str]], tags: Names, reasons: Names) -> Json:
    """The row of a scenario; `number` is its place among all of them."""
    weight = failure_weight(result)
    name, title = names_of(result)
    identity = str(result.identity)
    row: Json = {
        "id": result.identity.digest()[:12] if not result.around else f"around{number}",
        "name": name[:1].upper() + name[1:] if result.around else name,
        "row": title,
        "status": group_of(result.status),
        "weight": weight,
        "priority": next((tag for tag in ("p0", "p1", "p2") if tag in result.tags), ""),
        "ring": next((match[1] for tag in result.tags if (match := RING.fullmatch(tag))), ""),
        "seconds": round(result.wall_seconds, 3),
        "tags": [tags.number(tag) for tag in result.tags],
        # a letter for each earlier run that is marked, and - where it did not run
        "past": "".join([run.get(identity, "-") for run in marks]) if not result.around else "",
        "said": _said(result) if weight is not None else "",
        "around": result.around,
        "flaky": result.attempts > 1 and result.status is Status.PASSED,
        "quarantine": str(result.quarantine or ""),
    }
    shown = {key: value for key, value in row.items() if value}
    return shown | ({"reason": reasons.number(result.reason)} if result.reason else {})


def platform_of(file: str) -> str:
    """The platform of a feature, by its folder; empty for a project's own features."""
    parts = Path(file).parts
    return parts[1] if len(parts) > 2 and parts[0] == "features" and not RING.match(parts[1]) else ""


def catches_of(description: str) -> list[str]:
    """What a description says that would be caught, a sentence each."""
    return [" ".join(found.split()) for found in CATCHES.findall(description)] if "Catches:" in description else []


def group_of(status: Status) -> str:
    """The five ways to end that a reader of the report tells apart."""
    return GROUPS.get(status, "broken")


def names_of(result: ScenarioResult) -> tuple[str, str]:
    """The scenario's name, and what tells its row of Examples from the others; behave joins them with ` -- @1.2 `."""
    whole = result.name or result.keyword
    name, _, row = whole.rpartition(" -- @") if result.parameters else ("", "", "")
    return name or whole, (row.partition(" ")[2].strip() or result.identity.row)[:LONGEST_ROW_NAME] if row else ""


def _said(result: ScenarioResult) -> str:
    """Why it failed, in one sentence."""
    if result.over_budget or result.died:
        return as_sentence(result.over_budget or result.died)
    missing = next((step for step in result.steps if step.status is Status.UNDEFINED), None)
    if missing is not None:
        return f"Nobody has written what this step does: {missing.sentence}"
    if result.first_problem is None:
        return "It did not come to its end." if result.status is Status.UNTESTED else result.status.words
    found = expectation_of(result.first_problem)
    differing = [f"{name}: expected {expected}, seen {seen}" for name, expected, seen in found.rows if expected != seen]
    if differing:
        return f"{found.said} {'; '.join(differing)}"[:LONGEST_SAID]
    return found.said if not found.expected else f"{found.said} Expected {found.expected}; seen: {found.seen}"[:LONGEST_SAID]
