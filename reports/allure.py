"""Allure results that tell the truth: hook and cleanup errors are broken, scenarios under a Rule are there, parts are sub-steps.

Written as files of their own, since allure-behave 2.16.2 shows hook and cleanup errors as passed, leaves scenarios under a Rule out,
and takes longer to write a trivial scenario than behave takes to run it.
Source: Allure 2's result files (allure-python-commons 2.16.2, `model2`).
"""

import hashlib
import json
import os
import platform
import re
import shutil
import time
import uuid
from pathlib import Path
from typing import Any

from behave.formatter.base import Formatter
from behave.model import Scenario, Step
from behave.model_type import Status

from support.redaction import redact
from support.runner.results import trace_of
from support.story import Outcome, Part

PASSED, FAILED, BROKEN, SKIPPED = "passed", "failed", "broken", "skipped"
STATUS_OF_PART = {Outcome.DONE: PASSED, Outcome.FAILED: FAILED, Outcome.LEFT_OUT: SKIPPED}
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


def write_surroundings(folder: Path, facts: dict[str, str]) -> None:
    """Tell Allure what ran where (`environment.properties`) and how to sort what went wrong (`categories.json`)."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{name}={redact(value)}" for name, value in facts.items()]
    (folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "categories.json").write_text(json.dumps(CATEGORIES, indent=2) + "\n", encoding="utf-8")


class HonestAllureFormatter(Formatter):
    """behave formatter that writes one result file a scenario."""

    name = "allure"
    description = "Allure results with the truth about hooks, cleanups, rules and parts"

    def __init__(self, stream_opener: Any, config: Any) -> None:  # noqa: ANN401 - behave has no types
        super().__init__(stream_opener, config)
        self._folder = Path(stream_opener.name)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._scenario: Scenario | None = None
        self._began = 0

    def scenario(self, scenario: Scenario) -> None:
        """A scenario begins; the one before it is over."""
        self._close_scenario()
        self._scenario = scenario
        self._began = _now()

    def result(self, step: Step) -> None:
        """A step is over."""
        step.started_at = getattr(step, "started_at", None) or time.time() - step.duration

    def eof(self) -> None:
        """A feature is over."""
        self._close_scenario()

    def _close_scenario(self) -> None:
        scenario, self._scenario = self._scenario, None
        # a worker that came to the end of its scenario has written it already
        if scenario is not None and not getattr(scenario, "told_to_allure", False):
            write_result(self._folder, scenario, self._began)


def write_result(folder: Path, scenario: Scenario, began: int) -> None:
    """Write the result of a scenario that is over; one that was not asked for leaves none.

    Args:
        folder: with the results.
        scenario: as behave left it.
        began: when it began, in milliseconds of unix time, in case it has no steps that tell.
    """
    if scenario.status in (Status.untested, Status.skipped) and not scenario.skip_reason:
        return
    identity = str(uuid.uuid4())
    attachments = [*_story(folder, scenario), *getattr(scenario, "attachments", [])]
    result = _result(scenario, began) | {"uuid": identity, "attachments": attachments}
    text = json.dumps(result, ensure_ascii=False)
    # a hidden draft first: whoever watches the folder sees whole files only
    draft, final = f"{folder}/.{identity}", f"{folder}/{identity}-result.json"
    with open(draft, "wb") as file:  # noqa: PTH123 - pathlib takes as long as the writing itself
        file.write(text.encode(errors="replace"))
    os.rename(draft, final)  # noqa: PTH104


def _story(folder: Path, scenario: Scenario) -> list[Json]:
    """The story of a scenario that did not pass, as an attachment."""
    evidence: Path | None = getattr(scenario, "evidence", None)
    if evidence is None or scenario.status is Status.passed:
        return []
    source = f"{uuid.uuid4()}-attachment.txt"
    # loaded only for what went wrong, since pydantic, which reads evidence, takes longer than the rest of this file
    from reports.story import story_of

    (folder / source).write_text("\n".join(line.text for line in story_of(evidence)), encoding="utf-8")
    return [{"name": "story", "source": source, "type": "text/plain"}]


def _result(scenario: Scenario, began: int) -> Json:
    feature = scenario.feature.name
    full_name = f"{feature}: {scenario.name.rsplit(' -- ')[0]}"
    row = scenario._row
    cells = list(zip(row.headings, row.cells, strict=False)) if row else []
    steps = [_step(step) for step in scenario.all_steps]
    start = steps[0]["start"] if steps and steps[0].get("start") else began
    taken = getattr(scenario, "wall_seconds", None)
    labels, links = _labels_and_links(scenario)
    result: Json = {
        "name": scenario.name or scenario.keyword,
        "fullName": full_name,
        "titlePath": [*Path(scenario.filename).parts[:-1], feature or scenario.feature.keyword],
        "historyId": _digest(feature, scenario.name, *(f"{name}={value}" for name, value in cells)),
        "testCaseId": _digest(full_name),
        "description": "\n".join(scenario.description),
        "status": status_of(scenario.status),
        "stage": "finished",
        "steps": steps,
        "parameters": [{"name": name, "value": value} for name, value in cells],
        "labels": labels,
        "links": links,
        "start": start,
        "stop": start + int(taken * 1000) if taken is not None else _now(),
    }
    if details := _scenario_details(scenario):
        result["statusDetails"] = details
    return result


def status_of(status: Status) -> str:
    """Allure's status: failed is the product's failure, broken is the test's or a hook's."""
    if status is Status.passed or status is Status.pending_warn:
        return PASSED
    if status is Status.failed:
        return FAILED
    return SKIPPED if status in (Status.skipped, Status.untested) else BROKEN


class Attachments:
    """What steps attach with `allure.attach` and tell with `allure.step`, in the process that the steps run in."""

    def __init__(self, folder: Path) -> None:
        import allure_commons

        self._folder = folder
        self._taken: list[Json] = []
        self._parts: dict[str, Part] = {}
        self._told: list[Part] = []
        for method in (self.attach_data, self.attach_file, self.start_step, self.stop_step):
            allure_commons.hookimpl(getattr(method, "__func__"))  # noqa: B009 - a method takes no marks itself
        allure_commons.plugin_manager.register(self)

    def attach_data(self, body: Any, name: Any, attachment_type: Any, extension: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`allure.attach(...)`"""
        content = body.encode() if isinstance(body, str) else body
        if isinstance(body, str) or _is_text(attachment_type):
            content = redact(content.decode(errors="replace")).encode()
        self._new(name, attachment_type, extension).write_bytes(content)

    def attach_file(self, source: Any, name: Any, attachment_type: Any, extension: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`allure.attach.file(...)`"""
        if _is_text(attachment_type):
            self.attach_data(Path(source).read_bytes(), name, attachment_type, extension)
        else:
            shutil.copyfile(source, self._new(name, attachment_type, extension))

    def start_step(self, uuid: Any, title: Any, params: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`with allure.step(...)` begins."""
        self._parts[uuid] = Part(redact(str(title)))
        self._told.append(self._parts[uuid])

    def stop_step(self, uuid: Any, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`with allure.step(...)` is over."""
        part = self._parts.pop(uuid)
        part.seconds = time.time() - part.started_at
        part.outcome = Outcome.FAILED if exc_val is not None else Outcome.DONE

    def move_to(self, statement: Scenario | Step) -> None:
        """Give a step that is over, or a scenario whose hooks are, what was attached and told meanwhile."""
        if self._taken:
            statement.attachments, self._taken = [*getattr(statement, "attachments", []), *self._taken], []
        if self._told:
            statement.parts, self._told = [*getattr(statement, "parts", []), *self._told], []

    def _new(self, name: Any, attachment_type: Any, extension: Any) -> Path:  # noqa: ANN401 - Allure's signature
        extension = extension or getattr(attachment_type, "extension", None) or "attach"
        kind = _mime_type(attachment_type)
        source = f"{uuid.uuid4()}-attachment.{extension}"
        self._taken.append({"name": name or source, "source": source, "type": kind})
        return self._folder / source


def _mime_type(attachment_type: Any) -> str | None:  # noqa: ANN401 - one of Allure's types, a text or nothing
    kind: str | None = getattr(attachment_type, "mime_type", attachment_type)
    return kind


def _is_text(attachment_type: Any) -> bool:  # noqa: ANN401 - as above
    kind = _mime_type(attachment_type) or ""
    return kind.startswith("text/") or kind in ("application/json", "application/xml", "application/yaml")


def _step(step: Step) -> Json:
    started_at = getattr(step, "started_at", None)
    result: Json = {
        "name": f"{step.keyword} {step.name}",
        "status": status_of(step.status),
        "stage": "finished",
        "steps": [_part(part) for part in getattr(step, "parts", [])],
    }
    if started_at is not None:
        result["start"] = int(started_at * 1000)
        result["stop"] = int((started_at + step.duration) * 1000)
    if details := _details(step.error_message, step):
        result["statusDetails"] = details
    attachments = [*getattr(step, "attachments", [])]
    if attachments:
        result["attachments"] = attachments
    # Allure shows a step's arguments as its parameters
    if step.text:
        result["parameters"] = [{"name": "text", "value": redact(str(step.text))}]
    elif step.table:
        rows = [step.table.headings, *(row.cells for row in step.table.rows)]
        result["parameters"] = [{"name": "table", "value": redact("\n".join(" | ".join(cells) for cells in rows))}]
    return result


def _part(part: Part) -> Json:
    start = int(part.started_at * 1000)
    return {
        "name": str(part),
        "status": STATUS_OF_PART[part.outcome],
        "stage": "finished",
        "start": start,
        "stop": start + int(part.seconds * 1000),
    }


def _labels_and_links(scenario: Scenario) -> tuple[list[Json], list[Json]]:
    tags = sorted(map(str, scenario.effective_tags))
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
    labels += [
        {"name": "severity", "value": severity},
        {"name": "feature", "value": scenario.feature.name},
        {"name": "framework", "value": "behave"},
        {"name": "language", "value": LANGUAGE},
    ]
    return labels, links


def _scenario_details(scenario: Scenario) -> Json | None:
    for step in scenario.all_steps:
        if step.error_message:
            return _details(step.error_message, step)
        if step.status is Status.undefined:
            return {"message": f"there is no step definition for: {step.keyword} {step.name}"}
    return _details(scenario.error_message or scenario.skip_reason, scenario)


def _details(message: str | None, statement: Scenario | Step) -> Json | None:
    if not message:
        return None
    trace = trace_of(statement)
    return {"message": redact(str(message))} | ({"trace": redact(trace)} if trace else {})


def _digest(*parts: str) -> str:
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


def _now() -> int:
    return int(time.time() * 1000)
