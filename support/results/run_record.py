"""One run as JSON (`run.json`): what ran, how it ended and how long it took; for reports, history, benchmarks and other tools.

`run.schema.json` beside this module is its schema. Source: our choice.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from pathlib import Path, PurePath
from typing import Any

from support.results.run_folder import RECORD_FILE
from support.results.scenario_result import FeatureHeading, ScenarioResult
from support.results.whole_file import whole_file

VERSION = 1
"""Of the format: grows when a reader of the one before would misunderstand it."""
SHARD = re.compile(r"(\d{1,4})/(\d{1,4})")
SCHEMA = Path(__file__).with_name("run.schema.json")


class UnreadableRecord(ValueError):
    """There is a `run.json`, but not one that can be read; the text says why and what to do."""


@dataclass(frozen=True)
class RunRecord:
    """One run: its settings in short, where its time went, its scenarios, what went wrong around them, and its exit code."""

    run: str
    substrate: str
    sabotage: str | None
    workers: int
    seed: str | None
    shard: str | None
    shard_plan: str
    """The fingerprint of the plan by which shards were cut."""
    ready_seconds: float
    """Until the platform was ready."""
    step_seconds: float
    """In steps, all workers together."""
    hook_seconds: float
    """In hooks, fixtures and cleanups, all workers together."""
    wall_seconds: float
    """From the first hook to the last."""
    exit_code: int
    facts: dict[str, str] = field(default_factory=dict)
    """What the platforms said about themselves, such as which of their parts are real."""
    aborted: str | None = None
    """Why a step or hook ended the run by `context.abort`."""
    parts: list[str] = field(default_factory=list)
    """The runs of its shards, if it was merged of them."""
    services: dict[str, list[str]] = field(default_factory=dict)
    """The platforms' services, each with those that have to be up first."""
    features: list[FeatureHeading] = field(default_factory=list)
    """Those that scenarios ran of; none in records of before they were kept."""
    commit: str = ""
    """Of the working directory, where it is in a git repository."""
    scenarios: list[ScenarioResult] = field(default_factory=list)
    version: int = VERSION

    def write(self, folder: Path) -> None:
        """Write `run.json`. Raises OSError, and leaves no part of it."""
        facts = {"version": self.version} | {name: value for name, value in vars(self).items() if name not in ("version", "scenarios")}
        head = json.dumps(facts, default=vars, ensure_ascii=False)
        # a line each: quick to write, and good to read and to compare
        rows = ",\n".join(json.dumps(row, default=vars, ensure_ascii=False) for row in self.scenarios)
        with whole_file(folder / RECORD_FILE) as file:
            file.write(f'{head[:-1]}, "scenarios": [\n{rows}\n]}}\n')


def made_schema() -> dict[str, Any]:
    """The schema as the classes give it; `run.schema.json` holds it for other programs."""
    from pydantic import TypeAdapter

    facts = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "run.json of Ringmaster",
        "description": "One run of scenarios. A reader refuses a version that it does not know.",
    }
    schema = facts | {name: value for name, value in TypeAdapter(RunRecord).json_schema().items() if name not in ("title", "description")}
    schema["properties"]["version"] = {"const": VERSION}
    schema["required"] = [*schema["required"], "scenarios", "version"]
    return schema


def read_record(folder: Path) -> RunRecord:
    """The record of the run whose results are in `folder`.

    Raises:
        FileNotFoundError: there is none, with a text for people.
        UnreadableRecord: it is broken, foreign or of another version.
    """
    # loaded only by who reads records, since it takes longer than writing them
    from pydantic import TypeAdapter, ValidationError

    file = folder / RECORD_FILE
    if not file.is_file():
        raise FileNotFoundError(f"there is no finished run in {folder}: {file} is not there")
    found = _json_of(file)
    version = found.get("version") if isinstance(found, dict) else None
    if version is None:
        raise UnreadableRecord(f"{file} has no version: it was written by an old Ringmaster or by another program; run the scenarios again")
    if version != VERSION:
        raise UnreadableRecord(f"{file} is of version {version!r}, and this Ringmaster reads version {VERSION}: use the one that wrote it")
    try:
        record = TypeAdapter(RunRecord).validate_python(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        problem = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise UnreadableRecord(f"{file} is not the record of a run: {problem}; run the scenarios again") from error
    if problem := _problem(record, found):
        raise UnreadableRecord(f"{file} is not the record of a run: {problem}; run the scenarios again")
    return record


def _problem(record: RunRecord, written: object) -> str:
    """What no run writes, and would lead its readers astray; empty when there is nothing."""
    if isinstance(written, dict) and "scenarios" not in written:
        return "scenarios: Field required"
    if record.shard is not None:
        number, count = map(int, match.groups()) if (match := SHARD.fullmatch(record.shard)) else (0, 0)
        if not 1 <= number <= count:
            return f"there is no shard '{record.shard[:40]}'; one is such as 2/3"
    for number, scenario in enumerate(record.scenarios):
        where = PurePath(scenario.evidence or "")
        if where.is_absolute() or ".." in where.parts:
            return f"scenarios.{number}.evidence: it lies outside of the run's folder"
        if scenario.quarantine is not None:
            try:
                date.fromisoformat(scenario.quarantine.until)
            except ValueError as error:
                return f"{scenario.location}: {error}"
    return ""


def _json_of(file: Path) -> object:
    try:
        return json.loads(file.read_text(encoding="utf-8"), parse_float=_finite, parse_constant=_finite)
    except RecursionError as error:
        raise UnreadableRecord(f"{file} is not the record of a run: it is nested too deeply") from error
    except ValueError as error:
        raise UnreadableRecord(f"{file} is broken or cut off ({error}): run the scenarios again") from error
    except OSError as error:
        raise UnreadableRecord(f"{file} cannot be read: {error.strerror}") from error


def _finite(written: str) -> float:
    number = float(written)
    if not isfinite(number):
        raise ValueError(f"{written} is no finite number")
    return number
