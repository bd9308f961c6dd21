"""What tracebloc does on deployments that were there before the run. Source: our choice."""

from collections.abc import Mapping

from environments.deployments.existing import Deployment, ExistingDeployments, Places
from environments.deployments.made import MadeThing
from environments.platforms.tracebloc.services import AMQP
from environments.services import HTTP


class TraceblocDeployments(ExistingDeployments):
    """See `environments.deployments.existing.ExistingDeployments`."""

    needed = (("backend", HTTP), ("service_bus", AMQP))

    def ask(self, deployment: Deployment) -> Mapping[str, str]:
        """Whether a deployment's backend, Service Bus and object store let us in, and what may only be read; raises SubstrateError."""
        from environments.platforms.tracebloc.deployments.access import ask

        return ask(deployment)

    def remove_made(self, thing: MadeThing, places: Places) -> None:
        """Remove an account with all that hangs on it, or a database; raises SubstrateError with the reason."""
        from environments.platforms.tracebloc.deployments.left_overs import remove

        remove(thing, places, patiently=True)
