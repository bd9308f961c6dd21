"""The network between services of the platform: connections that are refused, and that come back."""

from behave import step, when
from behave.runner import Context

from support.platforms.tracebloc.playbook import network


@step("{string} cannot reach {string} over the network")
def cannot_reach(context: Context, caller: str, called: str) -> None:
    """Its connections are refused, and those that are open are reset."""
    scene = context.scene
    with scene.story.part(f"connections of {caller} to {called} are refused"):
        context.network = network.faults(scene)
        context.network.refuse(network.service(scene, caller), network.service(scene, called))


@when("the network is restored")
def whole_again(context: Context) -> None:
    """Everybody reaches everybody."""
    with context.scene.story.part("the network is restored"):
        context.network.heal()
