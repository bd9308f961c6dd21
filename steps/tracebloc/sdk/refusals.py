"""What the SDK's user sees of refusals that a gateway gives in the platform's place."""

from behave import then
from behave.runner import Context

from support.platforms.tracebloc.playbook.sdk import refusals
from support.platforms.tracebloc.playbook.sdk.refusals import Expectation
from support.step_arguments import Rows, takes_table


@then("refusals reach {string} like this:")
@takes_table({"while": "sdk_act", "the platform answers": "answer", "error": "string", "words": "string"})
def refusals_reach(context: Context, role: str, rows: Rows) -> None:
    """Each row gives one answer to one endpoint; all rows that differ are told."""
    scene = context.scene
    refusals.check_in_turn(scene, scene.person(role), _expectations(rows)).assert_all()


@then("failures, all at once, reach {string} like this:")
@takes_table({"while": "sdk_act", "the platform answers": "answer", "error": "string", "words": "string"})
def failures_reach(context: Context, role: str, rows: Rows) -> None:
    """Each row gives one answer to one endpoint, with a session of its own; all rows that differ are told."""
    scene = context.scene
    refusals.check_at_once(scene, scene.person(role), _expectations(rows)).assert_all()


def _expectations(rows: Rows) -> list[Expectation]:
    return [Expectation(row["while"], row["the platform answers"], row["error"], row["words"]) for row in rows]
