"""The pods of a platform's own services on a cluster of ours (see `environments.deployments.own_pods.OwnPods`)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from environments.cluster.platform_pods import ClusterAccess
from environments.compose.rendering import GROUP_LABEL, SERVICE_LABEL
from environments.deployments.own_pods import OwnPods
from environments.kind.cluster import RunningCluster
from environments.kind.objects import RunObjects
from environments.kind.rendering import Manifest
from environments.kind.workloads import labels_of


@dataclass(frozen=True)
class RunPods(OwnPods):
    """Those of one run. Every method raises SubstrateError where the cluster refuses."""

    objects: RunObjects
    cluster: RunningCluster
    namespace: str
    services: Collection[str]

    def of_services(self) -> Mapping[str, Sequence[Manifest]]:
        """The pods by service, without those of groups."""
        found: dict[str, list[Manifest]] = {}
        for pod in self.objects.pods():
            labels = pod.metadata.labels
            if GROUP_LABEL not in labels:
                found.setdefault(labels[SERVICE_LABEL], []).append(self.objects.api.plain(pod))
        return found

    def cluster_access(self) -> ClusterAccess:
        """Where others can look at them."""
        selectors = {service: labels_of(self.objects.run_id, service, None) for service in self.services}
        return ClusterAccess(self.cluster.context, self.namespace, self.cluster.kubeconfig, selectors)
