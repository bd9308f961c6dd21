"""What scenarios leave for the end of their rule, feature or run is run then: after the hooks, in the process that left it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Outcome, Run

FEATURES = {
    "first": """
Feature: first
  Scenario: one
    Given it leaves something for every layer
  Rule: strict
    Scenario: two
      Given it leaves something for the rule
    Scenario: three
      Given it notes that it runs for 0.2 s
  Scenario Outline: four
    Given it notes that it runs for <seconds> s
    Examples:
      | seconds |
      | 0.1     |
      | 0.3     |
""",
    "second": "Feature: second\n  Scenario: five\n    Given it notes that it runs for 0.1 s\n",
}
STEPS = """
import os
from behave import step
def note(text):
    number = os.open("notes.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(number, f"{text}\\n".encode())
    os.close(number)
def leave(context, layer):
    own = object()
    def clean():
        assert own is not None
        note(f"{layer}")
    context.add_cleanup(clean, layer=layer)
@step("it leaves something for every layer")
def every(context):
    leave(context, "feature"), leave(context, "testrun"), context.add_cleanup(note, "scenario")
@step("it leaves something for the rule")
def rule(context): leave(context, "rule")
@step("it leaves something bad for the {layer}")
def bad(context, layer):
    def fall(): raise RuntimeError(f"the {layer} cannot be cleaned")
    context.add_cleanup(fall, layer=layer)
@step("it leaves something that prints")
def prints(context): context.add_cleanup(print, "swept the floor", layer="feature")
"""
HOOKS = """
import os
def note(text):
    number = os.open("notes.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(number, f"{text}\\n".encode())
    os.close(number)
def after_scenario(context, scenario): note("after:" + scenario.name.split()[0])
def after_all(context): note("after_all")
"""
OF_CONTAINERS = """
def after_feature(context, feature): note("after_feature:" + feature.name)
def after_rule(context, rule): note("after_rule")
"""


def made(project: Callable[..., Path], hooks: str, **features: str) -> Path:
    folder = project(**features)
    (folder / "steps" / "layers.py").write_text(STEPS)
    (folder / "environment.py").write_text(hooks)
    return folder


def in_order(notes: list[str], *wanted: str) -> bool:
    return [note for note in notes if note in wanted] == list(wanted)


@pytest.mark.parametrize("workers", ["1", "2", "4"])
@pytest.mark.parametrize("hooks", [HOOKS, HOOKS + OF_CONTAINERS], ids=["no hooks of features", "hooks of features"])
def test_each_layer_is_cleaned_up_once_it_is_over(project: Callable[..., Path], run: Run, hooks: str, workers: str) -> None:
    outcome = run(made(project, hooks, **FEATURES), "--workers", workers)
    assert outcome.exit_code == 0, outcome.output
    notes = outcome.noted("notes.log")
    assert in_order(notes, "after:one", "scenario"), notes
    assert all(notes.count(layer) == 1 for layer in ("scenario", "rule", "feature", "testrun")), notes
    assert notes.index("rule") > max(notes.index("after:two"), notes.index("after:three")), notes
    ends = [index for index, note in enumerate(notes) if note.startswith("after:four")]
    assert notes.index("feature") > max(*ends, notes.index("rule")), notes
    assert notes[-2:] == ["after_all", "testrun"], notes
    if "after_feature" in hooks:
        assert in_order(notes, "after_rule", "rule", "after_feature:first", "feature"), notes


@pytest.mark.parametrize(("layer", "around"), [("feature", "the feature 'f'"), ("rule", "the rule 'r'"), ("testrun", "the run")])
def test_what_goes_wrong_in_them_blocks_and_is_reported_once(project: Callable[..., Path], run: Run, layer: str, around: str) -> None:
    feature = f"Feature: f\n  Rule: r\n    Scenario: s\n      Given it leaves something bad for the {layer}\n"
    outcome = run(made(project, HOOKS, f=feature))
    assert outcome.exit_code == 1, outcome.output
    assert outcome.statuses == {"s": "passed", f"around {around}": "hook_error"}
    assert f"RuntimeError: the {layer} cannot be cleaned" in outcome.output
    assert (outcome.junit_counts["errors"], outcome.allure_counts["broken"]) == (1, 1)


def test_what_they_print_stands_under_the_feature(project: Callable[..., Path], run: Run) -> None:
    feature = "Feature: f\n  Scenario: s\n    Given it leaves something that prints\n  Scenario: t\n    Given it passes\n"
    outcome = run(made(project, HOOKS, f=feature))
    assert "\n  Printed around the feature 'f':\n      | swept the floor\n" in outcome.output


def test_every_repetition_cleans_up_after_itself(project: Callable[..., Path], run: Run) -> None:
    outcome = run(made(project, HOOKS, **FEATURES), "--repeat", "2")
    assert outcome.exit_code == 0, outcome.output
    notes = outcome.noted("notes.log")
    assert [notes.count(note) for note in ("feature", "rule", "testrun", "after_all")] == [2, 2, 2, 1]


def test_a_stopped_run_cleans_up_too(project: Callable[..., Path], run: Run) -> None:
    folder = made(project, HOOKS, f="Feature: f\n  Scenario: s\n    Given it leaves something for every layer\n    When it stops the run\n")
    (folder / "steps" / "stop.py").write_text(
        "import os, signal, time\nfrom behave import when\n@when('it stops the run')\n"
        "def stop(context):\n    os.kill(int(os.environ['RUNNER']), signal.SIGTERM)\n    time.sleep(30)\n"
    )
    (folder / "environment.py").write_text(HOOKS + "\ndef before_all(context): os.environ['RUNNER'] = str(os.getpid())\n")
    outcome: Outcome = run(folder)
    assert outcome.exit_code == 143, outcome.output
    notes = outcome.noted("notes.log")
    assert all(notes.count(layer) == 1 for layer in ("scenario", "feature", "testrun")), notes


def test_what_hooks_of_a_rule_print_stands_under_no_scenario(project: Callable[..., Path], run: Run) -> None:
    feature = "Feature: f\n  Rule: r\n    Scenario: s\n      Given it passes\n  Scenario: t\n    Given it passes\n"
    outcome = run(made(project, "def before_rule(context, rule): print('opened the rule')\n", f=feature))
    assert "\n  Printed around the rule 'r':\n      | opened the rule\n" in outcome.output
