"""What runs leave behind: runs of Ringmaster inside of a scenario, and this scenario's own evidence."""

import tempfile
from pathlib import Path

from behave import then, when
from behave.runner import Context
from hamcrest import (
    assert_that,
    contains_string,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    has_items,
    has_length,
    not_,
    not_none,
)

from environments.platforms.observatory.services import POSTGRES_PASSWORD, RABBITMQ_PASSWORD
from support.evidence import FILE
from support.platforms.observatory import artifacts

WITHOUT_PLATFORM = ("--substrate", "none")


@when("the contracts are tested in a run of their own")
def contracts_are_tested(context: Context) -> None:
    """Quick, and without a platform."""
    context.inner = artifacts.run(_folder(context), "contracts.feature", *WITHOUT_PLATFORM)


@when("the contracts are tested in a run that may take {float} seconds")
def contracts_are_tested_within(context: Context, seconds: float) -> None:
    """Less than it takes."""
    context.inner = artifacts.run(_folder(context), "contracts.feature", *WITHOUT_PLATFORM, "--run-budget", str(seconds))


@when("the proof paths are tested with an event store that cannot start")
def proof_paths_are_tested(context: Context) -> None:
    """On a platform of the run's own, whose event store is a program that ends at once."""
    variables = {"RINGMASTER_OBSERVATORY_MONGOD": "/bin/false"}
    context.inner = artifacts.run(_folder(context), "proof_paths.feature", "--substrate", "embedded", variables=variables)


@when("the gate decides about that run")
def gate_decides(context: Context) -> None:
    """From what the run left."""
    context.decision = artifacts.decide(context.inner)


@then("the run ends with exit code {int}")
def ends_with(context: Context, exit_code: int) -> None:
    """As CI sees it."""
    ended = context.inner.ended
    assert_that(ended.exit_code, equal_to(exit_code), f"the exit code of the run ({ended.complaints})")


@then("it left a record with {int} scenarios, and a report for people, machines and Allure")
def left_reports(context: Context, count: int) -> None:
    """None of them says less than the others."""
    own = [each for each in context.inner.record.scenarios if not each.around]
    assert_that(own, has_length(count), "scenarios of the record")
    expected = has_entries(JUnit=greater_than_or_equal_to(count), Allure=greater_than_or_equal_to(count), page=1)
    assert_that(context.inner.reports, expected, "scenarios of the reports")


@then("it left a record of the start that failed, which names {string}")
def left_reason(context: Context, what: str) -> None:
    """And the same in each report."""
    (around,) = context.inner.record.scenarios
    assert_that(around.failure.message, contains_string(f"could not be started: {what}"), "why the platform did not start")
    assert_that(context.inner.reports, has_entries(JUnit=greater_than(0), Allure=greater_than(0), page=1), "scenarios of the reports")


@then("it left a log of each service")
def left_logs(context: Context) -> None:
    """Of those that started, too."""
    assert_that(context.inner.logs(), has_items(*context.inner.record.services), "logs")


@then("the decision is that the release can go, with each rule and what it found")
def can_go(context: Context) -> None:
    """Rule by rule, and not only how many."""
    assert_that(context.decision, has_entries(verdict="passed", exit_code=0, reasons=[]), "the decision")
    rules = {rule["id"]: rule["words"] for rule in context.decision["rules"]}
    assert_that(list(rules), has_items("platform-started", "something-ran", "p0", "pass-rate", "flaky-rate", "budget-release"), "rules")
    assert_that([words for words in rules.values() if not words], equal_to([]), "rules that say nothing")


@then("the decision names the run, its commit, its substrate and its seconds")
def names_run(context: Context) -> None:
    """So that it can be told a week later what was tested."""
    record = context.inner.record
    (judged,) = context.decision["runs"]
    assert_that(judged, has_entries(run=record.run, substrate="none", commit=record.commit, fingerprint=not_none()), "the run")
    assert_that(judged["timings"]["release"], greater_than(0), "the seconds that it took")


@then("the decision is that the release has to wait, because of {string}")
def has_to_wait(context: Context, rule: str) -> None:
    """By the rule's name."""
    assert_that(context.decision["verdict"], equal_to("blocked"), "the verdict")
    assert_that([reason["rule"] for reason in context.decision["reasons"]], has_items(rule), "why")


@then("the evidence of this scenario has the job, and the gateway's answer to it")
def has_answer(context: Context) -> None:
    """Request and answer, as they were sent."""
    latest = context.scene.latest
    evidence = (context.scene.folder / FILE).read_text(encoding="utf-8")
    sent = next((line for line in evidence.splitlines() if "POST /jobs" in line and latest.id in line), "nothing")
    assert_that(sent, contains_string(latest.answer.json()["eventId"]), "what the evidence has of the job")
    assert_that(sent, contains_string(" -> 202 "), "what the evidence has of the answer")


@then("the evidence of this scenario has no password of the platform")
def has_no_password(context: Context) -> None:
    """Though the services have them all."""
    evidence = (context.scene.folder / FILE).read_text(encoding="utf-8")
    for name in (RABBITMQ_PASSWORD, POSTGRES_PASSWORD):
        assert_that(evidence, not_(contains_string(context.scene.substrate.secret(name))), f"the evidence, as to {name}")


def _folder(context: Context) -> Path:
    folder = tempfile.TemporaryDirectory()
    context.add_cleanup(folder.cleanup)
    return Path(folder.name)
