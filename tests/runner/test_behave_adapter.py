"""What the runner relies on in behave besides its documented interface: where behave changes, this says what to look at."""

import inspect
from collections.abc import Callable

import pytest
from behave import runner as behave_runner
from behave.capture import CaptureController
from behave.configuration import Configuration
from behave.cucumber_expression import StepMatcher4CucumberExpressions
from behave.matchers import Match
from behave.model import Feature, Rule, Scenario, ScenarioOutline, Step
from behave.model_type import Status as BehaveStatus
from behave.parser import parse_feature
from behave.runner import Context, ContextMode, ModelRunner, Runner
from behave.step_registry import registry

from support.runner.behave_adapter.context import RunContext
from support.runner.behave_adapter.model import BY_NAME, identities_of, name_without_row, reset, row_of

OUTLINE = """
Feature: f
  Scenario: same
    Given a step
  Scenario: same
    Given a step
  Rule: r
    Scenario: same
      Given a step
    Scenario Outline: row of -- <kind>
      Given a step
      Examples: all
        | kind |
        | a    |
        | b    |
"""


def says(source: Callable[..., object] | type, *texts: str) -> None:
    missing = [text for text in texts if text not in inspect.getsource(source)]
    assert not missing, f"behave has changed {source.__qualname__}, which support/runner/behave_adapter relies on: no more {missing}"


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (
            Context.__init__,
            ["self._stack = [root_data]", "self._record = {}", "self._origin = {}", "self._mode = ", "self._runner", "_root"],
        ),
        (Context._push, ['"@cleanups": []', '"@layer"', "self._stack.insert(0"]),
        (Context._pop, ["self._do_cleanups()", "self._stack.pop(0)"]),
        (Context._do_remaining_cleanups, ["self._pop(", "self._do_cleanups()"]),
        (Context._do_cleanups, ['"@cleanups"', "on_cleanup_error", "fail_on_cleanup_errors", '_root["cleanup_errors"]']),
        (Context._set_root_attribute, ['self.__dict__["_root"][attr] = value']),
        (Context.__setattr__, ["self._stack[1:]", "self._record[attr]", "self._origin"]),
        (Context.abort, ["if not self.aborted", '_set_root_attribute("aborted", True)']),
        (Match.run, ["with context.use_with_user_mode():"]),
        (ModelRunner.run_hook, ["with ctx.use_with_user_mode():", "self.hooks[hook_name](ctx", "statement.hook_failed = True"]),
        (Runner.load_hooks, ["exec_file(hooks_path, self.hooks)"]),
        (Runner.setup_paths, ["self.config.base_dir", "self.path_manager.add"]),
        (
            Scenario.run,
            ['_push(layer="scenario")', "_pop(", "elif self.should_skip:", "skip_scenario_untested = self.hook_failed or runner.aborted"],
        ),
        (Scenario.reset, ["self._row = None"]),
        (
            Step.run,
            ["formatter.match(match)", "formatter.result(self)", "except KeyboardInterrupt as e:", "runner.step_registry.find_match"],
        ),
        (Feature._setup_context_for_run, ["context"]),
        (Rule._setup_context_for_run, ["context"]),
        (CaptureController.stop_and_teardown_capture, ["teardown"]),
        (type(registry).find_match, ["self.steps[step.step_type]"]),
        (StepMatcher4CucumberExpressions.__init__, ["self.TYPE_REGISTRY.parameter_types"]),
    ],
    ids=lambda value: value.__qualname__ if callable(value) else "",
)
def test_behave_still_works_as_the_adapter_relies_on(source: Callable[..., object], texts: list[str]) -> None:
    says(source, *texts)


def test_every_status_of_behaves_has_a_meaning_here() -> None:
    unknown = [status.name for status in BehaveStatus if status.name not in BY_NAME]
    assert unknown == ["xfailed", "xpassed"], f"behave has new statuses: give them a meaning in behave_adapter/model.py: {unknown}"


def test_the_version_is_one_that_was_looked_at() -> None:
    assert hasattr(behave_runner, "ContextMode"), "behave has moved its modes: see behave_adapter/context.py"
    assert {mode.name for mode in ContextMode} == {"BEHAVE", "USER"}


def test_a_row_keeps_its_cells_and_loses_behaves_addition_to_its_name() -> None:
    feature = parse_feature(OUTLINE)
    outline = next(item for item in feature.rules[0].run_items if isinstance(item, ScenarioOutline))
    first, second = outline.scenarios
    assert (name_without_row(first), row_of(first), row_of(second)) == ("row of -- a", [("kind", "a")], [("kind", "b")])
    reset(first)
    assert row_of(first) == [("kind", "a")]


def test_two_scenarios_are_two() -> None:
    feature = parse_feature(OUTLINE, filename="features/f.feature")
    found = [str(identity) for identity in identities_of(feature).values()]
    assert found == [
        "features/f.feature: same",
        "features/f.feature: same #2",
        "features/f.feature: r: same",
        "features/f.feature: r: row of -- a (kind=a)",
        "features/f.feature: r: row of -- b (kind=b)",
    ]


def test_the_context_runs_all_cleanups_whatever_they_raise() -> None:
    runner = Runner(Configuration([], load_config=False))
    context = RunContext(runner)
    done: list[str] = []
    context._push()
    context.add_cleanup(done.append, "first")
    context.add_cleanup(exit, 0)
    context.add_cleanup(done.append, "last")
    with pytest.raises(Exception, match="0"):
        context._pop()
    assert done == ["last", "first"]
    (problem,) = context.take_cleanup_problems()
    assert "SystemExit: 0" in problem
