"""The nodes of a kind cluster: which run what, and what happens to a whole one, lost as when its machine freezes."""

from collections.abc import Collection
from dataclasses import dataclass, field

from environments.cluster.api import PATIENCE_SECONDS, Api, refusals
from environments.compose.engine import Engine
from environments.errors import SubstrateError

CLUSTER_LABEL = "io.x-k8s.kind.cluster"
"""By which a node's container says whose it is. Source: kind."""
SERVICES_HERE = {"key": "ringmaster/services", "effect": "PreferNoSchedule"}
OF_THE_CLUSTER = "node.kubernetes.io/"
"""How the taints begin of a node that does not answer. Source: Kubernetes 1.20 and later."""
UNTIL_BACK_SECONDS = 120.0


@dataclass
class NodeFaults:
    """Loses nodes of a cluster of ours. Every method raises SubstrateError."""

    api: Api
    engine: Engine
    services_on: str
    """The node that all services run on, which is never lost."""
    _lost: list[str] = field(default_factory=list)

    def lose(self, node: str) -> None:
        """Freeze a node with all that runs on it; the cluster has to find out by itself that it no longer answers."""
        if node == self.services_on:
            raise SubstrateError(f"the node {node} runs the platform's services, too, and cannot be lost")
        self._lost.append(node)
        self.engine.run("pause", node)

    def heal(self) -> None:
        """Let all lost nodes run on, and return when the cluster hears of them again."""
        while self._lost:
            self.engine.run("unpause", self._lost[-1])
            wait_for_nodes(self.api, [self._lost.pop()], UNTIL_BACK_SECONDS)


def nodes(api: Api) -> dict[str, str]:
    """The nodes by name, with the address that this machine and pods reach them by; raises ApiRefused."""
    with refusals():
        found = api.core.list_node(_request_timeout=PATIENCE_SECONDS).items
    return {node.metadata.name: next(known.address for known in node.status.addresses if known.type == "InternalIP") for node in found}


def nodes_for_pods(api: Api) -> list[str]:
    """The nodes that pods of ours run on: with workers not the control plane; raises ApiRefused."""
    everywhere = sorted(nodes(api))
    return [node for node in everywhere if not node.endswith("-control-plane")] or everywhere


def keep_pods_apart(api: Api) -> None:
    """Have pods prefer nodes that run no service, so that these can be lost; raises ApiRefused."""
    with refusals():
        api.core.patch_node(nodes_for_pods(api)[0], {"spec": {"taints": [SERVICES_HERE]}}, _request_timeout=PATIENCE_SECONDS)


def wake(engine: Engine, cluster: str) -> None:
    """Let the nodes of a cluster run on that a killed run has left frozen."""
    for frozen in engine.api.containers(filters={"label": f"{CLUSTER_LABEL}={cluster}", "status": "paused"}):
        engine.run("unpause", frozen["Id"])


def wait_for_nodes(api: Api, names: Collection[str], seconds: float) -> None:
    """Return when all of these nodes are ready and take pods; raises SubstrateError."""
    from kubernetes.watch import Watch

    waiting = set(names)
    with refusals():
        for event in Watch().stream(api.core.list_node, timeout_seconds=int(seconds)):
            node = event["object"]
            ready = any(each.type == "Ready" and each.status == "True" for each in node.status.conditions or [])
            if ready and not any(taint.key.startswith(OF_THE_CLUSTER) for taint in node.spec.taints or []):
                waiting.discard(node.metadata.name)
            if not waiting:
                return
    raise SubstrateError(f"the node {sorted(waiting)[0]} is not ready after {seconds:.0f} s")
