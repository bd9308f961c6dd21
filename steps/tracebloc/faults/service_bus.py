"""The Service Bus: unreachable, slow, forgetful; and what became of the messages."""

import time

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import all_of, assert_that, contains_string, empty, equal_to, has_properties, not_, only_contains

from environments.platforms.tracebloc.messaging.messages import FLOPS_QUEUE, experiments_queue
from support.platforms.tracebloc.playbook.faults import service_bus
from support.platforms.tracebloc.playbook.secure_environments import proxied_stubs
from support.platforms.tracebloc.playbook.training import experiments
from support.waiting import eventually


@step("the Service Bus is unreachable")
def unreachable(context: Context) -> None:
    """Nobody gets a connection, and whoever has one loses it."""
    service_bus.begin_fault(context.scene, "outage")


@when("the Service Bus is reachable again")
def reachable(context: Context) -> None:
    """Everybody may come back; the stub participants do."""
    service_bus.be_reachable_again(context.scene, "outage")


@given("the Service Bus answers {float} seconds late")
def late(context: Context, seconds: float) -> None:
    """Whatever anybody sends arrives late."""
    service_bus.begin_fault(context.scene, "slow", seconds=seconds)


@given("the Service Bus loses the next confirmation that a cost was handled")
def loses_a_settlement(context: Context) -> None:
    """The backend will handle a cost, and the Service Bus will not hear of that."""
    service_bus.begin_fault(context.scene, "lose", FLOPS_QUEUE, what="settlement", count=1)


@when("the {place} stub participant's queue is away")
def queue_away(context: Context, place: str) -> None:
    """It refuses whatever is sent to it."""
    context.away_since = time.time()
    service_bus.begin_fault(context.scene, "busy", experiments_queue(proxied_stubs.at_place(context.scene, place).client_id))


@then("cycle {int} is completed and the platform keeps the work of the {place} stub participant for later")
def work_is_kept(context: Context, cycle: int, place: str) -> None:
    """The cycle goes on as far as it can, and the work that cannot be sent is not forgotten."""
    scene = context.scene
    experiments.wait_until_cycle_completed(scene.trainings[-1], cycle)
    service_bus.wait_until_kept(scene, proxied_stubs.at_place(scene, place), context.away_since)


@when("the {place} stub participant's queue is back")
def back(context: Context, place: str) -> None:
    """The queue takes messages again."""
    stub = proxied_stubs.at_place(context.scene, place)
    service_bus.end_fault(context.scene, "busy", experiments_queue(stub.client_id))


@when("the locks on the {place} stub participant's work expire")
def locks_expire(context: Context, place: str) -> None:
    """The Service Bus takes the stub participant for dead and delivers its work again."""
    service_bus.expire_locks(context.scene, experiments_queue(proxied_stubs.at_place(context.scene, place).client_id))


@when("the cost of the {place} stub participant is delivered again")
def cost_comes_again(context: Context, place: str) -> None:
    """The cost was counted; its lock expires, and it is handled a second time."""
    scene, spent = context.scene, proxied_stubs.flops_of(proxied_stubs.at_place(context.scene, place))
    eventually("the cost to be counted", lambda: round(experiments.flops(scene.trainings[-1])), equal_to(spent))
    service_bus.expire_locks(scene, FLOPS_QUEUE)
    service_bus.wait_until_empty(scene, FLOPS_QUEUE)


@then("everything that was handed in is handled")
def all_handled(context: Context) -> None:
    """Nothing waits in the queues on which results come in."""
    for queue in service_bus.SHARED_QUEUES:
        service_bus.wait_until_empty(context.scene, queue)


@when("a message comes to the {place} stub participant whose handling breaks, and another one after it")
def handling_breaks(context: Context, place: str) -> None:
    """Both are taken off its queue as every service takes messages off its own."""
    scene = context.scene
    context.broken, other = scene.names.unique("broken"), scene.names.unique("other")
    context.stub = proxied_stubs.at_place(scene, place)
    tries = service_bus.tries_of(scene, context.stub, context.broken, other)
    context.tries = (tries[context.broken], tries[other])


@then("its handling was tried {int} times, and the other one's once")
def tried_so_often(context: Context, times: int) -> None:
    """Each time it came again at once."""
    assert_that(context.tries, equal_to((times, 1)), "how often each was handed out")


@then("{int} messages that come to the {place} stub participant just when it is stopped are each handled once, when it goes on")
def handled_once(context: Context, number: int, place: str) -> None:
    """They are taken as every service takes its messages; what came too late to be handled is given back."""
    handled = service_bus.handled_while_stopping(context.scene, proxied_stubs.at_place(context.scene, place), number)
    assert_that(handled, equal_to([1] * number), "how often each was handled")


@then("it was put aside with the reason {string}")
def put_aside_for(context: Context, reason: str) -> None:
    """The Service Bus has given it up."""
    queue = experiments_queue(context.stub.client_id)
    dead = eventually("the dead letter", lambda: context.scene.service_bus.dead_letters(queue), not_(empty()))
    assert_that([(each.message_id, each.reason) for each in dead], equal_to([(context.broken, reason)]), "what was put aside")


@given("a garbled message is first in the queues of results, costs and weights")
def garbled_first(context: Context) -> None:
    """Somebody has sent what nobody can read."""
    context.garbled = service_bus.send_garbled(context.scene)


@then("each garbled message was put aside with the reason why it cannot be handled")
def garbled_put_aside(context: Context) -> None:
    """The service that read it gave it up at once, in its own words; the Service Bus did not have to."""
    found = eventually("the dead letters", lambda: service_bus.put_aside(context.scene, context.garbled), lambda dead: all(dead.values()))
    given_up = has_properties(reason="PoisonMessage", description=all_of(not_(empty()), contains_string("error")))
    assert_that(list(found.values()), only_contains(given_up), "why the garbled messages were put aside")
