"""The pods that a platform's own services run as, where that is a cluster that can be looked at: nothing is changed there."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from environments.cluster.platform_pods import ClusterAccess


class OwnPods:
    """None, as on the substrates that run services otherwise; those of a cluster have a subclass. Capability `cluster.reading`."""

    def of_services(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The pods (v1) by service, as the cluster has them; they may hold secrets. Raises SubstrateError where they may not be seen."""
        return {}

    def cluster_access(self) -> "ClusterAccess | None":
        """Where others can look at them; None: nowhere."""
        return None

    def facts(self) -> Mapping[str, str]:
        """What the reports say about them."""
        return {}
