"""Privacy: what of a use case, and of a team's work in it, others can see and use."""

from behave import then
from behave.runner import Context

from support.platforms.tracebloc.playbook.security import privacy
from support.platforms.tracebloc.playbook.use_cases import refusals
from support.step_arguments import Rows, takes_table


@then("to {string} all of this is open:")
@takes_table({"way": "way_in"})
def is_open(context: Context, role: str, rows: Rows) -> None:
    """The same ways that are refused to others."""
    scene = context.scene
    acts = privacy.ways_in(scene, scene.use_case, scene.trainings[-1], scene.person(role))
    expected = {row["way"]: refusals.LET_THROUGH for row in rows}
    refusals.assert_outcomes(scene, role, acts, expected)


@then("to {string} all of this is refused:")
@takes_table({"way": "way_in", "words": "string"})
def is_refused(context: Context, role: str, rows: Rows) -> None:
    """Every way is tried; each is refused in these words, or shows nothing."""
    scene = context.scene
    person = scene.person(role)
    person.sdk.log_in(person.email, person.password.get_secret_value())
    acts = privacy.ways_in(scene, scene.use_case, scene.trainings[-1], person)
    expected = {row["way"]: row["words"] for row in rows}
    refusals.assert_outcomes(scene, role, acts, expected)
