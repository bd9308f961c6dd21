"""The victory gate: what it makes of runs of pull requests and of nights."""

import tempfile
from pathlib import Path

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, equal_to

from support.platforms.observatory import victory


@given("runs of pull requests that ended {string}, the latest last")
def pull_requests(context: Context, how: str) -> None:
    """Their records, one after the other."""
    _add(context, victory.PULL_REQUESTS, how)


@given("a night that ended {string}")
def night(context: Context, how: str) -> None:
    """Its record; given again, the later night."""
    _add(context, victory.NIGHTS, how)


@given("no night")
def no_night(context: Context) -> None:
    """The folder of nightly runs is empty."""
    (_folder(context) / victory.NIGHTS).mkdir()


@when("the victory gate decides")
def decides(context: Context) -> None:
    """From the records of the runs, and nothing else."""
    context.verdict = victory.judge(context.runs)


@then("the release may go")
def may_go(context: Context) -> None:
    """Both the row of greens and the night are there."""
    assert_that(context.verdict.may_go, equal_to(True), f"whether the release may go: {context.verdict.words}")


@then("the release has to wait, since {string}")
def has_to_wait(context: Context, why: str) -> None:
    """The reason is said in words."""
    assert_that(context.verdict.may_go, equal_to(False), "whether the release may go")
    assert_that(context.verdict.words, contains_string(why), "what the gate says")


def _folder(context: Context) -> Path:
    if "runs" not in context:
        folder = tempfile.TemporaryDirectory()
        context.add_cleanup(folder.cleanup)
        context.runs = Path(folder.name)
    made: Path = context.runs
    return made


def _add(context: Context, series: str, how: str) -> None:
    folder = _folder(context)
    for each in how.split(", "):
        number = len(list((folder / series).glob("*"))) + 1
        victory.add_run(folder, series, each, number)
