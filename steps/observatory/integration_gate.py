"""The nine checks of the project's own gate."""

from http import HTTPStatus

from behave import given, then
from behave.runner import Context
from hamcrest import assert_that, empty, equal_to, has_entries, has_length, not_none

from environments.platforms.observatory.queues import JOBS_COMPLETED, JOBS_CREATED
from support.platforms.observatory import counters, jobs, schemas
from support.platforms.observatory.clients.broker import PASSING
from support.waiting import eventually


@given("every service of the platform runs")
def all_run(context: Context) -> None:
    """Nothing has died, and whoever works on messages listens for them. The counters are noted."""
    scene = context.scene
    assert_that(scene.substrate.deaths(), empty(), "the services that died")
    for queue in (JOBS_CREATED, JOBS_COMPLETED):
        eventually(f"somebody to listen on {queue}", lambda queue=queue: scene.broker.consumers(queue), equal_to(1), 20.0, PASSING)
    context.noted = scene.read_model.stats()


@then("the gateway is healthy")
def gateway_is_healthy(context: Context) -> None:
    """It can do its work, and says which version it is."""
    answer = eventually("the gateway to be healthy", lambda: context.scene.gateway.get("/healthz"), _is_ok, 20.0)
    assert_that(answer.json(), has_entries(status="ok", version=not_none()), "what it says")


@then("the read model is healthy")
def read_model_is_healthy(context: Context) -> None:
    """It lives, and says so in a moment, and which version it is."""
    answer = context.scene.read_model.get("/health")
    assert_that(answer.status_code, equal_to(HTTPStatus.OK), "the answer")
    assert_that(answer.json(), has_entries(status="ok", version=not_none()), "what it says")


@then("each answer names its job and an event of its own")
def answers_name_them(context: Context) -> None:
    """As the contract says."""
    answers = [submission.answer.json() for submission in context.scene.submissions]
    for submission, answer in zip(context.scene.submissions, answers, strict=True):
        schemas.assert_valid("job-accepted", answer)
        assert_that(answer["jobId"], equal_to(submission.id), "the job's id in the answer")
    assert_that({answer["eventId"] for answer in answers}, has_length(len(answers)), "the events' ids")


@then("the events name each job, and no event stands there twice")
def events_are_unique(context: Context) -> None:
    """One event of completion a job."""
    told = [each for submission in context.scene.submissions for each in jobs.events(context.scene, submission.id)]
    assert_that({each["eventId"] for each in told}, has_length(len(context.scene.submissions)), "the events' ids")
    assert_that(told, has_length(len(context.scene.submissions)), "the events")


@then("the counters know at least {int} jobs more")
def counters_know_at_least(context: Context, number: int) -> None:
    """Since they were noted; other scenarios submit jobs, too."""
    counters.grew_by(context.scene, context.noted, totalJobs=counters.at_least(number))


def _is_ok(answer: object) -> bool:
    """a good answer"""
    return getattr(answer, "status_code", None) == HTTPStatus.OK
