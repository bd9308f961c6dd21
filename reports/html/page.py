"""Puts the report together: one HTML file with its styles, scripts and data, written in one go. Linear in the scenarios."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from reports.formats.junit import IN_ATTRIBUTES
from reports.html.content import Content
from reports.html.details import Details, as_script
from reports.html.earlier import Past, Run, in_short, past_of
from reports.html.rows import Json
from reports.html.verdict import Shown, UnreadableDecision, own_verdict, verdict_of
from support.redaction import redact
from support.results.run_record import RunRecord
from support.results.scenario_result import ScenarioResult, failure_weight
from support.results.whole_file import whole_file

FILE = "report.html"
HERE = Path(__file__).parent
SCRIPTS = ("uplot", "basics", "state", "overview", "scenarios", "scenario", "timeline", "picture", "trends", "drift", "start")
STYLES = ("uplot", "report", "parts")
IN_ONE_BLOCK = 50
"""Scenarios whose details the page reads together."""
PLAYBOOK = "playbook."
PLACE = re.compile(r"\{\{ (\w+) \}\}")


class Written(NamedTuple):
    """The report's file, and what of the results could not be read, in sentences."""

    file: Path
    problems: list[str]


class PageData(NamedTuple):
    """What the page shows of a run."""

    title: str
    head: Json
    """Without the details of the scenarios."""
    details: Sequence[Details]
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
    data = page_data(record, folder, past_of(record, folder.parent) if past is None else past)
    file = folder / FILE
    with whole_file(file) as page:
        page.writelines(page_of(data.title, data.head, data.details))
    return Written(file, data.problems)


def page_data(record: RunRecord, folder: Path, past: Past) -> PageData:
    """What the page shows of a run whose results are in `folder`."""
    problems = [*past.problems]
    verdict, problem = _verdict(record, folder)
    problems += [problem] if problem else []
    content = Content(folder, past.marks, record.features, len(record.scenarios))
    for result, details in zip(record.scenarios, _details(content, record.scenarios), strict=True):
        content.add(result, details)
    broken = [result.name for result, details in zip(record.scenarios, content.details, strict=True) if details.problem]
    if broken:
        count = "one scenario" if len(broken) == 1 else f"{len(broken)} scenarios"
        problems.append(f"The evidence of {count} is broken or gone, such as that of: {broken[0]}.")
    head = head_of(record, verdict, past) | content.lists | {"problems": problems}
    return PageData(f"{verdict.title}: Ringmaster run {record.run}", head, content.details, problems)


def page_of(title: str, head: Json, details: Sequence[Details], *, scripts: Sequence[str] = SCRIPTS, allowed: str = "") -> Iterator[str]:
    """The page in pieces; `allowed` is added to what its content security policy lets it do."""
    values: Mapping[str, Iterable[str]] = {
        "title": [title.translate(IN_ATTRIBUTES)],
        "allowed": [allowed],
        "styles": [_assets(STYLES, "css")],
        "scripts": [_assets(scripts, "js")],
        # what stands in these elements was made such that it cannot end them
        "head": [as_script(head)],
        "blocks": _blocks(details),
    }
    for number, piece in enumerate(PLACE.split((HERE / "templates" / "report.html").read_text(encoding="utf-8"))):
        yield from values[piece] if number % 2 else [piece]


def _verdict(record: RunRecord, folder: Path) -> tuple[Shown, str]:
    try:
        return verdict_of(record, folder), ""
    except UnreadableDecision as error:
        return own_verdict(record), str(error)


def _details(content: Content, results: Sequence[ScenarioResult]) -> list[Details]:
    """In the order of the results, though those that failed are given room for their evidence first."""
    order = sorted(range(len(results)), key=lambda number: failure_weight(results[number]) is None)
    made = {number: content.details_of(results[number]) for number in order}
    return [made[number] for number in range(len(results))]


def head_of(record: RunRecord, verdict: Shown, past: Past) -> Json:
    """What the page shows of a run besides its scenarios."""
    this = in_short(record)
    return {
        "run": _facts(record, this),
        "verdict": verdict.as_json(),
        "smoke": _smoke(record.scenarios),
        "services": record.services,
        "block": IN_ONE_BLOCK,
        "marked": len(past.marks),
        "runs": [*past.runs, this],
        "scores": list(past.scores),
        "drifts": list(past.drifts),
    }


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


def _blocks(details: Sequence[Details]) -> Iterator[str]:
    for number, start in enumerate(range(0, len(details), IN_ONE_BLOCK)):
        block = ",".join(one.text for one in details[start : start + IN_ONE_BLOCK])
        yield f'<script type="application/json" id="block-{number}">[{block}]</script>\n'


@cache
def _assets(names: Sequence[str], ending: str) -> str:
    return "\n".join((HERE / "assets" / f"{name}.{ending}").read_text(encoding="utf-8") for name in names)
