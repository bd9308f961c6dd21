"""Allure results that say what happened: hook and cleanup errors are broken, scenarios under a Rule are there, parts are sub-steps.

Written as files of their own, since allure-behave 2.16.2 shows hook and cleanup errors as passed, leaves scenarios under a Rule out,
and takes longer to write a trivial scenario than behave takes to run it.
Source: Allure 2's result files (allure-python-commons 2.16.2, `model2`).
"""

import json
import os
import uuid
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from reports.formats.allure_labels import labels_and_links
from support.redaction import redact
from support.results.identity import digest
from support.results.scenario_result import Failure, PartResult, ScenarioResult, Status, StepResult, Weight, failure_weight
from support.story import PartOutcome

PASSED, FAILED, BROKEN, SKIPPED = "passed", "failed", "broken", "skipped"
STATUS_OF_PART = {PartOutcome.DONE: PASSED, PartOutcome.FAILED: FAILED, PartOutcome.LEFT_OUT: SKIPPED}
CATEGORIES = [
    {"name": "the platform did not do what it promises", "matchedStatuses": [FAILED]},
    {"name": "a step, a hook or a cleanup went wrong", "matchedStatuses": [BROKEN]},
    {"name": "this substrate cannot run it", "matchedStatuses": [SKIPPED], "messageRegex": "needs .*"},
]
MOST_FILES = 20
LONGEST_FILE = 256 * 1024
"""Bytes."""
TYPES = {".json": "application/json", ".jsonl": "application/x-ndjson", ".csv": "text/csv", ".yaml": "application/yaml"}

Json = dict[str, Any]


