"""What people are shown of jobs and events."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
from behave import given, then, when
from behave.runner import Context
from hamcrest import (
    assert_that,
    contains_exactly,
    equal_to,
    greater_than_or_equal_to,
    has_items,
    has_length,
)

from environments.platforms.observatory.queues import JOBS_COMPLETED
from support.platforms.observatory import jobs, schemas
from support.waiting import eventually


@when("it is told that a job failed")
@when("it is told that another job failed")
def told_failed(context: Context) -> None:
    """An event of a job of its own."""
    context.told_at = jobs.now()
    _tell(context, jobs.event(jobs.new(context.scene), "job.failed"))


@when("it is told that a job was validated")
@when("it is told that another job was validated")
def told_validated(context: Context) -> None:
    """An event of a job of its own; no counter knows this kind."""
    _tell(context, jobs.event(jobs.new(context.scene), "job.validated"))


@when("it is told twice that a job failed")
def told_twice(context: Context) -> None:
    """The same event, as the broker does after a lost connection."""
    event = jobs.event(jobs.new(context.scene), "job.failed")
    _tell(context, event)
    context.scene.broker.publish(JOBS_COMPLETED, json.dumps(event).encode())


@when("it is told {int} times that a job was validated")
def told_often(context: Context, number: int) -> None:
    """Events of one job, a second apart."""
    job, first = jobs.new(context.scene), datetime.now(UTC)
    moments = [(first + timedelta(seconds=second)).isoformat(timespec="seconds").replace("+00:00", "Z") for second in range(number)]
    events = [jobs.event(job, "job.validated", occurredAt=moment) for moment in moments]
    context.scene.broker.publish_all(JOBS_COMPLETED, [json.dumps(event).encode() for event in events])
    context.scene.told = events


@when("it is told without an id that a job failed")
def told_without_id(context: Context) -> None:
    """An event that breaks the contract."""
    event = jobs.event(jobs.new(context.scene), "job.failed")
    del event["eventId"]
    context.marker, context.delivered = context.scene.kind, json.dumps(event).encode()
    context.scene.broker.publish(JOBS_COMPLETED, context.delivered)


@when("half a text is told")
def half_a_text_told(context: Context) -> None:
    """Nobody can read it."""
    context.marker = context.scene.names.unique("half")
    context.delivered = f'{{"note": "{context.marker}'.encode()
    context.scene.broker.publish(JOBS_COMPLETED, context.delivered)


@then("the event store has each of these events once")
def each_once(context: Context) -> None:
    """As they were told."""
    for event in context.scene.told:
        shown = _shown(context, event)
        assert_that(shown, has_length(1), "how often it is shown")


@then("the counters last heard of a job after that")
def last_heard(context: Context) -> None:
    """To the second."""
    since = context.told_at[:19]
    eventually(
        "the time of the last event", lambda: context.scene.read_model.stats()["lastEventTime"][:19], greater_than_or_equal_to(since)
    )


@then("the event is shown, word for word")
def shown_word_for_word(context: Context) -> None:
    """All of its envelope, and nothing more."""
    event = context.scene.told[-1]
    assert_that(_shown(context, event), contains_exactly(equal_to(event)), "the job's events")
    schemas.assert_valid("event-envelope", event)


@then("each of the two jobs has its own event and no other")
def own_event(context: Context) -> None:
    """By the job in it."""
    for event in context.scene.told:
        found = [each["payload"]["id"] for each in _shown(context, event)]
        assert_that(found, contains_exactly(event["payload"]["id"]), "the jobs that the events are about")


@then("the events of an unknown job are an empty list")
def no_events(context: Context) -> None:
    """Not nothing."""
    answer = context.scene.read_model.get("/events", jobId=str(uuid.uuid4()))
    assert_that(answer.status_code, equal_to(HTTPStatus.OK), "the answer")
    assert_that(answer.json(), equal_to([]), "the events")


@then("the latest {int} of them are shown, the latest first")
def latest_events(context: Context, number: int) -> None:
    """By when they happened."""
    job = context.scene.told[0]["payload"]["id"]
    latest = [event["eventId"] for event in reversed(context.scene.told)][:number]

    def shown() -> list[str]:
        return [event["eventId"] for event in context.scene.read_model.events(job)]

    eventually("the latest events", shown, equal_to(latest), 20.0, (httpx.HTTPError,))


@given("{int} jobs are kept in the store")
def kept_in_the_store(context: Context, number: int) -> None:
    """As the processor keeps them; made a day from now, a second apart, so that no other job is later."""
    scene = context.scene
    jobs.reach(scene, jobs.accepted(scene).id, "COMPLETED")
    first = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    context.kept = [str(uuid.uuid4()) for _ in range(number)]
    scene.keep_jobs([(job, scene.kind, first + timedelta(seconds=second)) for second, job in enumerate(context.kept)])


@then("the latest {int} jobs are shown, the latest first, each as the contract says")
def latest_jobs(context: Context, number: int) -> None:
    """By when they were made."""
    found = context.scene.read_model.recent()
    assert_that([job["id"] for job in found], equal_to(context.kept[::-1][:number]), "the jobs that are shown")
    for job in found:
        schemas.assert_valid("job", job)


@then("the read model is ready")
def is_ready(context: Context) -> None:
    """All that it reads of answers it, or soon does where it was away."""
    for page in ("/healthz", "/readyz"):
        eventually(f"{page} to say so", lambda page=page: context.scene.read_model.get(page).status_code, equal_to(HTTPStatus.OK), 10.0)


@then("the read model counts its answers")
def counts_answers(context: Context) -> None:
    """Each query, by its name."""
    read_model = context.scene.read_model
    before = read_model.sample("read_model_queries_total", {"query": "stats"}) or 0
    read_model.stats()
    after = read_model.sample("read_model_queries_total", {"query": "stats"}) or 0
    assert_that(after - before, greater_than_or_equal_to(1), "what it counted")


@then("a page of another host may ask for the counters")
def other_host_may_ask(context: Context) -> None:
    """The browser is told so."""
    answer = context.scene.read_model.http.get("/stats", headers={"Origin": "http://page.example"})
    assert_that(answer.headers.get("access-control-allow-origin"), equal_to("*"), "who may ask")


@then("the read model's description names what can be asked")
def describes_itself(context: Context) -> None:
    """An OpenAPI description."""
    described = context.scene.read_model.get("/openapi.json").raise_for_status().json()
    assert_that(described["paths"], has_items("/health", "/stats", "/jobs/recent", "/events"), "what it describes")


def _tell(context: Context, event: dict[str, Any]) -> None:
    context.scene.told.append(event)
    context.scene.broker.publish(JOBS_COMPLETED, json.dumps(event).encode())


def _shown(context: Context, event: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of an event's job, once there are any."""
    job = event["payload"]["id"]

    def look() -> list[dict[str, Any]]:
        return context.scene.read_model.events(job)

    return eventually(f"an event of job {job}", look, bool, 20.0, (httpx.HTTPError,))
