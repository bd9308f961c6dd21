"""Cucumber messages: as their schema wants them, and as Cucumber's own formatters read them."""

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from reports.formats.cucumber_messages import messages_of, write_messages
from support.results.identity import Identity
from support.results.run_record import RunRecord
from support.results.scenario_result import Failure, FeatureHeading, Status, StepResult
from tests.npm import node, npm_folder
from tests.verdict.records import around, record, scenario

PACKAGES = ("@cucumber/messages@34.2.1", "@cucumber/html-formatter@24.2.0", "@cucumber/pretty-formatter@4.1.0")


def steps(*statuses: str, **facts: Any) -> tuple[StepResult, ...]:
    failure = Failure("the order is lost", "AssertionError", "the order is lost", "Traceback")
    return tuple(
        StepResult(f"Given step {number}", Status(status), failure=failure if Status(status).has_failed else None, seconds=0.5, **facts)
        for number, status in enumerate(statuses)
    )


@pytest.fixture
def told() -> RunRecord:
    """Every kind of outcome, a rule, a table, a text, a second attempt, and odd characters."""
    table = (("name", "count"), ("a | b", "1"))
    other = Identity("features/other.feature", "other", rule="only once")
    return record(
        scenario("passes", "p0", steps=steps("passed", table=table)),
        scenario("fails", "p0", status="failed", steps=steps("passed", "failed", "skipped", text="two\nlines")),
        scenario("has a bad hook", status="hook_error", steps=steps("skipped")),
        scenario("is undefined", status="undefined", steps=steps("undefined")),
        scenario("is pending", status="pending", steps=steps("pending")),
        scenario("is skipped", status="skipped", steps=steps("skipped"), reason="needs cluster: there is none"),
        scenario("flakes", attempts=2, failed_attempts=("the line was lost",), steps=steps("passed")),
        scenario('<b>odd</b> & "ö" \x1b[31m \x00 </script>', steps=steps("passed")),
        scenario("other", identity=other, feature="Other", location="features/other.feature:9", steps=steps("passed")),
        around(),
        exit_code=1,
        features=[FeatureHeading("Feature", "Orders", "features/f.feature:2", "features/f.feature", "Orders arrive.")],
    )


def test_messages_come_in_their_order(told: RunRecord, tmp_path: Path) -> None:
    kinds = [next(iter(message)) for message in messages_of(told, tmp_path)]
    assert kinds[0] == "meta"
    assert kinds[-1] == "testRunFinished"
    assert kinds.index("testRunStarted") > max(number for number, kind in enumerate(kinds) if kind == "pickle")
    assert kinds.count("testCase") == kinds.count("pickle") == len(told.scenarios)
    # a second attempt begins and ends once more
    assert kinds.count("testCaseStarted") == kinds.count("testCaseFinished") == len(told.scenarios) + 1


def test_no_id_is_given_twice_and_each_that_is_named_was_given(told: RunRecord, tmp_path: Path) -> None:
    given: list[str] = []
    named: set[str] = set()

    def look(found: Any) -> None:  # noqa: ANN401 - JSON
        if isinstance(found, dict):
            given.extend([found["id"]] if "id" in found else [])
            named.update(value for name, value in found.items() if name.endswith("Id") and name not in ("workerId",))
            named.update(found.get("astNodeIds", ()))
        for each in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
            look(each)

    look(list(messages_of(told, tmp_path)))
    assert len(given) == len(set(given))
    assert named <= set(given)


def test_a_hook_that_failed_is_not_green(told: RunRecord, tmp_path: Path) -> None:
    results = [message["testStepFinished"]["testStepResult"] for message in messages_of(told, tmp_path) if "testStepFinished" in message]
    failed = [result["message"] for result in results if result["status"] == "FAILED"]
    assert failed.count("the order is lost\nTraceback") == 1
    assert failed.count("it does not hold") == 2, "of a scenario, and of those around the run"


def test_every_message_fits_cucumbers_schema(told: RunRecord, tmp_path: Path) -> None:
    schema = json.loads((npm_folder(*PACKAGES) / "node_modules" / "@cucumber" / "messages" / "messages.schema.json").read_text())
    resources = [Resource.from_contents(each) for each in (schema, *schema["$defs"].values())]
    registry = Registry().with_resources((str(resource.contents["$id"]), resource) for resource in resources if "$id" in resource.contents)
    validator = jsonschema.Draft202012Validator(schema, registry=registry)
    for message in messages_of(told, tmp_path):
        validator.validate(json.loads(json.dumps(message)))


def test_cucumbers_formatters_read_them(told: RunRecord, tmp_path: Path) -> None:
    folder = npm_folder(*PACKAGES)
    shutil.copy(Path(__file__).with_name("cucumber_formatters.mjs"), folder)
    write_messages(told, tmp_path, tmp_path / "messages.ndjson")
    done = node(folder, folder / "cucumber_formatters.mjs", tmp_path / "messages.ndjson", tmp_path / "page.html")
    assert done.returncode == 0, done.stderr
    assert "Scenario: fails" in done.stdout
    assert "the order is lost" in done.stdout
    assert "| name  | count |" in done.stdout
    assert "10 scenarios (" in done.stdout, done.stdout[-400:]
    assert "has a bad hook" in (tmp_path / "page.html").read_text()


def test_a_feature_is_described_in_its_own_words(told: RunRecord, tmp_path: Path) -> None:
    first = next(message["gherkinDocument"]["feature"] for message in messages_of(told, tmp_path) if "gherkinDocument" in message)
    assert (first["name"], first["description"], first["location"]) == ("Orders", "Orders arrive.", {"line": 2})


def test_an_empty_run_can_be_told(tmp_path: Path) -> None:
    kinds = [next(iter(message)) for message in messages_of(record(exit_code=1), tmp_path)]
    assert kinds == ["meta", "testRunStarted", "testRunFinished"]
