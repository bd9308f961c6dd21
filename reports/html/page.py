"""Puts the report together: one HTML file with its styles, scripts and data, written in one go. Linear in the scenarios."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reports.html.details import GROUPS, Details, DetailsMaker, as_script
from reports.html.earlier import Past, Run, in_short, past_of
from reports.html.rows import Json, Names, catches_of, platform_of, row_of
from reports.html.verdict import Shown, UnreadableDecision, own_verdict, verdict_of
from support.redaction import redact
from support.results.run_record import RunRecord
from support.results.scenario_result import FeatureHeading, ScenarioResult, failure_weight

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


def write_report(record: RunRecord, folder: Path, past: Past | None = None) -> Written:
    """Write `report.html` into the folder of a run's results.

    Args:
        record: of the run.
        folder: its results; evidence and the gate's decision are looked for there.
        past: what came before; None: what the history beside the results tells.

    Raises:
        OSError: the file cannot be written.
    """
    past = past_of(record, folder.parent) if past is None else past
    problems = [*past.problems]
    verdict, problem = _verdict(record, folder)
    problems += [problem] if problem else []
    maker = DetailsMaker(folder, len(record.scenarios))
    made = _details(maker, record.scenarios)
    broken = [result.name for result, details in zip(record.scenarios, made, strict=True) if details.problem]
    if broken:
        count = "one scenario" if len(broken) == 1 else f"{len(broken)} scenarios"
        problems.append(f"The evidence of {count} is broken or gone, such as that of: {broken[0]}.")
    head = _head(record, verdict, past) | _scenarios(record, past, made) | _names(maker) | {"problems": problems}
    file = folder / FILE
    draft = folder / f".{FILE}"
    with draft.open("w", encoding="utf-8", errors="replace") as page:
        for piece in _template().generate(title=_title(record, verdict), head=as_script(head), blocks=_blocks(made), **_assets()):
            page.write(piece)
    draft.replace(file)
    return Written(file, problems)


def _verdict(record: RunRecord, folder: Path) -> tuple[Shown, str]:
    try:
        return verdict_of(record, folder), ""
    except UnreadableDecision as error:
        return own_verdict(record), str(error)


def _details(maker: DetailsMaker, results: Sequence[ScenarioResult]) -> list[Details]:
    """In the order of the results, though those that failed are given room for their evidence first."""
    failed = [failure_weight(result) is not None for result in results]
    order = sorted(range(len(results)), key=lambda number: not failed[number])
    made = {number: maker.details(results[number], failed=failed[number]) for number in order}
    return [made[number] for number in range(len(results))]


def _head(record: RunRecord, verdict: Shown, past: Past) -> Json:
    this = in_short(record)
    return {
        "run": _facts(record, this),
        "verdict": verdict.as_json(),
        "smoke": _smoke(record.scenarios),
        "features": [
            {
                "file": one.file,
                "name": one.name,
                "platform": platform_of(one.file),
                "description": one.description.strip(),
                "catches": catches_of(one.description),
            }
            for one in _features(record)
        ],
        "services": record.services,
        "block": IN_ONE_BLOCK,
        "marked": len(past.marks),
        "runs": [*past.runs, this],
        "scores": list(past.scores),
    }


def _features(record: RunRecord) -> list[FeatureHeading]:
    """Those of the record, and those that it tells nothing of, since it is from before features were kept."""
    known = {one.file: one for one in record.features}
    for result in record.scenarios:
        file = result.identity.file
        if file not in known and not result.around:
            known[file] = FeatureHeading("Feature", result.feature or file, f"{file}:1", file)
    return list(known.values())


def _scenarios(record: RunRecord, past: Past, made: Sequence[Details]) -> Json:
    tags, reasons = Names(), Names()
    features = {one.file: number for number, one in enumerate(_features(record))}
    rows = []
    for number, (result, details) in enumerate(zip(record.scenarios, made, strict=True)):
        row = row_of(number, result, past.marks, tags, reasons)
        if result.identity.file in features:
            row["feature"] = features[result.identity.file]
        if details.crossed:
            row["nodes"] = details.crossed
        rows.append(row)
    return {"scenarios": rows, "tags": list(tags.known), "reasons": list(reasons.known)}


def _names(maker: DetailsMaker) -> Json:
    return {"nodes": list(maker.nodes.known), "sentences": list(maker.sentences.known), "groups": GROUPS}


def _facts(record: RunRecord, this: Run) -> Json:
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
        "commit": record.commit,
        "exit": record.exit_code,
    }


def _smoke(results: Sequence[ScenarioResult]) -> int:
    """The scenario that goes through the playbook, one step each: its number, or -1."""
    for number, result in enumerate(results):
        steps = sum(tag.startswith(PLAYBOOK) for tag in result.tags)
        if "smoke" in result.tags and steps > 1 and len(result.steps) == steps:
            return number
    return -1


def _blocks(made: Sequence[Details]) -> Iterator[str]:
    for start in range(0, len(made), IN_ONE_BLOCK):
        yield f"[{','.join(details.text for details in made[start : start + IN_ONE_BLOCK])}]"


def _title(record: RunRecord, verdict: Shown) -> str:
    return f"{verdict.title}: Ringmaster run {record.run}"


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
