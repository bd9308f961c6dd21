"""Parts of the platform that are away, hang and come back."""

import time
from http import HTTPStatus

import httpx
from behave import given, step, then
from behave.runner import Context
from hamcrest import assert_that, contains_string, equal_to, greater_than_or_equal_to, less_than, less_than_or_equal_to

from support.patience import Patience
from support.platforms.observatory import jobs, parts
from support.waiting import eventually

IN_TIME_SECONDS = 5.0
PAGES = {"event store": "/events", "cache": "/stats", "store": "/jobs/recent"}
"""What the read model is asked for that it reads there."""


@given("the {part} is away")
def is_away(context: Context, part: str) -> None:
    """It ends without a word."""
    context.since = time.time()
    parts.faults(context.scene, part).kill()


@given("the {part} hangs")
def hangs(context: Context, part: str) -> None:
    """It is there, takes connections and answers nobody."""
    context.since = time.time()
    parts.faults(context.scene, part).pause()


@step("the {part} is back")
def is_back(context: Context, part: str) -> None:
    """It runs, with all it had, and takes connections."""
    parts.bring_back(context.scene, part)


@then("the read model says in time that the {string} is away")
def says_away(context: Context, part: str) -> None:
    """As something that will be there again, within five seconds."""
    began = time.monotonic()
    answer = context.scene.read_model.get(PAGES[part])
    took = time.monotonic() - began
    assert_that(answer.status_code, equal_to(HTTPStatus.SERVICE_UNAVAILABLE), "the answer")
    assert_that(answer.json()["error"], contains_string(f"the {part} does not answer"), "what it says")
    assert_that(took, less_than(IN_TIME_SECONDS * Patience.factor), "the seconds until it said so")


@then("the read model says that it is not ready, since the {string} is away")
def says_not_ready(context: Context, part: str) -> None:
    """By its readiness, so that nobody sends people to it; it lives all the same."""
    answer = context.scene.read_model.get("/healthz")
    assert_that(answer.status_code, equal_to(HTTPStatus.SERVICE_UNAVAILABLE), "the answer")
    assert_that(answer.json()["reason"], contains_string(f"the {part} does not answer"), "what it says")
    assert_that(context.scene.read_model.get("/readyz").status_code, equal_to(HTTPStatus.OK), "the answer of what only lives")


@then("the {part} notices that the {string} is away")
def notices(context: Context, service: str, part: str) -> None:
    """With work in hand, by its log."""

    def said() -> str:
        return str(context.scene.substrate.logs(parts.service(service), context.since))

    eventually(f"the {service} to notice", said, contains_string(f"the {part} does not answer"), 20.0)


@then("the {part} says at most {int} times a second that the broker is away")
def says_seldom(context: Context, service: str, most: int) -> None:
    """By its log, so far; a log that fills the disk is the next outage."""

    def told() -> int:
        return str(context.scene.substrate.logs(parts.service(service), context.since)).count("the broker does not answer")

    eventually(f"the {service} to notice", told, greater_than_or_equal_to(1), 20.0)
    assert_that(told(), less_than_or_equal_to(1 + most * (time.time() - context.since)), f"how often the {service} said so")


@then("the counters are shown again")
def counters_again(context: Context) -> None:
    """The read model reads them."""
    eventually("the counters", context.scene.read_model.stats, lambda found: "totalJobs" in found, 10.0, (httpx.HTTPError,))


@given("an event of an earlier job is kept")
def earlier_event(context: Context) -> None:
    """It is done, and told to be."""
    context.earlier = jobs.accepted(context.scene).id
    context.earlier_events = jobs.events(context.scene, context.earlier)


@then("the event of the earlier job is still kept")
def earlier_event_kept(context: Context) -> None:
    """As it was."""
    assert_that(jobs.events(context.scene, context.earlier), equal_to(context.earlier_events), "the earlier job's events")


@then("the gateway says that it is not healthy")
def not_healthy(context: Context) -> None:
    """So that nobody sends jobs to it."""

    def status() -> int:
        return context.scene.gateway.get("/healthz").status_code

    eventually("the gateway to say that it is not healthy", status, equal_to(HTTPStatus.SERVICE_UNAVAILABLE), 10.0)


@then("a job that is submitted is refused as one to submit again")
def refused_for_now(context: Context) -> None:
    """In words, before the client gives up; and nothing of it is taken in."""
    scene = context.scene
    answer = scene.gateway.submit(jobs.new(scene))
    assert_that(answer.status_code, equal_to(HTTPStatus.SERVICE_UNAVAILABLE), "the gateway's answer")
    assert_that(answer.json()["error"], contains_string("submit it again"), "what it says")
