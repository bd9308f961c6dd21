"""Projects, and runs of them as a command."""

import os
import subprocess
from typing import Any

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, equal_to, greater_than, has_item, has_length, is_not

from tests.runner.conftest import PROJECT, Outcome, command
from tests.runner.project import write_project


@given("a project with a scenario that passes")
def with_one_that_passes(context: Context) -> None:
    """The first part of a feature file; further steps add to it."""
    context.parts = ["Feature: sample\n", _scenario("fine", "", "it passes")]


@given("a scenario tagged {string} of which {string}")
def with_one_tagged(context: Context, tags: str, step: str) -> None:
    """Adds a scenario with one step."""
    context.parts.append(_scenario(f"number {len(context.parts)}", tags, step))


@given("{int} scenarios tagged {string} of which {string}")
def with_several(context: Context, count: int, tags: str, step: str) -> None:
    """Adds several scenarios with one step each."""
    context.parts += [_scenario(f"{tags} {number}".strip(" @"), tags, step) for number in range(count)]


@given("the project with every kind of outcome")
def with_everything(context: Context) -> None:
    """60 scenarios: passing, failing, undefined, pending, with bad hooks and cleanups, outlines, rules, tables and more."""
    context.parts = []


@when("it is run")
def is_run(context: Context) -> None:
    """Runs the project once."""
    context.outcome = _run(context)


@when("it is run with {string}")
def is_run_with(context: Context, options: str) -> None:
    """Runs the project once, with options."""
    context.outcome = _run(context, *options.split())


@when("it is run with 1 worker, and again with {int}")
def is_run_twice(context: Context, workers: int) -> None:
    """Runs the project twice."""
    context.serial, context.parallel = (_run(context, "--workers", str(count), results=f"out-{count}") for count in (1, workers))


@then("the exit code is {int}")
def exit_code_is(context: Context, code: int) -> None:
    """Whatever the run printed is told when it is another one."""
    assert_that(context.outcome.exit_code, equal_to(code), context.outcome.output)


@then("it says {string}")
def it_says(context: Context, words: str) -> None:
    """On the console, line breaks apart."""
    assert_that(" ".join(context.outcome.output.split()), contains_string(words))


@then("nobody sees a traceback")
def no_traceback(context: Context) -> None:
    """On the console."""
    assert_that(context.outcome.output, is_not(contains_string("Traceback")))


@then("console, JUnit and Allure count the same, and tell the same of every scenario")
def reports_agree(context: Context) -> None:
    """The serial run against the parallel one."""
    serial, parallel = context.serial, context.parallel
    assert_that(parallel.statuses, equal_to(serial.statuses), "how each scenario ended")
    assert_that(parallel.junit_counts, equal_to(serial.junit_counts), "JUnit's counts")
    assert_that(parallel.allure_counts, equal_to(serial.allure_counts), "Allure's counts")
    counts = [outcome.output.splitlines()[-2] for outcome in (serial, parallel)]
    assert_that(counts[1], equal_to(counts[0]), "the console's counts")


@then("{int} scenarios passed")
def so_many_passed(context: Context, count: int) -> None:
    """Of those in the run's record."""
    passed = [name for name, status in context.outcome.statuses.items() if status == "passed"]
    assert_that(passed, has_length(count), context.outcome.output)


@then("the scenario {string} is an {string}")
def scenario_is(context: Context, name: str, status: str) -> None:
    """In the run's record."""
    assert_that(context.outcome.statuses.get(name), equal_to(status), context.outcome.output)


@then("no other scenario ran beside those tagged {string}")
def ran_alone(context: Context, tag: str) -> None:
    """By what the scenarios noted when they began and ended."""
    notes = context.outcome.noted("notes.log")
    alone = [number for number, note in enumerate(notes) if note.startswith(f"begin:{tag.strip('@')}")]
    assert_that(alone, has_length(greater_than(0)), "scenarios that noted their beginning")
    for number in alone:
        assert_that(notes[number + 1], equal_to(notes[number].replace("begin", "end")), f"the note after {notes[number]}")


@then("the record tells {int} attempts, and what went wrong in the first")
def attempts_are_told(context: Context, attempts: int) -> None:
    """In the run's record."""
    told = [(row["attempts"], len(row["failed_attempts"])) for row in context.outcome.record["scenarios"]]
    assert_that(told, has_item((attempts, attempts - 1)))


def _scenario(name: str, tags: str, step: str) -> str:
    return f"  {tags}\n  Scenario: {name}\n    Then {step}\n"


def _run(context: Context, *options: str, results: str = "out") -> Outcome:
    features: dict[str, Any] = {"sample": "".join(context.parts)} if context.parts else {}
    folder = write_project(context.folder / f"project-{results}", **features)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("RINGMASTER_")}
    own = {
        "RINGMASTER_LEDGER_FOLDER": str(context.folder / "ledger"),
        "RINGMASTER_SUBSTRATE": "none",
        "RINGMASTER_CLIENT_ENV": "dev",
        "PYTHONPATH": str(PROJECT),
    }
    ended = subprocess.run(
        command("run", "--results-folder", str(context.folder / results), *options),
        cwd=folder,
        env=variables | own | {"COLUMNS": "150"},
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    return Outcome(ended.returncode, ended.stdout + ended.stderr, folder, (context.folder / results / "latest").resolve())
