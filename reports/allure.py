"""Allure results that say what happened: hook and cleanup errors are broken, scenarios under a Rule are there, parts are sub-steps.

Written as files of their own, since allure-behave 2.16.2 shows hook and cleanup errors as passed, leaves scenarios under a Rule out,
and takes longer to write a trivial scenario than behave takes to run it.
Source: Allure 2's result files (allure-python-commons 2.16.2, `model2`).
"""

import json
import os
import platform
import re
import uuid
from pathlib import Path
from typing import Any

from support.redaction import redact
from support.results.identity import digest
from support.results.scenario_result import Failure, PartResult, ScenarioResult, Status, StepResult
from support.story import PartOutcome

PASSED, FAILED, BROKEN, SKIPPED = "passed", "failed", "broken", "skipped"
STATUS_OF_PART = {PartOutcome.DONE: PASSED, PartOutcome.FAILED: FAILED, PartOutcome.LEFT_OUT: SKIPPED}
# p0 blocks a release, p1 warns, p2 informs
SEVERITIES = {"p0": "blocker", "p1": "normal", "p2": "minor"}
CATEGORIES = [
    {"name": "the platform did not do what it promises", "matchedStatuses": [FAILED]},
    {"name": "a step, a hook or a cleanup went wrong", "matchedStatuses": [BROKEN]},
    {"name": "this substrate cannot run it", "matchedStatuses": [SKIPPED], "messageRegex": "needs .*"},
]
TAG = re.compile(r"allure\.(?P<kind>label|link|issue|tms|[a-zA-Z]+)(?:\.(?P<name>[^:=]+))?[:=](?P<value>.+)")
LINKS = ("link", "issue", "tms")
LANGUAGE = f"{platform.python_implementation().lower()}{platform.python_version_tuple()[0]}"

Json = dict[str, Any]


def write_environment(folder: Path, facts: dict[str, str]) -> None:
    """Tell Allure what ran where (`environment.properties`) and how to sort what went wrong (`categories.json`)."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{name}={redact(value)}" for name, value in facts.items()]
    (folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8", errors="replace")
    (folder / "categories.json").write_text(json.dumps(CATEGORIES, indent=2) + "\n", encoding="utf-8")


def write_result(folder: Path, result: ScenarioResult, results: Path) -> None:
    """Write the result of a scenario that is over.

    Args:
        folder: with the Allure results; it is there.
        result: what came of it.
        results: the folder of the run's results.
    """
    identity = str(uuid.uuid4())
    attachments = [*_story(folder, result, results), *map(vars, result.attachments)]
    text = json.dumps(_result(result) | {"uuid": identity, "attachments": attachments}, ensure_ascii=False)
    # a hidden draft first: whoever watches the folder sees whole files only
    draft, final = f"{folder}/.{identity}", f"{folder}/{identity}-result.json"
    with open(draft, "wb") as file:  # noqa: PTH123 - pathlib takes as long as the writing itself
        file.write(text.encode(errors="replace"))
    os.rename(draft, final)  # noqa: PTH104


def _story(folder: Path, result: ScenarioResult, results: Path) -> list[Json]:
    """The story of a scenario that did not pass, as an attachment."""
    if result.evidence is None or result.status is Status.PASSED:
        return []
    source = f"{uuid.uuid4()}-attachment.txt"
    # loaded only for what went wrong, since pydantic, which reads evidence, takes longer than the rest of this file
    from reports.story import story_of

    lines = story_of(results / result.evidence)
    (folder / source).write_text("\n".join(line.text for line in lines), encoding="utf-8", errors="replace")
    return [{"name": "story", "source": source, "type": "text/plain"}]


def _result(result: ScenarioResult) -> Json:
    began = next((step.started_at for step in result.steps if step.started_at), result.started_at)
    start = int(began * 1000)
    labels, links = _labels_and_links(result)
    identity, told = result.identity, result.told_allure
    made: Json = {
        "name": told.title or result.name or result.keyword,
        "fullName": f"{identity.case} #{identity.occurrence}" if identity.occurrence > 1 else identity.case,
        "titlePath": [*Path(identity.file).parts[:-1], result.feature or "Feature"],
        "historyId": identity.digest(),
        "testCaseId": digest(identity.case, str(identity.occurrence)),
        "description": told.description or result.description,
        "status": status_of(result.status),
        "stage": "finished",
        "steps": [_step(step) for step in result.steps],
        "parameters": [{"name": name, "value": value} for name, value in result.parameters] + [vars(given) for given in told.parameters],
        "labels": labels,
        "links": links,
        "start": start,
        "stop": start + int(result.wall_seconds * 1000),
    }
    if told.description_html:
        made["descriptionHtml"] = told.description_html
    if details := _scenario_details(result):
        made["statusDetails"] = details
    return made


def status_of(status: Status) -> str:
    """Allure's status: failed is the product's failure, broken is the test's or a hook's."""
    if status in (Status.PASSED, Status.PENDING_WARN):
        return PASSED
    if status is Status.FAILED:
        return FAILED
    return SKIPPED if status in (Status.SKIPPED, Status.UNTESTED) else BROKEN


def _step(step: StepResult) -> Json:
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
    if step.attachments:
        made["attachments"] = [vars(attachment) for attachment in step.attachments]
    # Allure shows a step's arguments as its parameters
    if step.text:
        made["parameters"] = [{"name": "text", "value": step.text}]
    elif step.table:
        made["parameters"] = [{"name": "table", "value": "\n".join(" | ".join(cells) for cells in step.table)}]
    return made


def _part(part: PartResult) -> Json:
    start = int(part.started_at * 1000)
    return {
        "name": part.text,
        "status": STATUS_OF_PART[part.outcome],
        "stage": "finished",
        "start": start,
        "stop": start + int(part.seconds * 1000),
    }


def _labels_and_links(result: ScenarioResult) -> tuple[list[Json], list[Json]]:
    tags = result.tags
    severity = next((SEVERITIES[tag] for tag in tags if tag in SEVERITIES), "normal")
    labels: list[Json] = []
    links: list[Json] = []
    for tag in tags:
        found = TAG.fullmatch(tag)
        if found is None:
            labels.append({"name": "tag", "value": tag})
        elif found["kind"] in LINKS:
            links.append({"type": found["kind"], "name": found["name"] or found["value"], "url": found["value"]})
        elif (name := found["name"] if found["kind"] == "label" else found["kind"]) == "severity":
            severity = found["value"]
        else:
            labels.append({"name": "AS_ID" if name == "id" else name, "value": found["value"]})
    severity = next((label.value for label in reversed(result.told_allure.labels) if label.name == "severity"), severity)
    labels += [vars(label) for label in result.told_allure.labels if label.name != "severity"]
    links += [vars(link) for link in result.told_allure.links]
    labels += [
        {"name": "severity", "value": severity},
        {"name": "feature", "value": result.feature},
        {"name": "framework", "value": "behave"},
        {"name": "language", "value": LANGUAGE},
    ]
    return labels, links


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
