"""Compose and Kubernetes: both rendered from one list of services, and compared."""

import tempfile
from pathlib import Path

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_inanyorder, contains_string, empty, equal_to, has_items

from environments.errors import WrongScenario
from support.platforms.observatory import commands, parity
from support.step_arguments import Rows, takes_table


@when("the services are rendered for compose and for Kubernetes")
def are_rendered(context: Context) -> None:
    """By Ringmaster's own command, from the platform's one list."""
    with tempfile.TemporaryDirectory() as folder:
        compose = commands.ringmaster("render", "compose", "--platform", "observatory")
        chart = commands.ringmaster("render", "chart", "--platform", "observatory", "--to", folder)
        for ended in (compose, chart):
            assert_that(ended.exit_code, equal_to(0), f"the exit code ({ended.complaints})")
        context.compose = parity.by_names(parity.read_compose(compose.output))
        context.kubernetes = parity.by_names(parity.read_chart(Path(folder)))


@given("a compose file and Kubernetes objects that run the same")
def examples(context: Context) -> None:
    """Two small ones, each written as people do: with lists and mappings, defaults in defaults, and no version."""
    context.compose = parity.read_compose((parity.EXAMPLES / "compose.yaml").read_text(encoding="utf-8"))
    context.kubernetes = parity.read_kubernetes((parity.EXAMPLES / "kubernetes.yaml").read_text(encoding="utf-8"))
    are_equal(context)


@when("somebody makes one of them differ: {string}")
def drifts(context: Context, drift: str) -> None:
    """Somebody edits one of the two by hand; `support/platforms/observatory/parity.py` lists how."""
    if drift not in parity.DRIFTS:
        raise WrongScenario(f"nobody knows how '{drift}'. There are: {'; '.join(parity.DRIFTS)}")
    where, change = parity.DRIFTS[drift]
    if where == parity.COMPOSE:
        context.compose = change(context.compose)
    else:
        context.kubernetes = change(context.kubernetes)


@then("both run these services and no others")
@takes_table({"service": "word"})
def both_run(context: Context, rows: Rows) -> None:
    """By name, whatever each calls its objects."""
    expected = [row["service"] for row in rows]
    assert_that(list(context.compose), contains_inanyorder(*expected), "services on compose")
    assert_that(list(context.kubernetes), contains_inanyorder(*expected), "services on Kubernetes")


@then("they run them from the same images, in the same versions, with the same variables and ports")
def are_equal(context: Context) -> None:
    """Looked at both ways."""
    assert_that(list(parity.differences(context.compose, context.kubernetes)), empty(), "what differs")


@then("the {word} is told of")
@takes_table({"variable": "word", "value": "string"})
def is_told_of(context: Context, service: str, rows: Rows) -> None:
    """Where it finds the others, on both; a secret is named and not shown."""
    for deployed in (context.compose[service], context.kubernetes[service]):
        found = list(deployed.variables.items())
        assert_that(found, has_items(*((row["variable"], row["value"]) for row in rows)), f"variables of the {service}")


@then("this alone is told of the difference: {string}")
def is_told(context: Context, words: str) -> None:
    """No other sentence beside it."""
    found = list(parity.differences(context.compose, context.kubernetes))
    assert_that(len(found), equal_to(1), f"sentences ({'; '.join(found)})")
    assert_that(found[0], contains_string(words), "what is told")
