"""The doctor: what a machine lacks for the observatory, and the command that installs it."""

import json
import tempfile
from typing import Any

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, equal_to, has_item

from support.platforms.observatory import commands
from support.step_arguments import Rows, takes_table


@when("the doctor looks at this machine")
def looks(context: Context) -> None:
    """As it is."""
    _look(context, {})


@when("the doctor looks at a machine on which no program is found")
def looks_at_bare_machine(context: Context) -> None:
    """The search path leads to an empty folder."""
    with tempfile.TemporaryDirectory() as empty:
        _look(context, {"PATH": empty})


@then("it tells of each of these whether it is there, and what it is for")
@takes_table({"what": "string", "for": "word"})
def tells(context: Context, rows: Rows) -> None:
    """There or left out, nothing of it unsaid."""
    for row in rows:
        check = _check(context, row["what"])
        assert_that(["there", "left out", "missing"], has_item(check["state"]), f"the state of {row['what']}")
        assert_that(check["purpose"], contains_string(row["for"]), f"what {row['what']} is for")


@then("it says of these that they are not there, and how to install them")
@takes_table({"what": "string", "command": "string"})
def says_how(context: Context, rows: Rows) -> None:
    """The command can be copied as it is."""
    for row in rows:
        check = _check(context, row["what"])
        assert_that(check["state"], equal_to("left out"), f"the state of {row['what']}")
        assert_that(check["what_to_do"].removeprefix("sudo "), equal_to(row["command"]), f"how to install {row['what']}")


@then("scenarios that need {string} are said to be left out, since {string} is not installed")
def are_left_out(context: Context, capability: str, program: str) -> None:
    """Skipped with the reason, and not failed."""
    assert_that(context.diagnosis["lacks"].get(capability, "nothing"), contains_string(program), f"why {capability} is left out")


@then("the machine is fit, or the doctor says what is missing, and the exit code says which")
def exit_code(context: Context) -> None:
    """Nobody has to read the output to know."""
    assert_that(context.doctor.exit_code, equal_to(0 if context.diagnosis["fit"] else 3), "the exit code of the doctor")
    missing = [check["name"] for check in context.diagnosis["checks"] if check["state"] == "missing"]
    assert_that(bool(missing), equal_to(not context.diagnosis["fit"]), "whether something is missing")


def _look(context: Context, variables: dict[str, str]) -> None:
    context.doctor = commands.ringmaster("doctor", "--substrate", "embedded", "--json", variables=variables)
    assert_that(context.doctor.output, contains_string('"checks"'), f"what the doctor says ({context.doctor.complaints})")
    context.diagnosis = json.loads(context.doctor.output)


def _check(context: Context, name: str) -> dict[str, Any]:
    checks: dict[str, dict[str, Any]] = {check["name"]: check for check in context.diagnosis["checks"]}
    assert_that(list(checks), has_item(name), "what the doctor looked at")
    return checks[name]
