"""Jobs that are submitted, and the four canonical proofs of what became of them: outcome, contract and this very job."""

from http import HTTPStatus

import httpx
from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, equal_to, greater_than, has_entries, none, only_contains

from support.platforms.observatory import counters, jobs, schemas
from support.waiting import eventually


@when("a job is submitted")
def is_submitted(context: Context) -> None:
    """A valid job of this scenario's own; the gateway's answer may be anything."""
    jobs.submit(context.scene, jobs.new(context.scene))


@when("{int} jobs are submitted")
def several_are_submitted(context: Context, number: int) -> None:
    """Valid jobs; each has to be accepted."""
    for _ in range(number):
        jobs.accepted(context.scene)


@given("a job was accepted that takes {int} second/seconds")
def long_one_was_accepted(context: Context, seconds: int) -> None:
    """The gateway took it; it says itself how long it takes. The project's own processor takes two seconds for any job."""
    jobs.accepted(context.scene, payload={"note": context.scene.names.unique("note"), "seconds": seconds})


@given("{int} jobs were accepted")
def several_were_accepted(context: Context, number: int) -> None:
    """The gateway took them."""
    several_are_submitted(context, number)


@then("the gateway accepts it as the contract says")
def is_accepted(context: Context) -> None:
    """Accepted (202, not created), the schema job-accepted, and the id of this job."""
    latest = context.scene.latest
    assert_that(latest.answer.status_code, equal_to(HTTPStatus.ACCEPTED), "the gateway's answer")
    schemas.assert_valid("job-accepted", latest.answer.json())
    assert_that(latest.answer.json()["jobId"], equal_to(latest.id), "the job's id in the answer")


@then("the job is completed")
def is_completed(context: Context) -> None:
    """The store knows that it is done."""
    jobs.reach(context.scene, context.scene.latest.id, "COMPLETED")


@step("all of them are completed within {int} seconds")
def all_are_completed(context: Context, seconds: int) -> None:
    """The store knows that each is done."""
    for submission in context.scene.submissions:
        jobs.reach(context.scene, submission.id, "COMPLETED", seconds)


@then("an event tells that the job is completed")
def event_tells(context: Context) -> None:
    """The read model shows such an event of this job; it is 'that event' from now on."""
    context.events = jobs.events(context.scene, context.scene.latest.id)
    context.event = context.events[0]


@then("every event of the job is one that the contract allows")
def events_are_valid(context: Context) -> None:
    """The schema event-envelope, formats included; and none is about another job."""
    job = context.scene.latest.id
    for each in context.scene.read_model.events(job):
        schemas.assert_valid("event-envelope", each)
        assert_that(each["payload"]["id"], equal_to(job), "the job that the event is about")


@then("the job stands among the latest ones as {string}, as the contract says")
def stands_among_the_latest(context: Context, status: str) -> None:
    """The read model shows this job in that state, and it keeps to the schema job."""
    scene, job = context.scene, context.scene.latest.id

    def shown() -> dict[str, object]:
        return next((each for each in scene.read_model.recent() if each["id"] == job), {})

    found = eventually(f"job {job} among the latest", shown, has_entries(status=status), 20.0, (httpx.HTTPError,))
    schemas.assert_valid("job", found)
    assert_that(found["type"], equal_to(scene.kind), "the kind of the job")
    made, changed = (jobs.moment(str(found[name])) for name in ("createdAt", "updatedAt"))
    assert_that(made, equal_to(jobs.moment(scene.latest.job["createdAt"])), "when the job was made")
    assert_that(changed, greater_than(scene.latest.answered), "when the job was changed last")


@given("no job of a new kind was ever counted")
def never_counted(context: Context) -> None:
    """The gateway's counter has no sample for it: what the counter says of itself counts nothing."""
    sample = context.scene.gateway.sample("gateway_jobs_submitted_total", {"type": context.scene.kind})
    assert_that(sample, none(), "what was counted so far")


@when("a job of that kind is submitted")
def of_that_kind(context: Context) -> None:
    """A valid job; it has to be accepted."""
    jobs.accepted(context.scene)


@then("the gateway counted {int} job/jobs of that kind")
def counted(context: Context, number: int) -> None:
    """The sample of its counter, by the kind's label."""
    counters.sampled(context.scene, number)


@given("the counters are noted")
def counters_noted(context: Context) -> None:
    """What the read model shows of all jobs so far, once none of earlier scenarios is under way."""
    context.noted = counters.settled(context.scene)


@then("the counters know {int} completed job/jobs and {int} failed job/jobs more")
def counters_know(context: Context, completed: int, failed: int) -> None:
    """Since they were noted, and just so many."""
    wanted = {"completedJobs": completed, "failedJobs": failed, "totalJobs": completed + failed}
    counters.grew_by(context.scene, context.noted, **wanted)


@then("the counters know {int} failed job/jobs more")
def counters_know_failed(context: Context, failed: int) -> None:
    """Since they were noted, and just so many."""
    counters.grew_by(context.scene, context.noted, failedJobs=failed)


@then("the counters add up")
def counters_add_up(context: Context) -> None:
    """All jobs are the completed and the failed ones together."""
    found = context.scene.read_model.stats()
    assert_that(found["totalJobs"], equal_to(found["completedJobs"] + found["failedJobs"]), "all jobs")


@then("a new job is completed, and an event says so")
def new_job_goes_through(context: Context) -> None:
    """From the gateway to the event store."""
    scene = context.scene
    submission = eventually("a job to be accepted", lambda: jobs.submit(scene, jobs.new(scene)), _is_accepted, 20.0)
    jobs.reach(scene, submission.id, "COMPLETED")
    told = jobs.events(scene, submission.id)
    assert_that(told, only_contains(has_entries(eventType=jobs.COMPLETED)), "the job's events")


def _is_accepted(submission: jobs.Submission) -> bool:
    """an accepted job"""
    return submission.answer.status_code == HTTPStatus.ACCEPTED
