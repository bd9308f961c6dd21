"""Jobs that the gateway refuses, and what it says of those that it takes."""

import json
import uuid
from http import HTTPStatus

from behave import given, then, when
from behave.runner import Context
from hamcrest import (
    assert_that,
    contains_string,
    equal_to,
    greater_than_or_equal_to,
    has_entries,
    has_item,
    has_items,
    has_key,
    none,
    not_,
)

from environments.platforms.observatory.contracts import is_uuid
from support.platforms.observatory import jobs, schemas
from support.platforms.observatory.clients.http import CORRELATION

NO_JOBS = {"half a text": b'{"id": "1', "nothing": b"", "a list": b"[]", "a number": b"7", "a text that is not UTF-8": b'"\xff"'}
INSIDE = ("Traceback", "node_modules", ".py", ".js", "site-packages", "<html", "<!DOCTYPE")


@when("a job without its {string} is submitted")
def submitted_without(context: Context, field: str) -> None:
    """All the rest is as the contract says."""
    job = jobs.new(context.scene)
    del job[field]
    jobs.submit(context.scene, job)


@when("a job whose {string} is {json} is submitted")
def submitted_with(context: Context, field: str, value: str) -> None:
    """All the rest is as the contract says."""
    jobs.submit(context.scene, jobs.new(context.scene, **{field: json.loads(value)}))


@when("a job without {string}, with the status {string} and the id {string} is submitted")
def submitted_with_three(context: Context, field: str, status: str, job_id: str) -> None:
    """Three things are wrong with it."""
    job = jobs.new(context.scene, status=status, id=job_id)
    del job[field]
    jobs.submit(context.scene, job)


@when("{no_job} is submitted as a job")
def submitted_as_job(context: Context, what: str) -> None:
    """Said to be JSON."""
    context.answer = context.scene.gateway.submit_text(NO_JOBS[what])


@when("a job with {string} and a field of its own is submitted")
def submitted_with_more(context: Context, field: str) -> None:
    """The contract allows more fields than it names."""
    context.more = {field: {"shift": "night"}, "priority": 7}
    jobs.submit(context.scene, jobs.new(context.scene, **context.more))


@when("a job is submitted with a correlation id")
def submitted_with_correlation(context: Context) -> None:
    """One that is a UUID."""
    context.correlation_id = str(uuid.uuid4())
    jobs.submit(context.scene, jobs.new(context.scene), {CORRELATION: context.correlation_id})


@when("a job is submitted with the correlation id {string}")
def submitted_with_odd_correlation(context: Context, given: str) -> None:
    """Whatever it is."""
    jobs.submit(context.scene, jobs.new(context.scene), {CORRELATION: given})


@then("the gateway refuses it, and names {string}")
def refused(context: Context, named: str) -> None:
    """As bad data, in the contract's form, and says what is wrong."""
    _refused(context, [named])


@then("the gateway refuses it, and names {string}, {string} and {string}")
def refused_three(context: Context, first: str, second: str, third: str) -> None:
    """All three."""
    _refused(context, [first, second, third])


@then("the gateway refuses it in the contract's form")
def refused_in_form(context: Context) -> None:
    """As bad data, with an error in words and its details, by path."""
    assert_that(context.answer.status_code, equal_to(HTTPStatus.BAD_REQUEST), "the gateway's answer")
    assert_that(context.answer.headers["content-type"], contains_string("application/json"), "the kind of the answer")
    body = context.answer.json()
    assert_that(body, has_entries(error="Invalid job data"), "the answer")
    assert_that(body["details"], has_item(has_entries(path=contains_string("/"), message=not_(""))), "the details")


@then("the answer tells nothing of the gateway's inside")
def tells_nothing(context: Context) -> None:
    """No trace and no path of a file."""
    found = [mark for mark in INSIDE if mark.lower() in context.answer.text.lower()]
    assert_that(found, equal_to([]), "what it tells of its inside")


