"""A scenario's evidence for the report: what happened when, what it crossed, and the log lines of its time.

Evidence is redacted when it is written; nothing here looks anywhere else.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from support.evidence import FILE
from support.evidence.kinds import Kind

STEP_KINDS = (Kind.SCENARIO, Kind.BEGIN, Kind.STEP, Kind.PART, Kind.END, Kind.FILE)
"""Told by the steps of the result already."""
IDENTIFIER = re.compile(r"[-_.][0-9a-f]{8,}\b")
QUEUE = re.compile(r"([\w./-]+): ")
MOST_EVENTS, MOST_EVENTS_OF_FAILED = 60, 400
LONGEST_DETAIL, LONGEST_DETAIL_OF_FAILED = 0, 700
MOST_LOG_CHARACTERS = 4000
"""Of each service: its last lines."""
MOST_LOGS = 12


class Event(NamedTuple):
    """One thing that happened: its kind, when it began (seconds since the scenario did), how long it took, and what."""

    kind: str
    at: float
    seconds: float
    what: str
    detail: str
    times: int
    failed: bool
    node: str
    """The service or queue it was done with; empty when the evidence does not say."""


class ScenarioEvidence(NamedTuple):
    """What the report shows of one scenario's evidence."""

    events: Sequence[Event] = ()
    crossed: Mapping[str, int] = {}
    """How often it spoke with each service and used each queue, and how often services asked each other for it."""
    direct: Sequence[str] = ()
    """Of these, what it spoke with or used itself."""
    left_out: int = 0
    """Events that the page has no room for."""
    logs: Mapping[str, str] = {}
    problem: str = ""
    """Why there is less than there should be, in a sentence."""


def evidence_of(folder: Path, began: float, *, failed: bool) -> ScenarioEvidence:
    """Read the evidence in a scenario's folder; of one that failed more of it, and the logs.

    Args:
        folder: the scenario's; it may be gone, which is told as a problem.
        began: when the scenario did, in unix time.
        failed: whether its details are worth their room.
    """
    try:
        text = (folder / FILE).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return ScenarioEvidence(problem=f"Its evidence cannot be read: {error.strerror}.")
    rows, problem = _rows(text)
    most, longest = (MOST_EVENTS_OF_FAILED, LONGEST_DETAIL_OF_FAILED) if failed else (MOST_EVENTS, LONGEST_DETAIL)
    told = [row for row in rows if row["kind"] not in STEP_KINDS]
    crossed: Counter[str] = Counter()
    direct: dict[str, None] = {}
    for row in told:
        met = _met(row)
        crossed.update(met)
        crossed.update({str(name): int(times) for name, times in (row.get("asked") or {}).items()})
        if row["kind"] != Kind.LOG:
            direct.update(dict.fromkeys(met))
    # a log's lines are of the whole time
    timed = [row for row in told if row["kind"] != Kind.LOG]
    events = sorted((_event(row, began, longest) for row in timed[-most:]), key=lambda event: event.at)
    return ScenarioEvidence(events, dict(crossed), list(direct), max(0, len(timed) - most), _logs(folder) if failed else {}, problem)


def _rows(text: str) -> tuple[list[Mapping[str, Any]], str]:
    """The entries up to the first line that is none; not checked by pydantic, which would take most of the report's time."""
    rows: list[Mapping[str, Any]] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            row = json.loads(line)
            usable = _is_usable(row)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            usable = False
        if not usable:
            return rows, f"Its evidence ends at line {number}, which is cut off or broken."
        rows.append(row)
    return rows, ""


def _is_usable(row: Mapping[str, Any]) -> bool:
    """Whether its words are words and its figures are figures; raises what odd values raise."""
    figures = (row.get("at", 0.0), row.get("seconds") or 0.0, row.get("times", 1), *(row.get("asked") or {}).values())
    return (
        isinstance(row["kind"], str)
        and isinstance(row["what"], str)
        and isinstance(row.get("service", ""), str)
        and all(map(isfinite, figures))
    )


def _event(row: Mapping[str, Any], began: float, longest: int) -> Event:
    detail = str(row.get("detail", ""))
    # a wait's details say what it saw, which is what its reader wants to know
    room = max(longest, 400) if row["kind"] == Kind.WAIT or row.get("failed") else longest
    return Event(
        kind=str(row["kind"]),
        at=round(max(0.0, float(row.get("at", began)) - began), 3),
        seconds=round(float(row.get("seconds") or 0.0), 3),
        what=str(row["what"])[:200],
        detail=detail if len(detail) <= room else f"{detail[:room]}..." if room else "",
        times=int(row.get("times", 1)),
        failed=bool(row.get("failed")),
        node=_node(row),
    )


def _met(row: Mapping[str, Any]) -> dict[str, int]:
    """How often it was done with a service, and with a queue of its."""
    return {name: int(row.get("times", 1)) for name in (_node(row), str(row.get("service", ""))) if name}


def _node(row: Mapping[str, Any]) -> str:
    if row["kind"] == Kind.QUEUE and (match := QUEUE.match(str(row["what"]))):
        return f"queue {without_identifier(match[1])}"
    if service := row.get("service"):
        return str(service)
    if row["kind"] == Kind.POD:
        return "pods"
    return "client library" if row["kind"] == Kind.CALL else ""


def without_identifier(name: str) -> str:
    """The name of a queue or service without what a run added to it."""
    return IDENTIFIER.sub("", name)


def _logs(folder: Path) -> dict[str, str]:
    """The last lines of the logs that were kept when the scenario failed; they begin when it did."""
    found = {}
    for file in _log_files(folder):
        try:
            text = file.read_text(encoding="utf-8", errors="replace").strip()
        except OSError as error:
            text = f"(it cannot be read: {error.strerror})"
        if text:
            found[f"{file.parent.name}/{file.stem}"] = text if len(text) <= MOST_LOG_CHARACTERS else _last_lines(text)
    return found


def _log_files(folder: Path) -> Iterator[Path]:
    files = [
        file
        for kind in ("services", "pods")
        if (folder / kind).is_dir()
        for file in sorted((folder / kind).glob("*.log"))
        if file.is_file()
    ]
    # empty ones would take the place of others
    yield from sorted(files, key=lambda file: file.stat().st_size == 0)[:MOST_LOGS]


def _last_lines(text: str) -> str:
    cut = text[-MOST_LOG_CHARACTERS:]
    return f"(earlier lines left out)\n{cut.partition(chr(10))[2]}"
