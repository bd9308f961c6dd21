"""A run as Cucumber messages, one JSON object a line, which the formatters and services of the Cucumber world read.

The documents are made of the results, so that runs of other machines can be told too: a row of Examples is a scenario of its own.
Source: Cucumber's messages.schema.json 34.2.
"""

import json
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import count, groupby
from pathlib import Path
from typing import Any

from reports.story import story_of
from support.results.reasons import reason_of
from support.results.run_record import RunRecord
from support.results.scenario_result import Failure, FeatureHeading, ScenarioResult, Status, StepResult

FILE = "cucumber-messages.ndjson"
PROTOCOL = "34.2.1"
STATUSES = {
    Status.PASSED: "PASSED",
    Status.SKIPPED: "SKIPPED",
    Status.UNTESTED: "SKIPPED",
    Status.UNDEFINED: "UNDEFINED",
    Status.PENDING: "PENDING",
}
KEYWORD_TYPES = {"Given": "Context", "When": "Action", "Then": "Outcome", "And": "Conjunction", "But": "Conjunction"}

Json = dict[str, Any]


def write_messages(record: RunRecord, folder: Path, file: Path) -> None:
    """Write the messages of a run; raises OSError.

    Args:
        record: of the run.
        folder: its results, for the stories of what failed.
        file: to be written.
    """
    with file.open("w", encoding="utf-8", errors="replace") as opened:
        for message in messages_of(record, folder):
            opened.write(json.dumps(message, ensure_ascii=False) + "\n")


def messages_of(record: RunRecord, folder: Path) -> Iterator[Json]:
    """All messages of a run, in order."""
    yield {"meta": _meta()}
    ids = map(str, count(1))
    headings = {heading.file: heading for heading in record.features}
    told: list[tuple[ScenarioResult, Json, str]] = []
    for file, results in groupby(record.scenarios, key=lambda result: result.identity.file):
        found = list(results)
        document, pickles = _document(file, found, headings.get(file), ids)
        yield {"source": {"uri": file, "data": _as_text(found), "mediaType": "text/x.cucumber.gherkin+plain"}}
        yield {"gherkinDocument": document}
        yield from ({"pickle": pickle} for pickle in pickles)
        told += [(result, pickle, file) for result, pickle in zip(found, pickles, strict=True)]
    began = min((result.started_at for result in record.scenarios if result.started_at), default=0.0)
    ended = max((result.started_at + result.wall_seconds for result in record.scenarios), default=began)
    run = next(ids)
    yield {"testRunStarted": {"id": run, "timestamp": _seconds(began)}}
    for result, pickle, file in told:
        yield from _test_case(result, pickle, file, folder, run, ids)
    yield {"testRunFinished": {"testRunStartedId": run, "success": record.exit_code == 0, "timestamp": _seconds(ended)}}


def _meta() -> Json:
    try:
        own = version("ringmaster")
    except PackageNotFoundError:
        own = "unknown"
    return {
        "protocolVersion": PROTOCOL,
        "implementation": {"name": "ringmaster", "version": own},
        "runtime": {"name": platform.python_implementation(), "version": platform.python_version()},
        "os": {"name": sys.platform},
        "cpu": {"name": platform.machine()},
    }


def _document(file: str, results: Sequence[ScenarioResult], heading: FeatureHeading | None, ids: Iterator[str]) -> tuple[Json, list[Json]]:
    """A feature file as far as results know it, and what is run of it."""
    children: list[Json] = []
    pickles: list[Json] = []
    rules: dict[str, list[Json]] = {}
    for result in results:
        node = _scenario_node(result, ids)
        pickles.append(_pickle(result, node, file, ids))
        if not (rule := result.identity.rule):
            children.append({"scenario": node})
            continue
        if rule not in rules:
            rules[rule] = []
            of_rule = {"id": next(ids), "location": node["location"], "tags": [], "keyword": "Rule", "name": rule, "description": ""}
            children.append({"rule": of_rule | {"children": rules[rule]}})
        rules[rule].append({"scenario": node})
    heading = heading or FeatureHeading("Feature", results[0].feature, f"{file}:1", file)
    feature = {
        "location": _location(heading.location),
        "tags": [],
        "language": "en",
        "keyword": heading.keyword,
        "name": heading.name,
        "description": heading.description,
    }
    return {"uri": file, "feature": feature | {"children": children}, "comments": []}, pickles


def _scenario_node(result: ScenarioResult, ids: Iterator[str]) -> Json:
    location = _location(result.location)
    return {
        "id": next(ids),
        "location": location,
        # a feature's own tags stand at its scenarios, since results do not tell them apart
        "tags": [{"id": next(ids), "location": location, "name": f"@{tag}"} for tag in result.tags],
        "keyword": result.keyword,
        "name": result.name,
        "description": result.description,
        "steps": [_step_node(step, ids) for step in result.steps],
        "examples": [],
    }


