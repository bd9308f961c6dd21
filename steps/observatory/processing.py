"""What the processor makes of events: jobs that are done once, and dead letters."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from behave import given, then, when
from behave.runner import Context
from hamcrest import (
    all_of,
    assert_that,
    contains_string,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    has_length,
    less_than,
    matches_regexp,
    none,
    not_,
)

from environments.platforms.observatory.queues import JOBS_CREATED
from support.platforms.observatory import jobs, schemas
from support.waiting import eventually

TIMED = "processing_seconds"
COUNTERS = {
    "processed": "processor_jobs_processed_total",
    "completed": "processor_jobs_completed_total",
    "validation_failed": "processor_jobs_validation_failed_total",
    TIMED: "processor_job_processing_seconds_count",
}
VERSION = r"^\d+\.\d+\.\d+"
LONGEST_AGO = 60.0
"""Seconds between a message and its dead letter, and between two clocks."""
BEGUN = re.compile(r"begun|Processing job")
"""How a processor says that it begins a job: the reference one, or the project's own."""


@then("the store has its kind, its note and when it was made")
def store_has(context: Context) -> None:
    """As they were submitted."""
    row, job = context.scene.store.job(context.scene.latest.id), context.scene.latest.job
    assert_that(row, has_entries(type=job["type"], payload=job["payload"]), "the job in the store")
    assert_that(row["created_at"].isoformat(timespec="milliseconds") + "Z", equal_to(job["createdAt"]), "when it was made")


@then("that event is the processor's own, and belongs to the submission")
def event_is_own(context: Context) -> None:
    """An id of its own, the processor as its producer, the job as its key."""
    event, submission = context.event, context.scene.latest
    assert_that(event["eventId"], not_(equal_to(submission.answer.json()["eventId"])), "the event's id")
    assert_that(event, has_entries(producer=has_entries(service="processor"), idempotencyKey=submission.id), "the event")


@then("that event happened after the job was taken in")
def happened_after(context: Context) -> None:
    """It says when the job was done, and not when it was made."""
    assert_that(jobs.moment(context.event["occurredAt"]), greater_than_or_equal_to(context.scene.latest.answered), "when it happened")


@then("the job in that event is {string}")
def job_in_event(context: Context, status: str) -> None:
    """Its state."""
    assert_that(context.event["payload"]["status"], equal_to(status), "the job's state in the event")


@when("the same event of a new job is delivered twice")
def delivered_twice(context: Context) -> None:
    """As the broker does after a lost connection."""
    job = jobs.new(context.scene)
    context.scene.note(job)
    body = json.dumps(jobs.event(job, "job.created")).encode()
    context.scene.broker.publish(JOBS_CREATED, body)
    context.scene.broker.publish(JOBS_CREATED, body)


@when("the same job is submitted again")
def submitted_again(context: Context) -> None:
    """Just as it was."""
    jobs.submit(context.scene, context.scene.latest.job)


@then("the processor has nothing more to do")
def nothing_to_do(context: Context) -> None:
    """A job that was accepted later is done and told to be, so everything before it is."""
    scene = context.scene
    later = jobs.accepted(scene)
    scene.submissions.pop()
    jobs.events(scene, later.id)


@then("the job was done once, and told so once")
def done_once(context: Context) -> None:
    """By the processor's log, and by the events."""
    job = context.scene.latest.id
    begun = [line for line in context.scene.substrate.logs("processor").splitlines() if job in line and BEGUN.search(line)]
    assert_that(begun, has_length(1), "how often the processor began it")
    assert_that(jobs.events(context.scene, job), has_length(1), "how often it was told")


@when("an event of a job is delivered {broken_event}")
def delivered_broken(context: Context, what: str) -> None:
    """All the rest is as the contract says."""
    job = jobs.new(context.scene)
    event = _broken(jobs.event(job, "job.created"), what)
    _deliver(context, json.dumps(event).encode(), job["payload"]["note"])
    context.refused = job


@when("{poison} is delivered as an event")
def poison_delivered(context: Context, what: str) -> None:
    """Nobody can work on it."""
    marker = context.scene.names.unique("poison")
    _deliver(context, _poison(context, what, marker), marker)


@then("it is kept as a dead letter of the {string}, with all six fields")
def is_dead_letter(context: Context, service: str) -> None:
    """With the message itself, the reason, when, whose, and by whom."""
    letter = context.letter = jobs.dead_letter(context.scene, context.marker)
    message = jobs.readable(context.delivered)
    assert_that(letter["original_event"], equal_to(message), "the message in the dead letter")
    assert_that(letter, has_entries(service=service, service_version=matches_regexp(VERSION)), "the dead letter")
    assert_that(letter["validation_error"], not_(""), "the reason")
    if isinstance(message, dict):
        assert_that(letter["correlation_id"], equal_to(message["correlationId"]), "whose it was")
    seconds = (datetime.now(UTC) - jobs.moment(letter["rejected_at"])).total_seconds()
    assert_that(seconds, all_of(greater_than(-LONGEST_AGO), less_than(LONGEST_AGO)), "the seconds since it was put away")


