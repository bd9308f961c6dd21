"""The key and the links of the object store."""

from behave import given, then
from behave.runner import Context
from hamcrest import assert_that, equal_to

from support.platforms.tracebloc.playbook.security import store_keys
from support.step_arguments import Rows, takes_table
from support.waiting import eventually


@given("an object of a team is in the object store")
def object_is_there(context: Context) -> None:
    """As a secure environment hands it in; it is gone with the scenario."""
    context.stored_key = store_keys.put_object(context.scene)


@then("whoever asks the object store for it hears:")
@takes_table({"who": "string", "hears": "string"})
def hears(context: Context, rows: Rows) -> None:
    """The object itself, or the code of S3 with which it is refused."""
    told = [{"who": row["who"], "hears": store_keys.answer(context.scene, context.stored_key, row["who"])} for row in rows]
    assert_that(told, equal_to(rows), "what each hears")


@then("a link that lasts a second opens it no longer")
def link_is_over(context: Context) -> None:
    """When the second is over; the answer is that of whoever has no link."""
    eventually("a link that lasts a second to be over", store_keys.short_link(context.scene, context.stored_key), equal_to("AccessDenied"))
