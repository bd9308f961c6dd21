"""The Jobs that the shards of a run were, in a namespace that is not the run's: found by label, and removed; nothing else is touched."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from environments.cluster.api import PATIENCE_SECONDS, Api, ApiRefused, refusals
from environments.cluster.context import find, refuse_production_name
from environments.errors import NotRemoved, SubstrateError
from environments.left_overs.containers import RUN_LABEL

if TYPE_CHECKING:
    from environments.ledger import Entry, Run


def remove_jobs(run: "Run", entries: "list[Entry]") -> list[str]:
    """Remove Jobs, their pods and what these read; tells which Jobs. Raises NotRemoved."""
    removed: list[str] = []
    for entry in entries:
        kubeconfig, place = Path(entry["kubeconfig"]) if entry["kubeconfig"] else None, str(entry["namespace"])
        try:
            # the kubeconfig may lead elsewhere than when the run was allowed
            refuse_production_name(find(str(entry["context"]), kubeconfig))
            removed += [f"job {place}/{name}" for name in _remove(Api.by_kubeconfig(kubeconfig, entry["context"]), place, run.run_id)]
        except (ApiRefused, ImportError, SubstrateError) as error:
            raise NotRemoved(removed, [f"jobs of run {run.run_id} in {entry['context']}: {error}"]) from None
    return removed


def _remove(api: Api, place: str, run_id: str) -> list[str]:
    ours: dict[str, Any] = {"label_selector": f"{RUN_LABEL}={run_id}", "_request_timeout": PATIENCE_SECONDS}
    with refusals():
        names = [each.metadata.name for each in api.batch.list_namespaced_job(place, **ours).items]
        # what would make pods again goes first
        api.batch.delete_collection_namespaced_job(place, propagation_policy="Background", **ours)
        api.core.delete_collection_namespaced_pod(place, grace_period_seconds=0, **ours)
        api.core.delete_collection_namespaced_config_map(place, **ours)
        api.core.delete_collection_namespaced_secret(place, **ours)
    return names