@then("its reason names {string}")
def reason_names(context: Context, named: str) -> None:
    """What is wrong, in words."""
    assert_that(context.letter["validation_error"], contains_string(named), "the reason")


@when("the processor is killed in the middle of that job")
def killed_in_the_middle(context: Context) -> None:
    """It stands still as soon as it has begun the job, and then ends without a word."""
    scene = context.scene
    faults = scene.faults("processor")
    jobs.reach(scene, scene.latest.id, "EXECUTING")
    faults.pause()
    faults.kill()


@then("the store still has the job as {string}")
def store_still_has(context: Context, status: str) -> None:
    """Nobody is doing it."""
    assert_that(context.scene.store.status(context.scene.latest.id), equal_to(status), "the job's state")


@then("all of them wait to be done")
def all_wait(context: Context) -> None:
    """The broker has them, and the store does not know them."""
    scene = context.scene
    wanted = len(scene.submissions)
    eventually("the jobs to wait", lambda: scene.broker.depth(JOBS_CREATED), lambda depth: depth >= wanted, 10.0)
    for submission in scene.submissions:
        assert_that(scene.store.status(submission.id), none(), "what the store knows of it")


@then("each of them waits as the event that its answer names")
def waits_as_event(context: Context) -> None:
    """The gateway's own, as the contract allows it, with this very job."""
    waiting = {event["eventId"]: event for event in context.scene.broker.waiting(JOBS_CREATED)}
    for submission in context.scene.submissions:
        event = waiting.get(submission.answer.json()["eventId"])
        own = {"eventType": "job.created", "idempotencyKey": submission.id, "payload": submission.job}
        assert_that(event, has_entries(**own, producer=has_entries(service="gateway")), f"the event of job {submission.id}")
        schemas.assert_valid("event-envelope", event)


@given("the processor's counters are noted")
def processor_noted(context: Context) -> None:
    """What it counted so far."""
    context.counted = {name: _sample(context, name) for name in COUNTERS}


@then("the processor took up at least {int} message/messages more, and timed at least {int} job more")
def processor_took_up(context: Context, messages: int, timed: int) -> None:
    """Whatever became of them; other scenarios deliver such, too."""
    _counted(context, "processed", messages)
    _counted(context, TIMED, timed)


@then("the processor counted at least {int} job more as completed")
def processor_completed(context: Context, number: int) -> None:
    """Other scenarios submit jobs, too."""
    _counted(context, "completed", number)


@then("the processor counted at least {int} message more as invalid")
def processor_invalid(context: Context, number: int) -> None:
    """Other scenarios deliver such, too."""
    _counted(context, "validation_failed", number)


def _counted(context: Context, name: str, number: int) -> None:
    def more() -> float:
        return _sample(context, name) - context.counted[name]

    eventually(f"the processor to have counted {number} as {name}", more, lambda found: found >= number)


def _sample(context: Context, name: str) -> float:
    return context.scene.processor.sample(COUNTERS[name]) or 0.0


def _deliver(context: Context, body: bytes, marker: str) -> None:
    context.marker, context.delivered = marker, body
    context.scene.broker.publish(JOBS_CREATED, body)


def _broken(event: dict[str, Any], what: str) -> dict[str, Any]:
    changes: dict[str, dict[str, Any]] = {
        "without its id": {"eventId": None},
        "without its producer": {"producer": None},
        "of an unknown kind": {"eventType": "job.eventType.unknown"},
        "with a version that is none": {"contractVersion": "one"},
        "with a job that has no kind": {"payload": {**event["payload"], "type": None}},
    }
    changed = {**event, **changes[what]}
    if what.startswith("without"):
        changed = {name: value for name, value in changed.items() if value is not None}
    return changed


def _poison(context: Context, what: str, marker: str) -> bytes:
    if what == "a list":
        return json.dumps([marker]).encode()
    if what == "half a text":
        return f'{{"note": "{marker}'.encode()
    if what == "a text that is not UTF-8":
        return b'{"note": "' + marker.encode() + b'\xff\xfe"}'
    # the contract allows it, and no column of texts can keep it
    return json.dumps(jobs.event(jobs.new(context.scene, payload={"note": f"{marker}\u0000"}), "job.created")).encode()
