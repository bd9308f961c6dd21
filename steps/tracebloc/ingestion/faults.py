"""Faults while data is ingested: the platform does not answer as it should, the pod is killed, a lock is left."""

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, empty, equal_to, has_length, is_not

from support.platforms.tracebloc.playbook.faults import services
from support.platforms.tracebloc.playbook.ingestion import checks, runs
from support.platforms.tracebloc.scene import Scene

KILLED, STOPPED = 137, 143
GRACE_SECONDS = 10.0


@given("the next {int} registrations in the secure environment meet a server error")
def registrations_fail(context: Context, times: int) -> None:
    """On the way from this secure environment only."""
    context.scene.environments[-1].client.egress.fail_registrations(*[503] * times)


@given("the next registration in the secure environment is refused")
def registration_is_refused(context: Context) -> None:
    """On the way from this secure environment only."""
    context.scene.environments[-1].client.egress.fail_registrations(403)


@given("the answer to the next registration in the secure environment gets lost")
def answer_gets_lost(context: Context) -> None:
    """The platform registers the dataset, and the ingestion cannot know."""
    context.scene.environments[-1].client.egress.lose_answers(1)


@given("the secure environment's way to the platform is blocked")
def way_is_blocked(context: Context) -> None:
    """Nothing gets out of this secure environment any more."""
    services.stop(context.scene, services.of_environment(context.scene, "egress_proxy"))


@then("the registration was asked for {int} times")
def registration_was_repeated(context: Context, times: int) -> None:
    """As the way out of the secure environment counts what passes it."""
    scene = context.scene
    log = scene.substrate.logs(f"egress_proxy-{scene.environments[-1].client_id}")
    assert_that([line for line in log.splitlines() if "let through" in line], has_length(times), "requests to the platform")


@when("the ingestion of {int} rows is killed as soon as the first are in the table")
def is_killed(context: Context, rows: int) -> None:
    """As by a node that runs out of memory: without a warning."""
    _end_in_the_middle(context.scene, rows, 0, KILLED)


@when("the ingestion of {int} rows is stopped as soon as the first are in the table")
def is_stopped(context: Context, rows: int) -> None:
    """As by a node that is emptied: asked to end, and given a while."""
    _end_in_the_middle(context.scene, rows, GRACE_SECONDS, STOPPED)


@then("a part of the {int} rows is in the table")
def a_part_is_there(context: Context, rows: int) -> None:
    """Neither none nor all, so that it really was in the middle."""
    assert_that(runs.count(context.scene.ingestion) in range(1, rows), equal_to(True), "whether a part of the rows is in the table")


@when("the operator removes the lock of the dead ingestion")
def removes_the_lock(context: Context) -> None:
    """A lock that nobody renews would be taken for dead after five minutes."""
    locks = checks.locks(context.scene.environments[-1].client.shared_folder)
    assert_that(locks, is_not(empty()), "locks")
    for lock in locks:
        lock.unlink()


def _end_in_the_middle(scene: Scene, rows: int, grace_seconds: float, exit_code: int) -> None:
    ingestion = runs.start_and_see_first_rows(scene, rows)
    with scene.story.part("the pod is ended") as part:
        ingestion.environment.client.cluster.delete_pod(ingestion.job, grace_seconds)
        assert_that(runs.wait_until_ended(ingestion).exit_code, equal_to(exit_code), "the exit code")
        part.detail = f"{runs.count(ingestion)} rows are there"