@then("nothing of the job gets into the platform")
def nothing_gets_in(context: Context) -> None:
    """Whatever was handed on before is done, and the store does not know the job."""
    scene = context.scene
    jobs.reach(scene, jobs.accepted(scene).id, "COMPLETED")
    job = context.refused if "refused" in context else scene.submissions[0].job
    known = [row for row in scene.store.of_kind(scene.kind) if row["id"] != scene.latest.id]
    assert_that(known, equal_to([]), f"what the store knows besides, such as {job.get('id')}")


@then("the answer carries the correlation id")
def carries_correlation(context: Context) -> None:
    """The one that was sent along."""
    assert_that(context.scene.latest.answer.headers.get(CORRELATION), equal_to(context.correlation_id), "the correlation id")


@then("the answer carries a correlation id")
def carries_any_correlation(context: Context) -> None:
    """A new one, which is a UUID."""
    context.correlation_id = context.scene.latest.answer.headers.get(CORRELATION)
    assert_that(is_uuid(context.correlation_id), equal_to(True), f"whether {context.correlation_id} is a correlation id")


@then("that event carries the correlation id")
def event_carries_correlation(context: Context) -> None:
    """The submission's."""
    assert_that(context.event["correlationId"], equal_to(context.correlation_id), "the event's correlation id")


@then("that event carries both")
def event_carries_both(context: Context) -> None:
    """The job in it has them as they were sent."""
    assert_that(context.event["payload"], has_entries(context.more), "the job in the event")


@then("the gateway is ready")
def is_ready(context: Context) -> None:
    """It runs, and says which version."""
    answer = context.scene.gateway.get("/readyz")
    assert_that(answer.status_code, equal_to(HTTPStatus.OK), "the answer")
    assert_that(answer.json(), has_key("version"), "what it says")


@then("the gateway's counters name their service")
def counters_name_service(context: Context) -> None:
    """Each sample has the label that alerts are told apart by."""
    wanted = {"type": context.scene.kind, "service": "gateway"}
    assert_that(context.scene.gateway.sample("gateway_jobs_submitted_total", wanted), equal_to(1), "the sample with its service")


@given("it is noted how many jobs the gateway accepted")
def accepted_noted(context: Context) -> None:
    """By its own counter, so far."""
    context.accepted = _accepted(context)


@then("the gateway accepted at least {int} job more")
def accepted_more(context: Context, number: int) -> None:
    """By its own counter; other scenarios submit jobs, too."""
    assert_that(_accepted(context) - context.accepted, greater_than_or_equal_to(number), "the jobs that it accepted")


@when("the gateway is asked for {passed_on}")
def asked_for(context: Context, what: str) -> None:
    """What it passes on."""
    context.answer = context.scene.gateway.get(f"/proxy/{what.removeprefix('the ')}")


@then("it says that {string} is unavailable")
def says_unavailable(context: Context, whose: str) -> None:
    """As a gateway says it, in words."""
    assert_that(context.answer.status_code, equal_to(HTTPStatus.BAD_GATEWAY), "the answer")
    assert_that(context.answer.json()["error"], equal_to(f"{whose} unavailable"), "what it says")


@then("the gateway's description says how to submit a job")
def describes_itself(context: Context) -> None:
    """An OpenAPI description, and a page for people."""
    described = context.scene.gateway.get("/openapi.json").raise_for_status().json()
    assert_that(described["paths"], has_items("/jobs", "/healthz", "/readyz", "/metrics"), "what it describes")
    assert_that(context.scene.gateway.http.get("/docs", follow_redirects=True).status_code, equal_to(HTTPStatus.OK), "the page for people")


def _refused(context: Context, named: list[str]) -> None:
    answer = context.scene.latest.answer
    assert_that(answer.status_code, equal_to(HTTPStatus.BAD_REQUEST), "the gateway's answer")
    for name in named:
        assert_that(json.dumps(answer.json()["details"]), contains_string(name), "what is wrong")
    assert_that(answer.json().get("jobId"), none(), "the id of an accepted job")
    assert_that(schemas.problems("job-accepted", answer.json()), not_([]), "what makes it no acceptance")


def _accepted(context: Context) -> float:
    return context.scene.gateway.sample("gateway_jobs_accepted_total") or 0.0
