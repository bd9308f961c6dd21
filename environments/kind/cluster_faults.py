"""What a cluster does to the pods of one group: evictions, and policies that cut services off. All of it can be undone."""

from dataclasses import dataclass
from typing import Any

from environments.cluster.api import NOT_FOUND, PATIENCE_SECONDS, Api, ApiRefused, refusals
from environments.cluster.job_pods import JOB_LABEL
from environments.compose.rendering import SERVICE_LABEL
from environments.errors import SubstrateError
from environments.kind.objects import words
from environments.kind.rendering import Manifest

EVICTIONS = ("policy/v1", "policy/v1beta1")
"""Source: Kubernetes 1.22 and later; 1.20 and 1.21."""
CUT = "ringmaster-cut-off"


@dataclass(frozen=True)
class NamespaceFaults:
    """See `environments.substrate.ClusterFaults`; for one namespace of a run."""

    api: Api
    namespace: str
    group: str

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

    def cut_off(self, service: str) -> None:
        """Let nothing in or out of a service of the group."""
        spec = {"podSelector": {"matchLabels": {SERVICE_LABEL: f"{service}-{self.group}"}}, "policyTypes": ["Ingress", "Egress"]}
        policy: Manifest = {"metadata": {"name": CUT}, "spec": spec}
        with words():
            self.api.networking.create_namespaced_network_policy(self.namespace, policy, _request_timeout=PATIENCE_SECONDS)

    def heal(self) -> None:
        """End all of it."""
        with words():
            try:
                with refusals():
                    self.api.networking.delete_namespaced_network_policy(CUT, self.namespace, _request_timeout=PATIENCE_SECONDS)
            except ApiRefused as error:
                if error.status != NOT_FOUND:
                    raise

    def _pod(self, job: str) -> Any:  # noqa: ANN401 - a class of the client's
        with words():
            found = self.api.core.list_namespaced_pod(
                self.namespace, label_selector=f"{JOB_LABEL}={job}", _request_timeout=PATIENCE_SECONDS
            ).items
        if not found:
            raise SubstrateError(f"there is no pod '{job}' in the namespace {self.namespace}")
        return found[0]
