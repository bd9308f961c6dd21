"""The invariants of the project's document, and what holds each of them."""

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, contains_inanyorder, empty, equal_to

from support.platforms.observatory import invariants
from support.step_arguments import Rows, takes_table


@when("the list of invariants is read")
def is_read(context: Context) -> None:
    """`features/observatory/invariants.toml`."""
    context.invariants = invariants.read_invariants()


@then("it has these of the document, and no others")
@takes_table({"group": "string", "invariants": "string"})
def has_these(context: Context, rows: Rows) -> None:
    """Each once."""
    expected = [each for row in rows for each in str(row["invariants"]).split()]
    assert_that([each.id for each in context.invariants.all], contains_inanyorder(*expected), "invariants of the list")


@then("each is held by scenarios that are there, or says why it is documented only")
def each_is_held(context: Context) -> None:
    """Told one by one; what is documented only is told as left out, and counts as nothing."""
    for invariant in context.invariants.all:
        if invariant.is_held:
            context.story.tell(f"{invariant.id}, {invariant.promise}", f"held by {len(invariant.scenarios)} of the scenarios")
        else:
            context.story.leave_out(f"{invariant.id}, {invariant.promise}", f"documented only: {invariant.documented_only}")
    assert_that(list(context.invariants.problems(invariants.scenario_names())), empty(), "what is wrong with the list")


@then("{int} are held, and {int} are documented only")
def are_held(context: Context, held: int, documented: int) -> None:
    """A change of either is a decision, and shows here."""
    found = [invariant.is_held for invariant in context.invariants.all]
    assert_that((found.count(True), found.count(False)), equal_to((held, documented)), "held, and documented only")
