"""The Service Bus: unreachable, slow, forgetful; and what became of the messages."""

import time

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import all_of, assert_that, contains_string, empty, equal_to, has_properties, not_, only_contains

from environments.reference_platform.messages import FLOPS_QUEUE, experiments_queue
from support.eventually import eventually
from support.playbook import experiments, service_bus, stand_ins


@given("the Service Bus is unreachable")
def unreachable(context: Context) -> None:
    """Nobody gets a connection, and whoever has one loses it."""
    service_bus.begin_fault(context.scene, "outage")


@when("the Service Bus is reachable again")
def reachable(context: Context) -> None:
    """Everybody may come back; the stand-ins do."""
    service_bus.end_fault(context.scene, "outage")
    for stand_in in context.scene.stand_ins:
        stand_in.queue.open_again()


@given("the Service Bus answers {float} seconds late")
def late(context: Context, seconds: float) -> None:
    """Whatever anybody sends arrives late."""
    service_bus.begin_fault(context.scene, "slow", seconds=seconds)


@given("the Service Bus loses the next word that a cost was handled")
def loses_a_settlement(context: Context) -> None:
    """The backend will handle a cost, and the Service Bus will not hear of that."""
    service_bus.begin_fault(context.scene, "lose", FLOPS_QUEUE, what="settlement", count=1)


@when("the {word} stand-in's queue is away when cycle {int} is trained")
def away_between_cycles(context: Context, place: str, cycle: int) -> None:
    """The queue refuses whatever is sent to it from before the end of the cycle on."""
    scene = context.scene
    stand_in = stand_ins.at_place(scene, place)
    context.away_since = time.time()
    taken = [(each, stand_ins.take_cycle(scene, each, cycle)) for each in scene.stand_ins]
    service_bus.begin_fault(scene, "busy", experiments_queue(stand_in.client_id))
    for each, work in taken:
        stand_ins.train(scene, each, work)


@then("the platform keeps the work of the {word} stand-in for later")
def work_is_kept(context: Context, place: str) -> None:
    """The cycle goes on as far as it can, and the work that cannot be sent is not forgotten."""
    stand_in = stand_ins.at_place(context.scene, place)
    service_bus.wait_until_kept(context.scene, stand_in, context.away_since)
    assert_that(experiments.cycle_result(context.scene.trainings[-1], 1)["status"], equal_to("Completed"), "the cycle before")


@when("the {word} stand-in's queue is back")
def back(context: Context, place: str) -> None:
    """The queue takes messages again."""
    stand_in = stand_ins.at_place(context.scene, place)
    service_bus.end_fault(context.scene, "busy", experiments_queue(stand_in.client_id))


@when("the locks on the {word} stand-in's work expire")
def locks_expire(context: Context, place: str) -> None:
    """The Service Bus takes the stand-in for dead and delivers its work again."""
    service_bus.expire_locks(context.scene, experiments_queue(stand_ins.at_place(context.scene, place).client_id))


@when("the cost of the {word} stand-in is delivered again")
def cost_comes_again(context: Context, place: str) -> None:
    """The cost was counted; its lock expires, and it is handled a second time."""
    scene, spent = context.scene, stand_ins.flops_of(stand_ins.at_place(context.scene, place))
    eventually("the cost to be counted", lambda: round(experiments.flops(scene.trainings[-1])), equal_to(spent))
    service_bus.expire_locks(scene, FLOPS_QUEUE)
    service_bus.wait_until_empty(scene, FLOPS_QUEUE)


@given("a garbled message stands first in the queues of results, costs and weights")
def garbled_first(context: Context) -> None:
    """Somebody has sent what nobody can read."""
    context.garbled = service_bus.send_garbled(context.scene)


@then("each garbled message was put aside with the reason why it cannot be handled")
def garbled_put_aside(context: Context) -> None:
    """The service that read it gave it up at once, in its own words; the Service Bus did not have to."""
    found = eventually("the dead letters", lambda: service_bus.put_aside(context.scene, context.garbled), lambda dead: all(dead.values()))
    given_up = has_properties(reason="PoisonMessage", description=all_of(not_(empty()), contains_string("error")))
    assert_that(list(found.values()), only_contains(given_up), "why the garbled messages were put aside")


@step("there is no more work for the stand-ins")
def no_more_work(context: Context) -> None:
    """Their queues hold nothing more."""
    for stand_in in context.scene.stand_ins:
        stand_ins.refuse_more_work(context.scene, stand_in)


@when("{string} tries to start an experiment")
def tries_to_start(context: Context, role: str) -> None:
    """Starts an experiment, which the platform may refuse."""
    context.refusal = experiments.refusal_of_a_start(context.scene, context.scene.person(role))


@then("the SDK says that the platform cannot reach its queues right now")
def sdk_says_why(context: Context) -> None:
    """The SDK's user gets an error with words and a code."""
    expected = has_properties(kind="APIError", code="QUEUE_UNAVAILABLE", text=contains_string("cannot reach its queues right now"))
    assert_that(context.refusal, expected, "what the SDK raised")


@then("{string} has no experiment in the use case")
def has_no_experiment(context: Context, role: str) -> None:
    """The platform shows none to the team, of any status."""
    scene = context.scene
    assert_that(scene.person(role).backend.experiments(scene.use_case.key), empty(), "the team's experiments")


@when("{string} starts the same experiment again")
def starts_again(context: Context, role: str) -> None:
    """Links the model again, which the SDK wants after a refusal, and starts."""
    scene = context.scene
    person = scene.person(role)
    person.sdk.link_dataset(scene.use_case.training_dataset_key)
    experiments.start(scene, person, experiments.USUAL_MODEL, epochs=1, cycles=1)
