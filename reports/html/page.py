"""Puts the report together: one HTML file with its styles, scripts and data, written in one go. Linear in the scenarios."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reports.html.earlier import EarlierRun, History, as_earlier, neighbours
from reports.html.scenarios import Scenario, ScenarioRows, catches_of
from reports.html.verdict import Shown, UnreadableDecision, own_verdict, verdict_of
from support.redaction import redact
from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult, failure_weight

FILE = "report.html"
HERE = Path(__file__).parent
SCRIPTS = ("uplot", "basics", "state", "overview", "scenarios", "scenario", "timeline", "picture", "trends", "start")
STYLES = ("uplot", "report", "parts")
IN_ONE_BLOCK = 50
"""Scenarios whose details the page reads together."""
PLAYBOOK = "playbook."


@dataclass(frozen=True)
class Written:
    """The report's file, and what of the results could not be read, in sentences."""

    file: Path
    problems: list[str]


def write_report(record: RunRecord, folder: Path, history: History | None = None) -> Written:
    """Write `report.html` into the folder of a run's results.

    Args:
        record: of the run.
        folder: its results; evidence and the gate's decision are looked for there.
        history: earlier runs; None: those in the folders beside it.

    Raises:
        OSError: the file cannot be written.
    """
    past = neighbours(folder) if history is None else history
    problems = [*past.problems]
    verdict, problem = _verdict(record, folder)
    problems += [problem] if problem else []
    rows = ScenarioRows(record, folder, past)
    made = _made(rows, record.scenarios)
    broken = [scenario.row["name"] for scenario in made if scenario.problem and "left out" not in scenario.problem]
    if broken:
        problems.append(f"The evidence of {len(broken)} scenarios is broken or gone, such as of: {broken[0]}.")
    head = _head(record, verdict, past, rows, made) | {"problems": problems}
    file = folder / FILE
    draft = folder / f".{FILE}"
    with draft.open("w", encoding="utf-8", errors="replace") as page:
        for piece in _template().generate(title=_title(record, verdict), head=as_script(head), blocks=_blocks(made), **_assets()):
            page.write(piece)
    draft.replace(file)
    return Written(file, problems)


def as_script(data: object) -> str:
    """JSON that may stand in a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=vars)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _verdict(record: RunRecord, folder: Path) -> tuple[Shown, str]:
    try:
        return verdict_of(record, folder), ""
    except UnreadableDecision as error:
        return own_verdict(record), str(error)


def _made(rows: ScenarioRows, results: Sequence[ScenarioResult]) -> list[Scenario]:
    """In the order of the results, though those that failed are given room for their evidence first."""
    order = sorted(range(len(results)), key=lambda number: failure_weight(results[number]) is None)
    made = {number: rows.scenario(number, results[number]) for number in order}
    return [made[number] for number in range(len(results))]


def _head(record: RunRecord, verdict: Shown, past: History, rows: ScenarioRows, made: Sequence[Scenario]) -> dict[str, Any]:
    this = as_earlier(record)
    return {
        "run": _facts(record, this),
        "verdict": verdict.as_json(),
        "smoke": _smoke(record.scenarios),
        "features": [
            {"file": one.file, "name": one.name, "description": one.description.strip(), "catches": catches_of(one.description)}
            for one in record.features
        ],
        "services": record.services,
        "tags": list(rows.tags.known),
        "nodes": list(rows.nodes.known),
        "sentences": list(rows.sentences.known),
        "reasons": list(rows.reasons.known),
        "scenarios": [scenario.row for scenario in made],
        "block": IN_ONE_BLOCK,
        "runs": [_in_short(run) for run in [*past.runs, this]],
        "scores": list(past.scores),
    }


def _facts(record: RunRecord, this: EarlierRun) -> dict[str, Any]:
    return {
        "run": record.run,
        "began": this.began,
        "substrate": record.substrate,
        "sabotage": record.sabotage or "",
        "workers": record.workers,
        "seed": record.seed or "",
        "shard": record.shard or "",
        "ready": round(record.ready_seconds, 2),
        "steps": round(record.step_seconds, 2),
        "hooks": round(record.hook_seconds, 2),
        "wall": round(record.wall_seconds, 2),
        "facts": {redact(name): redact(text) for name, text in record.facts.items()},
        "exit": record.exit_code,
    }


def _in_short(run: EarlierRun) -> dict[str, Any]:
    statuses = [outcome.status for outcome in run.outcomes.values()]
    return {
        "run": run.run,
        "began": round(run.began),
        "substrate": run.substrate,
        "wall": round(run.wall_seconds, 2),
        "ready": round(run.ready_seconds, 2),
        "passed": statuses.count("passed"),
        "failed": statuses.count("failed"),
        "skipped": statuses.count("skipped"),
        "flaky": sum(outcome.is_flaky for outcome in run.outcomes.values()),
    }


def _smoke(results: Sequence[ScenarioResult]) -> int:
    """The scenario that goes through the playbook, one step each: its number, or -1."""
    for number, result in enumerate(results):
        steps = sum(tag.startswith(PLAYBOOK) for tag in result.tags)
        if "smoke" in result.tags and steps > 1 and len(result.steps) == steps:
            return number
    return -1


def _blocks(made: Sequence[Scenario]) -> Iterator[str]:
    for start in range(0, len(made), IN_ONE_BLOCK):
        yield as_script([scenario.details for scenario in made[start : start + IN_ONE_BLOCK]])


def _title(record: RunRecord, verdict: Shown) -> str:
    said = {"pass": "The release can go", "fail": "The release has to wait"}.get(verdict.verdict, "Nothing was checked")
    return f"{said}: Ringmaster run {record.run}"


@cache
def _template() -> Any:  # noqa: ANN401 - loaded only when a report is written
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("report.html.j2")


@cache
def _assets() -> dict[str, str]:
    def read(names: Sequence[str], ending: str) -> str:
        return "\n".join((HERE / "assets" / f"{name}.{ending}").read_text(encoding="utf-8") for name in names)

    return {"styles": read(STYLES, "css"), "scripts": read(SCRIPTS, "js")}
