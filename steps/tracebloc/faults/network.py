"""The network between services of the platform: connections that are refused, hang, lose something or are slow, and come back."""

from behave import step, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, has_properties

from environments.platforms.tracebloc.messaging.messages import FLOPS_QUEUE, RESULTS_QUEUE, experiments_queue
from support.platforms.tracebloc.playbook.faults import network, service_bus, services
from support.platforms.tracebloc.playbook.secure_environments import proxied_stubs
from support.platforms.tracebloc.playbook.training import participants
from support.waiting import eventually


@step("{string} cannot reach {string} over the network")
def cannot_reach(context: Context, caller: str, called: str) -> None:
    """Its connections are refused, and those that are open are reset."""
    scene = context.scene
    with scene.story.part(f"connections of {caller} to {called} are refused"):
        context.network = network.faults(scene)
        context.network.refuse(network.service(scene, caller), network.service(scene, called))


@step("connections between {string} and {string} hang")
def hang(context: Context, one: str, other: str) -> None:
    """Nothing gets through in either direction; connections stay open, and nobody is told."""
    scene = context.scene
    with scene.story.part(f"nothing gets through between {one} and {other}"):
        context.network = network.faults(scene)
        context.network.cut(network.service(scene, one), network.service(scene, other))


@step("answers of {string} to {string} get lost")
def answers_get_lost(context: Context, called: str, caller: str) -> None:
    """What the caller sends arrives, and what comes back does not."""
    scene = context.scene
    with scene.story.part(f"answers of {called} do not reach {caller}"):
        context.network = network.faults(scene)
        context.network.lose_answers(network.service(scene, caller), network.service(scene, called))


@step("one of {int} packets between {string} and {string} gets lost")
def packets_get_lost(context: Context, share: int, one: str, other: str) -> None:
    """At random, in both directions."""
    scene = context.scene
    with scene.story.part(f"one of {share} packets between {one} and {other} gets lost"):
        context.network = network.faults(scene)
        context.network.lose(network.service(scene, one), network.service(scene, other), 1 / share)


@step("{string} reaches {string} over a slow line, {float} seconds each way")
def slow_line(context: Context, caller: str, called: str, seconds: float) -> None:
    """Everything that new connections carry comes that much later."""
    scene = context.scene
    with scene.story.part(f"the line from {caller} to {called} is slow") as part:
        part.detail = f"{seconds:g} s each way"
        context.network = network.faults(scene)
        context.network.delay(network.service(scene, caller), network.service(scene, called), seconds)


@when("the network is restored")
def whole_again(context: Context) -> None:
    """Everybody reaches everybody."""
    with context.scene.story.part("the network is restored"):
        context.network.heal()


@then("a job that reports what it cost is told that the queues are away")
def queues_are_away(context: Context) -> None:
    """Whoever reports something now is told to come back, in words."""
    with context.scene.story.part("a job reports what it cost"):
        job, stub = context.jobs[0], context.scene.stubs[0]
        refusal = participants.refusal_of(lambda: job.requests_proxy.cost(proxied_stubs.flops_of(stub), proxied_stubs.GRAMS_CO2E))
    assert_that(refusal, has_properties(status=503, code="QUEUE_UNAVAILABLE"), "what the job was told")


@when("the jobs-manager waits for the backend")
def jobs_manager_waits(context: Context) -> None:
    """It has work in its hands, and cannot ask whether it is still wanted."""
    scene = context.scene
    service = services.of_environment(scene, "jobs_manager")
    eventually("the jobs-manager to say that it waits", lambda: scene.substrate.logs(service), contains_string("asking the backend"))


@when("the lock on the work of the secure environment expires")
def lock_on_work_expires(context: Context) -> None:
    """The Service Bus takes the jobs-manager for dead and delivers the work again."""
    service_bus.expire_locks(context.scene, experiments_queue(context.scene.environments[-1].client_id))


@when("the Service Bus delivers again what the backend held")
def backend_gets_it_again(context: Context) -> None:
    """The time of its locks is up: whatever the backend took and could not settle comes once more."""
    for queue in (RESULTS_QUEUE, FLOPS_QUEUE):
        context.scene.service_bus_faults.expire_locks(queue)
