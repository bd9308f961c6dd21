"""The context that scenarios get: behave's own, with its warnings, but without a look at the stack for each attribute."""

import warnings

import pytest
from behave.configuration import Configuration
from behave.runner import ContextMaskWarning, Runner

from support.runner.behave_adapter.context import RunContext


@pytest.fixture
def runner() -> Runner:
    return Runner(Configuration([], load_config=False))


@pytest.fixture
def context(runner: Runner) -> RunContext:
    # it holds the runner weakly: the fixture keeps that alive
    made = RunContext(runner)
    made._push()
    return made


def test_an_attribute_is_there_until_its_layer_is_over(context: RunContext) -> None:
    context.before = "whole run"
    context._push()
    context.before = "scenario"
    assert context.before == "scenario"
    context._pop()
    assert context.before == "whole run"


def test_a_step_that_replaces_what_is_behaves_own_is_warned_of_it_with_the_place(context: RunContext) -> None:
    context.active_thing = 1
    context._push()
    with context.use_with_user_mode(), pytest.warns(ContextMaskWarning, match="user code is masking context attribute 'active_thing'"):
        context.active_thing = 2


def test_what_replaces_its_own_is_not_warned(context: RunContext) -> None:
    with context.use_with_user_mode(), warnings.catch_warnings():
        warnings.simplefilter("error")
        context.mine = 1
        context._push()
        context.mine = 2


def test_a_cleanup_that_a_cleanup_adds_runs_next(context: RunContext) -> None:
    done: list[str] = []

    def first() -> None:
        done.append("first")
        context.add_cleanup(done.append, "added")
        context.add_cleanup(lambda: context.add_cleanup(done.append, "added by what was added"))

    context.add_cleanup(done.append, "last")
    context.add_cleanup(first)
    context._pop()
    assert done == ["first", "added by what was added", "added", "last"]


def test_what_goes_wrong_in_a_cleanup_that_a_cleanup_adds_is_told(context: RunContext) -> None:
    def breaks() -> None:
        raise ValueError("still wet")

    context.add_cleanup(lambda: context.add_cleanup(breaks))
    with pytest.raises(ValueError, match="still wet"):
        context._pop()
    (told,) = context.take_cleanup_problems()
    assert told.startswith("the cleanup breaks went wrong: ValueError: still wet")
