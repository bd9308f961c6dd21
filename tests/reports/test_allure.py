"""Allure results tell what behave knows, also where allure-behave alone would not."""

import json

import pytest
from behave.configuration import Configuration
from behave.runner import Runner
from behave.runner_util import reset_runtime

FEATURE = """
Feature: outcomes
  Scenario: passes
    Given it passes
  Scenario: fails
    Given it fails
  Scenario: breaks
    Given it breaks
  Scenario: has a bad hook
    Given it passes
  Scenario: cleans up badly
    Given it cleans up badly
  Scenario: is undefined
    Given nobody knows this
  Scenario: is skipped
    Given it passes
  Rule: a rule
    Scenario: under a rule
      Given it passes
"""
STEPS = """
from behave import given
@given("it passes")
def passes(context): pass
@given("it fails")
def fails(context): raise AssertionError("expected ada@example.com, password=abcdefgh")
@given("it breaks")
def breaks(context): raise KeyError("broken")
@given("it cleans up badly")
def cleans(context):
    def bad(): raise RuntimeError("cleanup went wrong")
    context.add_cleanup(bad)
"""
HOOKS = """
from support.story import Part
def before_scenario(context, scenario):
    if scenario.name == "has a bad hook": raise RuntimeError("hook went wrong")
    if scenario.name == "is skipped": scenario.skip("needs cluster: not here")
def before_step(context, step):
    step.parts = [Part("a part of it", seconds=0.5)]
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:  # type: ignore[type-arg]
    project = tmp_path_factory.mktemp("project")
    (project / "features").mkdir()
    (project / "steps").mkdir()
    (project / "features" / "outcomes.feature").write_text(FEATURE)
    (project / "steps" / "steps.py").write_text(STEPS)
    (project / "environment.py").write_text(HOOKS)
    out = project / "allure"
    arguments = ["--no-capture-hooks", "--no-summary", "-f", "reports.allure:HonestAllureFormatter", "-o", str(out)]
    reset_runtime()
    configuration = Configuration([*arguments, str(project / "features")], load_config=False)
    Runner(configuration).run()
    reset_runtime()
    found = [json.loads(path.read_text()) for path in out.glob("*-result.json")]
    return {result["name"]: result for result in found}


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        ("passes", "passed"),
        ("fails", "failed"),
        ("breaks", "broken"),
        ("has a bad hook", "broken"),
        ("cleans up badly", "broken"),
        ("is undefined", "broken"),
        ("is skipped", "skipped"),
        ("under a rule", "passed"),
    ],
)
def test_every_outcome_is_told_as_it_was(results: dict[str, dict], scenario: str, status: str) -> None:  # type: ignore[type-arg]
    assert results[scenario]["status"] == status


def test_a_skip_has_its_reason(results: dict[str, dict]) -> None:  # type: ignore[type-arg]
    assert results["is skipped"]["statusDetails"]["message"] == "needs cluster: not here"


def test_parts_are_sub_steps(results: dict[str, dict]) -> None:  # type: ignore[type-arg]
    (step,) = results["passes"]["steps"]
    assert [part["name"] for part in step["steps"]] == ["a part of it"]
    assert step["steps"][0]["stop"] - step["steps"][0]["start"] == 500


def test_nothing_secret_is_in_the_results(results: dict[str, dict]) -> None:  # type: ignore[type-arg]
    text = json.dumps(results)
    assert "abcdefgh" not in text
    assert "ada@example.com" not in text
