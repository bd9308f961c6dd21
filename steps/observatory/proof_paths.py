"""The four canonical proof paths, asserted strictly: status, schema and this very job."""

from http import HTTPStatus

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, equal_to

from support.platforms.observatory import jobs, schemas


@when("a job is submitted")
def is_submitted(context: Context) -> None:
    """A valid job of this scenario's own; the gateway's answer may be anything."""
    jobs.submit(context.scene)


@then("the gateway accepts it as the contract says")
def is_accepted(context: Context) -> None:
    """Status 202, the schema job-accepted, and the id of this job."""
    latest = context.scene.latest
    assert_that(latest.answer.status_code, equal_to(HTTPStatus.ACCEPTED), "the gateway's answer")
    schemas.assert_valid("job-accepted", latest.answer.json())
    assert_that(latest.answer.json()["jobId"], equal_to(latest.id), "the job's id in the answer")


@then("the job is completed")
def is_completed(context: Context) -> None:
    """The store knows that it is done."""
    jobs.reach(context.scene, context.scene.latest.id, "COMPLETED")
