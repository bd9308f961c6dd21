"""What steps and hooks attach with Allure's own `allure.attach` is in the results, at the step or scenario it belongs to."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.runner.conftest import Outcome, Run

Json = dict[str, Any]

FEATURE = """
Feature: attaching
  Scenario: one
    Given it attaches "of one"
    And it passes
  Scenario: two
    Given it attaches "of two"
    Then it fails
  Scenario: three
    Given it attaches "token=abcdefghijk"
  Scenario: four
    Given it attaches a file
  Scenario: is lost
    Given it attaches "of the lost one"
    When it is killed by signal 9
"""
STEPS = """
import allure
from behave import step

@step('it attaches "{text}"')
def attaches(context, text):
    with allure.step("looked at it"):
        allure.attach(text, name="seen", attachment_type=allure.attachment_type.TEXT)
    allure.attach(b"\\x89PNG token=abcdefghijk", name="picture", attachment_type=allure.attachment_type.PNG)

@step("it attaches a file")
def attaches_file(context):
    with open("kept.json", "w") as file:
        file.write('{"token": "abcdefghijk", "rows": 7}')
    allure.attach.file("kept.json", name="kept", attachment_type=allure.attachment_type.JSON)
"""
HOOKS = """
import allure

def before_scenario(context, scenario):
    allure.attach(f"before {scenario.name}", name="before")

def after_step(context, step):
    if step.status.name == "failed":
        allure.attach("the page as it was", name="page")

def after_scenario(context, scenario):
    allure.attach(f"after {scenario.name}", name="after")
"""


@pytest.fixture(params=["1", "2"])
def outcome(project: Callable[..., Path], run: Run, request: pytest.FixtureRequest) -> Outcome:
    """A run of them with one worker, and with two."""
    folder = project(attaching=FEATURE)
    (folder / "steps" / "attaching.py").write_text(STEPS)
    (folder / "environment.py").write_text(HOOKS)
    return run(folder, "--workers", request.param)


def test_every_attachment_is_where_it_belongs(outcome: Outcome) -> None:
    results = {result["name"]: result for result in outcome.allure}
    assert told(outcome, results["one"]["steps"][0])["seen"] == b"of one"
    assert told(outcome, results["two"]["steps"][0])["seen"] == b"of two"
    assert told(outcome, results["two"]["steps"][1]) == {"page": b"the page as it was"}
    assert "attachments" not in results["one"]["steps"][1]
    assert [part["name"] for part in results["one"]["steps"][0]["steps"]] == ["looked at it"]
    for name in ("one", "two", "three", "four"):
        own = told(outcome, results[name])
        assert (own["before"], own["after"]) == (f"before {name}".encode(), f"after {name}".encode())
    types = {attachment["name"]: attachment["type"] for attachment in results["one"]["steps"][0]["attachments"]}
    assert types == {"seen": "text/plain", "picture": "image/png"}


def test_what_a_lost_scenario_attached_before_is_kept(outcome: Outcome) -> None:
    (lost,) = [result for result in outcome.allure if result["name"] == "is lost"]
    assert lost["status"] == "broken"
    assert told(outcome, lost["steps"][0])["seen"] == b"of the lost one"


def test_attached_texts_are_redacted_and_pictures_are_left_alone(outcome: Outcome) -> None:
    results = {result["name"]: result for result in outcome.allure}
    texts = told(outcome, results["three"]["steps"][0])
    assert b"abcdefghijk" not in texts["seen"]
    assert texts["picture"] == b"\x89PNG token=abcdefghijk"
    kept = told(outcome, results["four"]["steps"][0])["kept"]
    assert json.loads(kept)["rows"] == 7
    assert b"abcdefghijk" not in kept


def told(outcome: Outcome, statement: Json) -> dict[str, bytes]:
    """The attachments of a step or scenario: what is in each, by name."""
    folder = outcome.results / "allure-results"
    return {attachment["name"]: (folder / attachment["source"]).read_bytes() for attachment in statement["attachments"]}


DYNAMIC_STEPS = """
import allure
from behave import step

@step("it tells Allure more")
def tells(context):
    allure.dynamic.title("another title")
    allure.dynamic.description("in other words, token=abcdefghijk")
    allure.dynamic.label("layer", "api", "ui")
    allure.dynamic.severity(allure.severity_level.CRITICAL)
    allure.dynamic.epic("growth")
    allure.dynamic.issue("https://tracker.test/7", name="BE-7")
    allure.dynamic.link("https://shop.test")
    allure.dynamic.parameter("browser", "one")
    allure.dynamic.parameter("pin", "4711", mode=allure.parameter_mode.MASKED)
"""
DYNAMIC = """
@p2
Feature: telling
  Scenario: tells
    Given it tells Allure more
  Scenario: does not
    Given it passes
"""


def test_what_steps_say_by_allure_dynamic_is_in_their_own_result(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=DYNAMIC)
    (folder / "steps" / "dynamic.py").write_text(DYNAMIC_STEPS)
    outcome = run(folder, "--workers", "1")
    assert outcome.exit_code == 0, outcome.output
    told, other = sorted(outcome.allure, key=lambda result: str(result["name"]))
    assert told["name"] == "another title"
    assert told["description"].startswith("in other words, ")
    assert "abcdefghijk" not in json.dumps(outcome.record)
    labels = {(label["name"], label["value"]) for label in told["labels"]}
    assert labels >= {("layer", "api"), ("layer", "ui"), ("severity", "critical"), ("epic", "growth")}
    assert ("severity", "minor") not in labels
    # besides where it stands, and how to run it again
    own = [[link for link in result["links"] if "features/f.feature" not in link["url"]] for result in (told, other)]
    assert {(link["type"], link["name"], link["url"]) for link in own[0]} == {
        ("issue", "BE-7", "https://tracker.test/7"),
        ("link", "https://shop.test", "https://shop.test"),
    }
    parameters = {one["name"]: (one["value"], one["mode"]) for one in told["parameters"]}
    assert parameters == {"browser": ("one", None), "pin": ("******", "masked")}
    assert (other["name"], own[1], other["parameters"]) == ("does not", [], [])
    assert told["fullName"].endswith(": tells")
