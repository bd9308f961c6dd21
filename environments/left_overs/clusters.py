"""What a run made on clusters, and the clusters it made: found by name and label, and removed; nothing else is ever touched."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from environments.cluster.api import PATIENCE_SECONDS, Api, ApiRefused, refusals
from environments.errors import NotRemoved
from environments.left_overs.containers import RUN_LABEL

if TYPE_CHECKING:
    from environments.ledger import Entry, Run

OURS = "e2e-test-"
COMMAND_SECONDS = 120


def remove_clusters(_run: "Run", entries: "list[Entry]") -> list[str]:
    """Delete the kind clusters that a run made; tells which. Raises NotRemoved."""
    return [removed for entry in entries for removed in remove_cluster(str(entry["name"]))]


def remove_cluster(name: str) -> list[str]:
    """Delete a kind cluster of ours; tells so. Raises NotRemoved."""
    if not name.startswith(OURS) or name not in _kind(name, "get", "clusters").split():
        return []
    _kind(name, "delete", "cluster", "--name", name)
    return [f"cluster {name}"]


def remove_namespaces(run: "Run", entries: "list[Entry]") -> list[str]:
    """Remove a run's namespaces and volumes from clusters that outlive it; tells which. Raises NotRemoved."""
    removed: list[str] = []
    for entry in entries:
        kubeconfig = Path(entry["kubeconfig"]) if entry["kubeconfig"] else None
        if kubeconfig is not None and not kubeconfig.exists():
            # the cluster was deleted, and its file with it
            continue
        try:
            removed += remove_of_run(Api.by_kubeconfig(kubeconfig, entry["context"] or None), run.run_id)
        except (ApiRefused, ImportError) as error:
            raise NotRemoved(removed, [f"namespaces of run {run.run_id}: {error}"]) from None
    return removed


def remove_of_run(api: Api, run_id: str) -> list[str]:
    """Remove a run's namespaces and volumes; returns when they are gone, and tells which they were. Raises ApiRefused."""
    selector = f"{RUN_LABEL}={run_id}"
    with refusals():
        places = [each.metadata.name for each in api.core.list_namespace(label_selector=selector, _request_timeout=PATIENCE_SECONDS).items]
        volumes = api.core.list_persistent_volume(label_selector=selector, _request_timeout=PATIENCE_SECONDS).items
    for place in places:
        remove_namespace(api, place)
    with refusals():
        for volume in volumes:
            api.core.delete_persistent_volume(volume.metadata.name, _request_timeout=PATIENCE_SECONDS)
    _wait_until_gone(api, selector, places)
    return [*(f"namespace {place}" for place in places), *(f"volume {volume.metadata.name}" for volume in volumes)]


def remove_namespace(api: Api, name: str) -> None:
    """Have a namespace of ours removed with all that is in it; one that is gone is fine. Raises ApiRefused."""
    if not name.startswith(OURS):
        raise ValueError(f"the namespace {name} is not one of ours")
    try:
        with refusals():
            patience = {"_request_timeout": PATIENCE_SECONDS}
            # whatever would make pods again goes first; a namespace that has pods when it is deleted takes a minute longer
            api.apps.delete_collection_namespaced_deployment(name, propagation_policy="Background", **patience)
            api.apps.delete_collection_namespaced_replica_set(name, propagation_policy="Background", **patience)
            api.batch.delete_collection_namespaced_job(name, propagation_policy="Background", **patience)
            api.core.delete_collection_namespaced_pod(name, grace_period_seconds=0, **patience)
            api.core.delete_namespace(name, **patience)
    except ApiRefused as error:
        # it is gone, or already on its way
        if error.status not in (404, 409):
            raise


def _wait_until_gone(api: Api, selector: str, places: Iterable[str]) -> None:
    from kubernetes.watch import Watch

    waiting = set(places)
    if not waiting:
        return
    with refusals():
        listed = api.core.list_namespace(label_selector=selector, _request_timeout=PATIENCE_SECONDS)
        waiting &= {each.metadata.name for each in listed.items}
        if not waiting:
            return
        watched = Watch().stream(
            api.core.list_namespace,
            label_selector=selector,
            resource_version=listed.metadata.resource_version,
            timeout_seconds=COMMAND_SECONDS,
        )
        for event in watched:
            if event["type"] == "DELETED":
                waiting.discard(event["object"].metadata.name)
            if not waiting:
                return
    raise ApiRefused(f"the namespace {sorted(waiting)[0]} is still there after {COMMAND_SECONDS} s")


def _kind(name: str, *arguments: str) -> str:
    try:
        ended = subprocess.run(
            ["kind", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotRemoved([], [f"cluster {name}: kind does not answer: {error}"]) from None
    if ended.returncode != 0:
        raise NotRemoved([], [f"cluster {name}: kind says: {ended.stderr.strip()}"])
    return ended.stdout
