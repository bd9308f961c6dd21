"""The keys of the Service Bus that a secure environment is given when it logs in."""

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, empty, equal_to

from environments.platforms.tracebloc.messaging.messages import experiments_queue, reports_queue
from support.platforms.tracebloc.playbook.security import queue_keys


@then("the keys of the {word} secure environment let it take its own work and send its own reports")
def keys_open_own_queues(context: Context, place: str) -> None:
    """Each key is good for one queue of its own, in one direction."""
    environment = queue_keys.at_place(context.scene, place)
    client_id = environment.client_id
    reports = [f"send to {reports_queue(queue, client_id)}" for queue in queue_keys.SHARED_QUEUES]
    expected = [f"receive from {experiments_queue(client_id)}", *reports]
    assert_that(queue_keys.uses_of_own_queues(environment), equal_to(expected), "what its keys let it do with its own queues")


@then("they open neither the work of another secure environment nor what all of them report")
def keys_open_nothing_else(context: Context) -> None:
    """No key of the first one reads or writes a queue that is not its own, whatever queue the key is said to be for."""
    scene = context.scene
    uses = queue_keys.uses_of_queues_of_others(scene, scene.environments[0])
    assert_that(uses, empty(), "what its keys let it do with the queues of others")


@when("the owner revokes the {word} secure environment")
def revokes(context: Context, place: str) -> None:
    """Takes its credential away."""
    environment = queue_keys.at_place(context.scene, place)
    environment.owner.backend.revoke_secure_environment(environment.identity)


@then("the keys of the {word} secure environment no longer open anything")
def keys_open_nothing(context: Context, place: str) -> None:
    """Its queues are gone, and with them what could be done there."""
    environment = queue_keys.at_place(context.scene, place)
    assert_that(queue_keys.uses_of_own_queues(environment), empty(), "what its keys let it do with its own queues")
