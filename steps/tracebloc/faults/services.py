"""Services of the platform that end, stand still and come back."""

import time

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, equal_to, has_length, has_properties

from environments.platforms.tracebloc.messaging.messages import FLOPS_QUEUE, RESULTS_QUEUE, experiments_queue
from support.platforms.tracebloc.clients.proxied_stub import canned_weights
from support.platforms.tracebloc.playbook.faults import services
from support.platforms.tracebloc.playbook.training import participants
from support.waiting import eventually

HANDLED = {"backend": (RESULTS_QUEUE, FLOPS_QUEUE)}


@step("the {service} is killed")
def killed(context: Context, service: str) -> None:
    """It ends without a word; what the backend held is delivered again when its locks have expired."""
    scene = context.scene
    services.kill(scene, services.named(scene, service))
    for queue in HANDLED.get(service, ()):
        scene.service_bus_faults.expire_locks(queue)


@step("the {service} is started again")
def started(context: Context, service: str) -> None:
    """It serves again, with all it had."""
    services.start(context.scene, services.named(context.scene, service))


@step("the {service} is frozen")
def frozen(context: Context, service: str) -> None:
    """It is there and does nothing."""
    services.pause(context.scene, services.named(context.scene, service))


@when("the averaging service resumes and takes up the weights")
def averaging_service_resumes(context: Context) -> None:
    """It takes up the message about the last weights, and cannot read them."""
    since = time.time()
    services.resume(context.scene, "averaging_service")
    _wait_until_it_looks(context, since)


@when("the averaging service takes up the weights")
def averaging_service_looks(context: Context) -> None:
    """It takes up the message about the last weights."""
    _wait_until_it_looks(context, None)


def _wait_until_it_looks(context: Context, since: float | None) -> None:
    scene = context.scene
    key = scene.trainings[-1].experiment_key
    eventually(
        "the averaging service to look for the weights", lambda: scene.substrate.logs("averaging_service", since), contains_string(key)
    )


@then("a job that hands in weights is told that the object store is away")
def store_is_away(context: Context) -> None:
    """Whoever hands in weights now is told to come back, in words."""
    _weights_are_refused(context, "")


@step("the {service} is full")
def full(context: Context, service: str) -> None:
    """Whatever it is given, it has no room for it."""
    services.fill(context.scene, services.named(context.scene, service))


@step("the {service} has room again")
def has_room(context: Context, service: str) -> None:
    """It takes in what it is given."""
    services.make_room(context.scene, services.named(context.scene, service))


@then("a job that hands in weights is told that the object store is full")
def store_is_full(context: Context) -> None:
    """Whoever hands in weights now is told to come back, and why."""
    _weights_are_refused(context, "the object store is full")


def _weights_are_refused(context: Context, why: str) -> None:
    job = context.jobs[0]
    refusal = participants.refusal_of(lambda: job.requests_proxy.weights(canned_weights(seed=1), 1, {}, flops=1, grams_co2e=0.0))
    told = has_properties(status=503, code="OBJECT_STORE_UNAVAILABLE", message=contains_string(why))
    assert_that(refusal, told, "what the job was told")


@when("the jobs-manager is killed while it holds the work")
def jobs_manager_killed(context: Context) -> None:
    """The work was delivered to it, and it ends before it has done anything; the lock on the work expires."""
    scene = context.scene
    queue = experiments_queue(scene.environments[-1].client_id)
    eventually("the work to be delivered", lambda: scene.service_bus_faults.queue(queue)["waiting"], equal_to(0))
    services.kill(scene, services.of_environment(scene, "jobs_manager"))
    scene.service_bus_faults.expire_locks(queue)


@then("the training job starts")
def job_starts(context: Context) -> None:
    """The secure environment has a training job of the experiment."""
    scene = context.scene
    labels = {"tracebloc.io/experiment": scene.trainings[-1].experiment_key}
    eventually("the training job", lambda: scene.environments[-1].client.cluster.pods(labels), has_length(1))


@given("the owner lets the logins of the secure environment last {int} second/seconds")
def logins_expire(context: Context, seconds: int) -> None:
    """Logins that are older expire at once."""
    environment = context.scene.environments[-1]
    shown = environment.owner.backend.change_secure_environment(environment.identity, login_seconds=seconds)
    assert_that(shown["login_seconds"], equal_to(seconds), "how long logins last")
