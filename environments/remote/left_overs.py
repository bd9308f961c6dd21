"""What scenarios make on a deployment, in the ledger before it is made, and removed by the platform's own API after a kill.

The ledger's files are for their owner only, since removing an account takes its password. Source: our choice.
"""

from collections.abc import Callable, Iterable
from typing import Any

from environments.choose import platform_class
from environments.deployments.made import MadeThing
from environments.errors import NotRemoved, SubstrateError, WrongScenario
from environments.ledger import Ledger, Run
from environments.remote.deployments import ExistingDeployment, Keeper, file_of, read_deployment
from environments.remote.guard import refuse_production
from environments.remote.sites import RemoteSites

KIND = "on-deployment"


class ThingsOnDeployment:
    """What one run has on a deployment (see `environments.deployments.made.LeftOvers`)."""

    def __init__(self, ledger: Ledger, deployment: ExistingDeployment, why_not_writing: Callable[[], str | None] = lambda: None) -> None:
        """`why_not_writing` says why nothing may be made there; None where it may."""
        self._ledger = ledger
        self._why_not_writing = why_not_writing
        self._facts = {
            "deployment": deployment.name,
            "file": str(deployment.file or file_of(deployment.name)),
            "platform": deployment.platform,
            "kept_by": [deployment.kept_by.pid, deployment.kept_by.started] if deployment.kept_by else None,
        }

    def made(self, thing: MadeThing) -> None:
        """Note what is about to be made; raises WrongScenario where nothing may be made."""
        if (reason := self._why_not_writing()) is not None:
            raise WrongScenario(f"the scenario makes the {thing}, so it must not be tagged @only-reads: {reason}")
        self._ledger.record(KIND, **self._facts, what=thing.kind, name=thing.name, secret=thing.secret)

    def removed(self, thing: MadeThing) -> None:
        """Note that it was removed again."""
        self._ledger.record(KIND, deployment=self._facts["deployment"], what=thing.kind, name=thing.name, removed=True)


def remove_from_deployments(run: Run, entries: list[dict[str, Any]]) -> list[str]:
    """Remove what a run that is over left on deployments; tells what was removed. Raises NotRemoved."""
    removed: list[str] = []
    reasons: list[str] = []
    for entry in _still_there(entries):
        thing = MadeThing(entry["what"], entry["name"], entry["secret"])
        where = f"{thing} on the deployment '{entry['deployment']}'"
        try:
            if _remove(entry, thing):
                removed.append(where)
            Ledger(run.run_id, run.file).record(KIND, **_identity(entry), removed=True)
        except SubstrateError as error:
            reasons.append(f"{where}: {error}")
    if reasons:
        raise NotRemoved(removed, reasons)
    return removed


def _identity(entry: dict[str, Any]) -> dict[str, Any]:
    """What names the thing of an entry."""
    return {name: entry[name] for name in ("deployment", "what", "name")}


def _still_there(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that were made and not removed, the latest first: what was made later may hang on what was there."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for entry in entries:
        identity = (entry["deployment"], entry["what"], entry["name"])
        if entry.get("removed"):
            found.pop(identity, None)
        else:
            found[identity] = entry
    return list(reversed(found.values()))


def _remove(entry: dict[str, Any], thing: MadeThing) -> bool:
    """Remove a thing; False where it has gone with its deployment. Raises SubstrateError."""
    kept_by = Keeper(*entry["kept_by"]) if entry["kept_by"] else None
    if kept_by is not None and not kept_by.alive:
        return False
    deployment = read_deployment(entry["file"])
    made_of = platform_class(entry["platform"])
    # its file may say today what it did not say when the run was allowed
    refuse_production(deployment, [entry["deployment"]], made_of.production_hosts)
    with deployment.in_force():
        made_of.existing_deployments().remove_made(thing, RemoteSites(deployment))
    return True