def write_environment(folder: Path, facts: dict[str, str]) -> None:
    """Tell Allure what ran where (`environment.properties`) and how to sort what went wrong (`categories.json`)."""
    folder.mkdir(parents=True, exist_ok=True)
    # Source: Java's properties, where a name ends with the first blank, and a value with its line
    lines = [f"{'_'.join(name.split())}={' '.join(redact(value).split())}" for name, value in facts.items()]
    (folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8", errors="replace")
    (folder / "categories.json").write_text(json.dumps(CATEGORIES, indent=2) + "\n", encoding="utf-8")


def write_result(folder: Path, result: ScenarioResult, results: Path, about: str = "") -> None:
    """Write the result of a scenario that is over.

    Args:
        folder: with the Allure results; it is there.
        result: what came of it.
        results: the folder of the run's results.
        about: what its feature says of itself.
    """
    identity = str(uuid.uuid4())
    attachments = [*_of_evidence(folder, result, results), *map(vars, result.attachments)]
    text = json.dumps(_result(result, folder, about) | {"uuid": identity, "attachments": attachments}, ensure_ascii=False)
    # a hidden draft first: whoever watches the folder sees whole files only
    draft, final = f"{folder}/.{identity}", f"{folder}/{identity}-result.json"
    with open(draft, "wb") as file:  # noqa: PTH123 - pathlib takes as long as the writing itself
        file.write(text.encode(errors="replace"))
    os.rename(draft, final)  # noqa: PTH104


def _of_evidence(folder: Path, result: ScenarioResult, results: Path) -> list[Json]:
    """Of a scenario that did not pass: its story, and the files that its evidence holds, such as logs."""
    if result.evidence is None or result.status is Status.PASSED:
        return []
    # loaded only for what went wrong, since pydantic, which reads evidence, takes longer than the rest of this file
    from reports.story import files_of, story_of

    evidence = results / result.evidence
    source = f"{uuid.uuid4()}-attachment.txt"
    lines = story_of(evidence)
    (folder / source).write_text("\n".join(line.text for line in lines), encoding="utf-8", errors="replace")
    return [{"name": "story", "source": source, "type": "text/plain"}, *_kept(folder, evidence, files_of(evidence))]


def _kept(folder: Path, evidence: Path, names: list[str]) -> Iterator[Json]:
    for name in names[:MOST_FILES]:
        source = f"{uuid.uuid4()}-attachment{Path(name).suffix or '.txt'}"
        try:
            text = (evidence / name).read_bytes()
        except OSError:
            continue
        # the end says how it came to its failure; a report of hundreds of failures has to stay one that can be opened
        cut = text[-LONGEST_FILE:] if len(text) > LONGEST_FILE else text
        (folder / source).write_bytes(cut)
        end = f" (the last {LONGEST_FILE // 1024} KiB)" if len(text) > LONGEST_FILE else ""
        yield {"name": f"{name}{end}", "source": source, "type": TYPES.get(Path(name).suffix, "text/plain")}


def _result(result: ScenarioResult, folder: Path, about: str) -> Json:
    began = next((step.started_at for step in result.steps if step.started_at), result.started_at)
    start = int(began * 1000)
    labels, links = labels_and_links(result)
    identity, told = result.identity, result.told_allure
    made: Json = {
        "name": told.title or result.name or result.keyword,
        "fullName": f"{identity.case} #{identity.occurrence}" if identity.occurrence > 1 else identity.case,
        "titlePath": [*_folders_of(identity.file), result.feature or "Feature"],
        "historyId": identity.digest(),
        "testCaseId": digest(identity.case, str(identity.occurrence)),
        "description": told.description or "\n\n".join(filter(None, [about.strip(), result.description.strip()])),
        "status": status_of(result.status),
        "stage": "finished",
        "steps": [_step(step, folder) for step in result.steps],
        "parameters": [{"name": name, "value": value} for name, value in result.parameters] + [vars(given) for given in told.parameters],
        "labels": labels,
        "links": links,
        "start": start,
        "stop": start + int(result.wall_seconds * 1000),
    }
    if told.description_html:
        made["descriptionHtml"] = told.description_html
    if details := (_scenario_details(result) or {}) | _marks(result):
        made["statusDetails"] = details
    return made


@cache
def _folders_of(file: str) -> tuple[str, ...]:
    return Path(file).parts[:-1]


def status_of(status: Status) -> str:
    """Allure's status: failed is the product's failure, broken is the test's or a hook's."""
    if status is Status.PASSED:
        return PASSED
    if status is Status.FAILED:
        return FAILED
    return SKIPPED if status in (Status.SKIPPED, Status.UNTESTED) else BROKEN


def _step(step: StepResult, folder: Path) -> Json:
    made: Json = {
        "name": step.sentence,
        "status": status_of(step.status),
        "stage": "finished",
        "steps": [_part(part) for part in step.parts],
    }
    if step.started_at is not None:
        made["start"] = int(step.started_at * 1000)
        made["stop"] = int((step.started_at + step.seconds) * 1000)
    if details := _details(step.failure):
        made["statusDetails"] = details
    attachments = [vars(attachment) for attachment in step.attachments] + ([_table(step, folder)] if step.table else [])
    if attachments:
        made["attachments"] = attachments
    # Allure shows a step's text as its parameter
    if step.text:
        made["parameters"] = [{"name": "text", "value": step.text}]
    return made


def _table(step: StepResult, folder: Path) -> Json:
    """Allure shows comma-separated values as a table."""
    # most runs have no table
    import csv

    source = f"{uuid.uuid4()}-attachment.csv"
    with (folder / source).open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows(step.table)
    return {"name": "table", "source": source, "type": "text/csv"}


def _part(part: PartResult) -> Json:
    start = int(part.started_at * 1000)
    return {
        "name": part.text,
        "status": STATUS_OF_PART[part.outcome],
        "stage": "finished",
        "start": start,
        "stop": start + int(part.seconds * 1000),
    }


def _marks(result: ScenarioResult) -> Json:
    """Allure leaves what is muted out of its alarms, and shows what is flaky with a mark."""
    in_quarantine = result.quarantine is not None and not result.quarantine.is_over(date.today())
    held = in_quarantine and failure_weight(result) in (None, Weight.QUARANTINED)
    marks = {"muted": held, "known": held, "flaky": result.status is Status.PASSED and result.attempts > 1}
    return {name: True for name, marked in marks.items() if marked}


def _scenario_details(result: ScenarioResult) -> Json | None:
    for step in result.steps:
        if step.failure is not None and step.failure.message:
            return _details(step.failure)
        if step.status is Status.UNDEFINED:
            return {"message": f"there is no step definition for: {step.sentence}"}
    message = result.reason or (result.ending if result.attempts > 1 else "")
    return _details(result.failure) or ({"message": message} if message else None)


def _details(failure: Failure | None) -> Json | None:
    if failure is None or not failure.message:
        return None
    below = "\n".join(failure.below())
    return {"message": failure.message} | ({"trace": below} if below else {})
