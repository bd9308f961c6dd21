"""Steps without a definition are told before anything starts, with what helps."""

from collections.abc import Callable
from pathlib import Path

from tests.runner.conftest import Run

STEPS = """
from behave import given, then
@given("the ship is in the harbour")
def ship(context): print("never")
@then("the crew is paid")
def crew(context): pass
"""


def test_an_undefined_step_is_told_before_the_hooks_of_the_run(project: Callable[..., Path], run: Run) -> None:
    folder = project(f="Feature: f\n  Scenario: s\n    Given the ship is in a harbour\n    And the crew is paid\n    Then it passes\n")
    (folder / "steps" / "ship.py").write_text(STEPS)
    (folder / "environment.py").write_text("def before_all(context): print('BEGUN')\n")
    outcome = run(folder)
    assert outcome.exit_code == 1, outcome.output
    before = outcome.output.partition("BEGUN")[0]
    nearest = "define it in steps/, or use a known one: ringmaster steps WORDS. Nearest: 'the ship is in the harbour'"
    assert f"undefined: features/f.feature:3: no step definition fits 'the ship is in a harbour': {nearest}" in before
    assert "undefined: features/f.feature:4: 'the crew is paid' is defined for @then, not for @given: use it under that keyword" in before
    assert outcome.statuses == {"s": "error"}


def test_a_value_that_is_not_allowed_is_told_with_the_nearest(project: Callable[..., Path], run: Run) -> None:
    folder = project(f='Feature: f\n  Scenario: s\n    Given it is scored by "acuracy"\n')
    for file in ("environment.py", "steps/steps.py"):
        (folder / file).unlink()
    (folder / "steps" / "_parameter_types.py").write_text(
        "from behave.cucumber_expression import define_parameter_type_with\n"
        'define_parameter_type_with(name="score", regexp="accuracy|rmse", type=str)\n'
    )
    (folder / "steps" / "scores.py").write_text(
        "from behave import given\n@given('it is scored by \"{score}\"')\ndef scored(context, score): pass\n"
    )
    outcome = run(folder)
    told = "undefined: features/f.feature:3: 'acuracy' is no score. Did you mean 'accuracy'? There are: 'accuracy', 'rmse'"
    assert told in outcome.output, outcome.output


def test_what_is_not_selected_is_not_told(project: Callable[..., Path], run: Run) -> None:
    outcome = run(project(f="Feature: f\n  Scenario: s\n    Given nobody knows this\n  Scenario: t\n    Given it passes\n"), "--name", "t")
    assert outcome.exit_code == 0, outcome.output
    assert "undefined" not in outcome.output
