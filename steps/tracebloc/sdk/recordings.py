"""The SDK's flows, on the running platform and from recordings."""

from itertools import zip_longest

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, empty, equal_to

from support.platforms.tracebloc.playbook.sdk import flows, recordings
from support.step_arguments import Rows, takes_table


@given("a data scientist on the running platform")
def on_platform(context: Context) -> None:
    """Somebody with an account, data to train on and a model that the platform keeps."""
    context.walk = flows.on_platform(context.scene)


@given("a data scientist whose platform cannot be reached")
def no_platform(context: Context) -> None:
    """The SDK is given an address that is taken and where nobody listens."""
    context.walk = flows.away_from_any_platform(context.scene)


@when('the data scientist goes through "{flow}"')
def goes_through(context: Context, flow: str) -> None:
    """All that is said is recorded in the scenario's own folder."""
    context.flow, context.seen = flow, flows.record(context.walk, flow, context.scene.folder / "recordings")


@when('the data scientist goes through "{flow}" as it was recorded')
def goes_through_recorded(context: Context, flow: str) -> None:
    """The SDK is answered from the recording; nothing goes out."""
    context.flow = flow
    context.seen, context.left_over = flows.play(context.walk, flow)


@then("the data scientist sees:")
@takes_table({"act": "string", "what is seen": "string"})
def sees(context: Context, rows: Rows) -> None:
    """Each act, and how what comes of it begins."""
    expected = [(row["act"], row["what is seen"]) for row in rows]
    begins = [(act, seen[: len(words)]) for (act, seen), (_, words) in zip_longest(context.seen, expected, fillvalue=("", ""))]
    assert_that(begins, equal_to(expected), "what the data scientist sees")


@then("the data scientist sees the same as from the recording")
def sees_the_same(context: Context) -> None:
    """Another session goes the same way, answered from the recording."""
    recorded, _ = flows.play(flows.away_from_any_platform(context.scene), context.flow)
    assert_that(context.seen, equal_to(recorded), "what the data scientist sees")


@then("nothing that was recorded is left over")
def nothing_left(context: Context) -> None:
    """The SDK asked for every answer there is."""
    assert_that(context.left_over, equal_to(0), "recorded answers that nobody asked for")


@then("today's answers have the shapes of the recording")
def same_shapes(context: Context) -> None:
    """Each difference is told: of which request, where, what it was and what it is."""
    today = flows.cassette_of(context.flow, context.scene.folder / "recordings")
    differences = recordings.drift(flows.cassette_of(context.flow), today)
    assert_that([str(difference) for difference in differences], empty(), "differences")


@then("no secret of this run was recorded")
def no_secret(context: Context) -> None:
    """No password, token, address, host or connection string of this scenario, and nothing that looks like one."""
    today = flows.cassette_of(context.flow, context.scene.folder / "recordings")
    found = recordings.secrets_in(today.read_text(encoding="utf-8"), recordings.secrets_of(context.scene))
    assert_that(found, empty(), "what should not be in the recording")
