"""Code that was called and only gave a coroutine or a generator did not run, so whoever wrote it is told, and nothing is green."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runner.conftest import Run
from tests.runner.test_escaping_errors import assert_told

FEATURE = "@tagged\nFeature: f\n  Scenario: s\n    Given it is checked\n"
PASSES = "from behave import step\n@step('it is checked')\ndef checks(context): pass\n"
HOOKS = {
    **{f"{when}_all": "context" for when in ("before", "after")},
    **{f"{when}_{what}": f"context, {what}" for when in ("before", "after") for what in ("feature", "scenario", "step", "tag")},
}
BODIES = {
    "coroutine": "async def {name}({arguments}): assert False",
    "generator": "def {name}({arguments}):\n    assert False\n    yield",
}
STEPS = {
    "with a yield": "def checks(context):\n    assert False\n    yield",
    "an asynchronous generator": "async def checks(context):\n    assert False\n    yield",
    "that gives a coroutine": "def checks(context):\n    async def checks(): assert False\n    return checks()",
    "wrapped by a plain function": "@plainly\nasync def checks(context): assert False",
}
PLAINLY = (
    "from functools import wraps\ndef plainly(function):\n    @wraps(function)\n    def call(*a): return function(*a)\n    return call\n"
)
FIXTURES = ["async def made(context): assert False", "async def made(context):\n    assert False\n    yield"]


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_that_never_ran_is_an_error(hook: str, kind: str, project: Callable[..., Path], run: Run) -> None:
    folder = project(f=FEATURE)
    (folder / "steps" / "steps.py").write_text(PASSES)
    (folder / "environment.py").write_text(BODIES[kind].format(name=hook, arguments=HOOKS[hook]))
    assert_told(run(folder), f"{hook} gave a {kind}")


@pytest.mark.parametrize("written", STEPS)
def test_a_step_that_never_ran_is_an_error(written: str, project: Callable[..., Path], run: Run) -> None:
    folder = project(f=FEATURE)
    (folder / "steps" / "steps.py").write_text(f"from behave import step\n{PLAINLY}@step('it is checked')\n{STEPS[written]}\n")
    assert_told(run(folder), "checks gave a")


def test_a_step_that_is_a_coroutine_is_awaited(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=FEATURE)
    (folder / "steps" / "steps.py").write_text(
        "from behave import step\n@step('it is checked')\nasync def checks(context): print('awaited')\n"
    )
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output
    assert "awaited" in outcome.record["scenarios"][0]["captured"]["stdout"]


def test_what_hooks_call_gives_them_what_it_gives(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=FEATURE)
    (folder / "steps" / "steps.py").write_text(PASSES)
    (folder / "environment.py").write_text(
        "def numbers(): yield 7\ndef before_all(context): print('given', next(numbers()))\n"
        "def before_scenario(context, scenario): assert next(numbers()) == 7\n"
    )
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output


def test_a_cleanup_that_never_ran_is_an_error(project: Callable[..., Path], run: Run) -> None:
    folder = project(f=FEATURE)
    (folder / "steps" / "steps.py").write_text(PASSES)
    (folder / "environment.py").write_text(
        "async def closed(): assert False\ndef before_scenario(context, scenario): context.add_cleanup(closed)\n"
    )
    assert_told(run(folder), "closed gave a coroutine")


@pytest.mark.parametrize("written", FIXTURES, ids=["coroutine", "generator"])
def test_a_fixture_that_never_ran_is_an_error(written: str, project: Callable[..., Path], run: Run) -> None:
    folder = project(f=FEATURE)
    (folder / "steps" / "steps.py").write_text(PASSES)
    (folder / "environment.py").write_text(
        f"from behave import fixture, use_fixture\n@fixture\n{written}\ndef before_all(context): use_fixture(made, context)\n"
    )
    assert_told(run(folder), "made gave a")
