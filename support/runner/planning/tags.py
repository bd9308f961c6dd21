"""Tags that the runner reads: `@budget.<seconds>` and `@quarantine.<issue>.<yyyy-mm-dd>`.

Source: the design's table of tags.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from behave.model import Scenario

from support.results.scenario_result import FOR_GOOD, Quarantine

_BUDGET = re.compile(r"budget\.(\d+(?:\.\d+)?)")
_QUARANTINE = re.compile(r"quarantine\.([^.]+)\.(\d{4}-\d{2}-\d{2})")


class WrongTag(Exception):
    """A tag that the runner reads is not written as it must be; the text says which and where."""


def refuse_wrong_tags(scenarios: Iterable[Scenario]) -> None:
    """Raise WrongTag for the first tag that is not written as it must be."""
    for scenario in scenarios:
        budget_of(scenario)
        quarantine_of(map(str, scenario.effective_tags), scenario.location)


def budget_of(scenario: Scenario) -> float | None:
    """Seconds the scenario may take; the innermost tag counts: its own, then its rule's, then its feature's. Raises WrongTag."""
    statement: Any = scenario
    while statement is not None:
        for tag in map(str, statement.tags):
            if tag.startswith("budget."):
                match = _BUDGET.fullmatch(tag)
                if match is None or float(match[1]) <= 0:
                    raise WrongTag(f"{statement.location}: @{tag} is not a budget: write seconds, such as @budget.10")
                return float(match[1])
        statement = statement.parent
    return None


def quarantine_of(tags: Iterable[str], location: object) -> Quarantine | None:
    """The quarantine of a scenario with these tags, over or not; `location` is where it stands. Raises WrongTag."""
    for tag in tags:
        if tag.split(".")[0] == "quarantine":
            return _quarantine(tag, location)
    return None


def known_defects_of(tags: Iterable[str]) -> list[str]:
    """The defects of the real platform that a scenario with these tags would meet there, from `@upstream.<issue>`."""
    return sorted(tag.partition(".")[2] for tag in tags if tag.startswith("upstream."))


def excused(defects: Sequence[str]) -> Quarantine | None:
    """What a failure is put down to where the platform may have these defects; None when it has none."""
    return Quarantine(", ".join(defects), FOR_GOOD) if defects else None


def _quarantine(tag: str, location: object) -> Quarantine:
    match = _QUARANTINE.fullmatch(tag)
    try:
        if match is not None:
            return Quarantine(match[1], date.fromisoformat(match[2]).isoformat())
    except ValueError:
        pass
    raise WrongTag(f"{location}: @{tag} is not a quarantine: name the issue and its last day, such as @quarantine.123.2030-01-31")
