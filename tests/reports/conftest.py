"""One small project with every kind of outcome, run once with both reports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FEATURE = """
Feature: outcomes
  @p0
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
from support.results.notes import notes
from support.story import Part
def before_scenario(context, scenario):
    if scenario.name == "has a bad hook": raise RuntimeError("hook went wrong")
    if scenario.name == "is skipped": scenario.skip("needs cluster: not here")
def before_step(context, step):
    notes.parts = [Part("a part of it", seconds=0.5)]
"""


@pytest.fixture(scope="session")
def finished_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose features ran: Allure results are in `allure-results/`, JUnit in `junit/`."""
    project = tmp_path_factory.mktemp("project")
    for folder in ("features", "steps"):
        (project / folder).mkdir()
    (project / "features" / "outcomes.feature").write_text(FEATURE)
    (project / "steps" / "steps.py").write_text(STEPS)
    (project / "environment.py").write_text(HOOKS)
    subprocess.run(
        [sys.executable, "-m", "support", "run", "--results-folder", str(project / "out")],
        cwd=project,
        env=os.environ | {"RINGMASTER_SUBSTRATE": "none", "RINGMASTER_LEDGER_FOLDER": str(project / "ledger"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
    )
    return project / "out" / "latest"