def _step_node(step: StepResult, ids: Iterator[str]) -> Json:
    keyword, _, text = step.sentence.partition(" ")
    location = _location(step.location)
    node: Json = {
        "id": next(ids),
        "location": location,
        "keyword": f"{keyword} ",
        "keywordType": KEYWORD_TYPES.get(keyword, "Unknown"),
        "text": text,
    }
    if step.text is not None:
        node["docString"] = {"location": location, "content": step.text, "delimiter": '"""'}
    elif step.table:
        rows = [
            {"id": next(ids), "location": location, "cells": [{"location": location, "value": cell} for cell in row]} for row in step.table
        ]
        node["dataTable"] = {"location": location, "rows": rows}
    return node


def _pickle(result: ScenarioResult, node: Json, file: str, ids: Iterator[str]) -> Json:
    return {
        "id": next(ids),
        "uri": file,
        "location": node["location"],
        "name": result.name,
        "language": "en",
        "astNodeIds": [node["id"]],
        "tags": [{"name": tag["name"], "astNodeId": tag["id"]} for tag in node["tags"]],
        "steps": [_pickle_step(step, ids) for step in node["steps"]],
    }


def _pickle_step(node: Json, ids: Iterator[str]) -> Json:
    kind = node["keywordType"] if node["keywordType"] in ("Context", "Action", "Outcome") else "Unknown"
    step: Json = {"id": next(ids), "astNodeIds": [node["id"]], "text": node["text"], "type": kind}
    if "docString" in node:
        step["argument"] = {"docString": {"content": node["docString"]["content"]}}
    elif "dataTable" in node:
        rows = [{"cells": [{"value": cell["value"]} for cell in row["cells"]]} for row in node["dataTable"]["rows"]]
        step["argument"] = {"dataTable": {"rows": rows}}
    return step


def _test_case(result: ScenarioResult, pickle: Json, file: str, folder: Path, run: str, ids: Iterator[str]) -> Iterator[Json]:
    steps = [
        {"id": next(ids), "pickleStepId": step["id"], "stepDefinitionIds": [], "stepMatchArgumentsLists": []} for step in pickle["steps"]
    ]
    # a failure that no step has is that of a hook
    hook = None if any(step.status.has_failed for step in result.steps) or not result.status.has_failed else next(ids)
    if hook is not None:
        yield {"hook": {"id": hook, "sourceReference": {"uri": file}}}
        steps.append({"id": next(ids), "hookId": hook})
    case = {"id": next(ids), "pickleId": pickle["id"], "testSteps": steps, "testRunStartedId": run}
    yield {"testCase": case}
    for attempt, words in enumerate(result.failed_attempts):
        started = {"id": next(ids), "testCaseId": case["id"], "attempt": attempt, "timestamp": _seconds(result.started_at)}
        yield {"testCaseStarted": started}
        yield _attached(words, started["id"])
        yield {"testCaseFinished": {"testCaseStartedId": started["id"], "timestamp": _seconds(result.started_at), "willBeRetried": True}}
    started = {"id": next(ids), "testCaseId": case["id"], "attempt": len(result.failed_attempts), "timestamp": _seconds(result.started_at)}
    yield {"testCaseStarted": started | {"workerId": str(result.worker)}}
    for number, step in enumerate(steps):
        yield from _test_step(result, number, step["id"], started["id"])
    if result.status.has_failed and result.evidence is not None and (folder / result.evidence).is_dir():
        yield _attached("\n".join(line.text for line in story_of(folder / result.evidence)), started["id"])
    over = {"testCaseStartedId": started["id"], "timestamp": _seconds(result.started_at + result.wall_seconds), "willBeRetried": False}
    yield {"testCaseFinished": over}


def _test_step(result: ScenarioResult, number: int, step_id: str, started: str) -> Iterator[Json]:
    step = result.steps[number] if number < len(result.steps) else None
    began = (step.started_at if step is not None else None) or result.started_at
    seconds = step.seconds if step is not None else 0.0
    outcome: Json = {"status": _status_of(step.status if step is not None else result.status), "duration": _seconds(seconds)}
    failure = step.failure if step is not None else result.failure
    if message := _message(failure):
        outcome["message"] = message
    elif number == 0 and (reason := reason_of(result)):
        outcome["message"] = reason
    place = {"testCaseStartedId": started, "testStepId": step_id}
    yield {"testStepStarted": place | {"timestamp": _seconds(began)}}
    yield {"testStepFinished": place | {"testStepResult": outcome, "timestamp": _seconds(began + seconds)}}


def _message(failure: Failure | None) -> str:
    return "" if failure is None else "\n".join([failure.message, *failure.below()])


def _attached(text: str, started: str) -> Json:
    return {"attachment": {"testCaseStartedId": started, "body": text, "contentEncoding": "IDENTITY", "mediaType": "text/plain"}}


def _status_of(status: Status) -> str:
    return STATUSES.get(status, "FAILED")


def _as_text(results: Sequence[ScenarioResult]) -> str:
    lines = [f"Feature: {results[0].feature}"]
    for result in results:
        lines += ["", f"  {result.keyword}: {result.name}", *(f"    {step.sentence}" for step in result.steps)]
    return "\n".join([*lines, ""])


def _location(place: str) -> Json:
    line = place.rpartition(":")[2]
    return {"line": max(int(line), 1) if line.isdecimal() else 1}


def _seconds(seconds: float) -> Json:
    whole = int(seconds)
    return {"seconds": whole, "nanos": int((seconds - whole) * 1_000_000_000)}
