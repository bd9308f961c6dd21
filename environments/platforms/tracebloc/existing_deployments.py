"""What tracebloc does on deployments that were there before the run. Source: our choice."""

from environments.existing_deployments import ExistingDeployments, MadeThing, Places


class TraceblocDeployments(ExistingDeployments):
    """See `environments.existing_deployments.ExistingDeployments`."""

    def refuse_closed(self, places: Places) -> None:
        """Return if a deployment's backend, Service Bus and object store let us in; raises SubstrateError with a sentence."""
        from environments.platforms.tracebloc.access import refuse_closed

        refuse_closed(places)

    def remove_made(self, thing: MadeThing, places: Places) -> None:
        """Remove an account with all that hangs on it, or a database; raises SubstrateError with the reason."""
        from environments.platforms.tracebloc.left_overs import remove

        remove(thing, places, patiently=True)
