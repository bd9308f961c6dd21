"""Averaging: weights computed by hand, against the platform's own code and its running service."""

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, empty, equal_to, none, not_none

from support.platforms.tracebloc.playbook.in_process import golden_weights
from support.step_arguments import Rows, takes_table
from support.waiting import eventually


@given("three participants trained on {int}, {int} and {int} rows and hold these weights:")
@takes_table(
    {"tensor": "string", "type": "number_type", "first": "list_of_numbers", "second": "list_of_numbers", "third": "list_of_numbers"}
)
def participants_hold(context: Context, first: int, second: int, third: int, tensors: Rows) -> None:
    """Writes one file of weights for each participant."""
    scene = context.scene
    scene.folder.mkdir(parents=True, exist_ok=True)
    context.golden_weights = golden_weights.write(scene.folder, (first, second, third), tensors)


@given('the weights of the {place} participant "{weights_defect}"')
def weights_are_spoiled(context: Context, place: str, defect: str) -> None:
    """Spoils that participant's file."""
    golden_weights.DEFECTS[defect](context.golden_weights, place)


@when("their weights are averaged")
def averaged_here(context: Context) -> None:
    """Averages the files with the averaging service's own code, in this process."""
    golden_weights.average_here(context.golden_weights)


@when("their weights are stored and the averaging service is told that they are ready")
def averaged_by_the_service(context: Context) -> None:
    """Goes through the object store and the service's queue, as training pods do."""
    golden_weights.average_by_the_service(context.scene, context.golden_weights)


@then("the averaged weights are:")
@takes_table({"tensor": "string", "type": "number_type", "value": "list_of_numbers"})
def averaged_weights_are(context: Context, tensors: Rows) -> None:
    """Compares names, types and every number with a table."""
    golden = context.golden_weights
    assert_that(golden.refusal, empty(), "why the weights were refused")
    expected = {row["tensor"]: golden_weights.tensor(row["value"], row["type"]) for row in tensors}
    shown = {name: (str(tensor.dtype), tensor.round(6).tolist()) for name, tensor in (golden.averaged or {}).items()}
    assert_that(shown, equal_to({name: (str(tensor.dtype), tensor.round(6).tolist()) for name, tensor in expected.items()}), "averaged")


@then("the service announces an average over {int}, {int} and {int} rows")
def service_announces(context: Context, first: int, second: int, third: int) -> None:
    """The announcement names each participant's rows."""
    announced = context.golden_weights.announced
    assert_that(announced.rows, equal_to(dict(zip(golden_weights.PARTICIPANTS, (first, second, third), strict=True))), "announced rows")


@then("the weights of somebody who takes no part were put aside")
def strangers_weights(context: Context) -> None:
    """They were there first, and count for nothing."""
    scene, golden = context.scene, context.golden_weights
    words = f'"client_id":"{golden_weights.STRANGER}"'
    aside = eventually("the dead letter", lambda: golden_weights.put_aside(scene, golden), not_none())
    assert_that(aside, contains_string(words), "what was put aside")


@then("the {place} participant's weights are refused, since {string}")
def weights_are_refused(context: Context, place: str, reason: str) -> None:
    """Says whose weights and why; nothing is averaged."""
    golden = context.golden_weights
    assert_that(golden.averaged, none(), "averaged weights")
    assert_that(golden.refused, equal_to(place), "whose weights were refused")
    assert_that(golden.refusal, contains_string(reason), "why they were refused")
