"""What a cluster does to the pods of one group: evictions, lost nodes, policies that cut services off, and full quotas.
All of it can be undone."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from environments.cluster.api import NOT_FOUND, PATIENCE_SECONDS, Api, ApiRefused, refusals
from environments.cluster.job_pods import JOB_LABEL
from environments.compose.rendering import SERVICE_LABEL
from environments.errors import SubstrateError
from environments.kind.nodes import NodeFaults
from environments.kind.objects import words
from environments.kind.rendering import Manifest

EVICTIONS = ("policy/v1", "policy/v1beta1")
"""Source: Kubernetes 1.22 and later; 1.20 and 1.21."""
CUT, FULL = "ringmaster-cut-off", "ringmaster-full"
"""A network policy and a quota."""


@dataclass(frozen=True)
class NamespaceFaults:
    """See `environments.substrate.ClusterFaults`; for one namespace of a run."""

    api: Api
    namespace: str
    group: str
    nodes: NodeFaults

    def evict(self, pod: str) -> None:
        """Have the cluster take a Job's pod off its node."""
        name = self._pod(pod).metadata.name
        with words():
            for version in EVICTIONS:
                body = {"apiVersion": version, "kind": "Eviction", "metadata": {"name": name, "namespace": self.namespace}}
                try:
                    with refusals():
                        self.api.core.create_namespaced_pod_eviction(name, self.namespace, body, _request_timeout=PATIENCE_SECONDS)
                        return
                except ApiRefused as error:
                    if version == EVICTIONS[-1]:
                        raise SubstrateError(f"the pod {pod} cannot be evicted: {error}") from None

    def lose_node_of(self, pod: str) -> None:
        """Have the node of a Job's pod answer no more."""
        self.nodes.lose(self._pod(pod).spec.node_name)

    def cut_off(self, service: str) -> None:
        """Let nothing in or out of a service of the group."""
        spec = {"podSelector": {"matchLabels": {SERVICE_LABEL: f"{service}-{self.group}"}}, "policyTypes": ["Ingress", "Egress"]}
        policy: Manifest = {"metadata": {"name": CUT}, "spec": spec}
        with words():
            self.api.networking.create_namespaced_network_policy(self.namespace, policy, _request_timeout=PATIENCE_SECONDS)

    def take_no_more_pods(self) -> None:
        """Refuse every further pod of the group, by a quota of none."""
        quota: Manifest = {"metadata": {"name": FULL}, "spec": {"hard": {"pods": "0"}}}
        with words():
            self.api.core.create_namespaced_resource_quota(self.namespace, quota, _request_timeout=PATIENCE_SECONDS)

    def heal(self) -> None:
        """End all of it."""
        with words():
            self.nodes.heal()
        for end, name in (
            (self.api.networking.delete_namespaced_network_policy, CUT),
            (self.api.core.delete_namespaced_resource_quota, FULL),
        ):
            with words(), _absence_is_fine(), refusals():
                end(name, self.namespace, _request_timeout=PATIENCE_SECONDS)

    def _pod(self, job: str) -> Any:  # noqa: ANN401 - a class of the client's
        with words():
            found = self.api.core.list_namespaced_pod(
                self.namespace, label_selector=f"{JOB_LABEL}={job}", _request_timeout=PATIENCE_SECONDS
            ).items
        if not found:
            raise SubstrateError(f"there is no pod '{job}' in the namespace {self.namespace}")
        return found[0]


@contextlib.contextmanager
def _absence_is_fine() -> Iterator[None]:
    try:
        yield
    except ApiRefused as error:
        if error.status != NOT_FOUND:
            raise
