"""How reliable each scenario is over many runs: one line a scenario and run in `flake-ledger.jsonl` among the results.

Runs with a sabotage are left out, since they fail on purpose. Source: our choice.
"""

import fcntl
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult

FILE = "flake-ledger.jsonl"
VERSION = 2
"""Since it, rules and rows are part of a scenario's name."""


@dataclass(frozen=True)
class LedgerLine:
    """One scenario in one run: how it ended, and at which attempt."""

    run: str
    scenario: str
    status: str
    attempts: int = 1
    formerly: str = ""
    """What ledgers called it before rules and rows were part of its name; empty where that is the same."""
    version: int = 1
    """Of its names."""


@dataclass(frozen=True)
class Reliability:
    """One scenario over the runs it was run in; rates are shares from 0 to 1.

    A run is flaky when it passed only after a failed attempt; `consecutive_greens` counts the newest runs that passed at once.
    """

    scenario: str
    runs: int
    pass_rate: float
    flaky_rate: float
    retry_rate: float
    consecutive_greens: int
    changes: int
    """How often a failed run followed a passed one or the other way round."""


def add_run(record: RunRecord, results: Path) -> None:
    """Add a run's scenarios, those that were not skipped; several runs may do so at once. Raises OSError."""
    if record.sabotage:
        return
    lines = [
        json.dumps({name: value for name, value in vars(_line(record.run, scenario)).items() if value != ""}, ensure_ascii=False)
        for scenario in record.scenarios
        if scenario.status != "skipped"
    ]
    with (results / FILE).open("a", encoding="utf-8", errors="replace") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("".join(f"{line}\n" for line in lines))


def read_ledger(results: Path) -> list[LedgerLine]:
    """Every line, oldest first; empty without a ledger. A torn line, as a kill leaves it, is passed over."""
    # loaded only by who reads the ledger, since it takes longer than writing it
    from pydantic import TypeAdapter

    one_line = TypeAdapter(LedgerLine)
    try:
        text = (results / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    lines = []
    for line in text.split("\n"):
        try:
            lines.append(one_line.validate_json(line))
        except ValueError:
            continue
    return _renamed(lines)


def _line(run: str, result: ScenarioResult) -> LedgerLine:
    former, now = f"{result.identity.file}: {result.name}", str(result.identity)
    return LedgerLine(run, now, result.status, result.attempts, former if former != now else "", VERSION)


def _renamed(lines: list[LedgerLine]) -> list[LedgerLine]:
    """Give old lines the names of today, where it is clear which scenario they are of."""
    names: dict[str, set[str]] = {}
    for line in lines:
        if line.version == VERSION:
            names.setdefault(line.formerly or line.scenario, set()).add(line.scenario)
    clear = {former: next(iter(found)) for former, found in names.items() if len(found) == 1}
    return [line if line.version == VERSION else replace(line, scenario=clear.get(line.scenario, line.scenario)) for line in lines]


def reliability(lines: Iterable[LedgerLine]) -> list[Reliability]:
    """What the ledger says of each scenario, the least reliable first."""
    by_scenario: dict[str, list[LedgerLine]] = {}
    for line in lines:
        by_scenario.setdefault(line.scenario, []).append(line)
    found = [_reliability(scenario, its) for scenario, its in by_scenario.items()]
    return sorted(found, key=lambda one: (one.pass_rate - one.flaky_rate, -one.changes, one.scenario))


def _reliability(scenario: str, lines: list[LedgerLine]) -> Reliability:
    passed = [line.status == "passed" for line in lines]
    green = [ok and line.attempts == 1 for ok, line in zip(passed, lines, strict=True)]
    count = len(lines)
    return Reliability(
        scenario=scenario,
        runs=count,
        pass_rate=sum(passed) / count,
        flaky_rate=sum(ok and line.attempts > 1 for ok, line in zip(passed, lines, strict=True)) / count,
        retry_rate=sum(line.attempts > 1 for line in lines) / count,
        consecutive_greens=next((index for index, ok in enumerate(reversed(green)) if not ok), count),
        changes=sum(one != other for one, other in pairwise(passed)),
    )
