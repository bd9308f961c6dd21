"""The pods of a deployment's own services, as far as its file says where they are and its cluster lets us look."""

from collections.abc import Mapping, Sequence
from typing import Any

from environments.cluster.described import described_by
from environments.cluster.platform_pods import LIST_PODS, ClusterAccess, PlatformPods
from environments.deployments.own_pods import OwnPods
from environments.descriptions import FACETS, PORTS, VERSIONS, opened, without
from environments.platform import Platform
from environments.remote.deployments import ExistingDeployment

NO_CLUSTER = "the deployment's file names no [cluster] whose pods could be looked at"


class DeploymentPods(OwnPods):
    """See `environments.deployments.own_pods.OwnPods`. Every method raises SubstrateError where the cluster refuses."""

    def __init__(self, deployment: ExistingDeployment, platform: Platform) -> None:
        self._deployment = deployment
        self._platform = platform
        self._pods = PlatformPods(deployment.cluster) if deployment.cluster is not None else None

    def ask(self) -> None:
        """Ask the cluster, if there is one, what we may see."""
        if self._pods is not None:
            self._pods.ask()

    def why_missing(self) -> str | None:
        """Why there is nothing to look at; None when there is."""
        return NO_CLUSTER if self._pods is None else self._pods.why_not(LIST_PODS)

    def services(self) -> list[str]:
        """The deployment's own: those that its file names, and those of the platform."""
        named = [service for service, _ in self._deployment.addresses]
        return list(dict.fromkeys([*named, *(spec.name for spec in self._platform.services())]))

    def of_services(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The pods by service."""
        return self._pods.of_services(self.services()) if self._pods is not None else {}

    def cluster_access(self) -> ClusterAccess | None:
        """Where they are."""
        return self._deployment.cluster

    def facts(self) -> Mapping[str, str]:
        """Where they are looked at, and what cannot be seen there."""
        if self._pods is None or self._deployment.cluster is None:
            return {}
        where = f"context {self._deployment.cluster.context}, namespace {self._deployment.cluster.namespace}"
        return {"cluster": where + "".join(f"; no right to {right}" for right in self._pods.missing)}

    def log(self, service: str, since: float | None) -> str | None:
        """What a service of the deployment wrote; None where no pod is known to be its."""
        return self._pods.log(service, since) if self._pods is not None and service in self.services() else None

    def events(self, since: float) -> list[str]:
        """What the cluster tells since a unix time."""
        return self._pods.events(since) if self._pods is not None else []

    def described(self) -> Mapping[str, Mapping[str, str]]:
        """What the services run as, as far as their pods tell; of the rest, that it cannot be said."""
        pods = self.of_services() if self.why_missing() is None else {}
        ports: dict[str, list[str]] = {service: [] for service in self.services()}
        for service, port in self._deployment.addresses:
            ports[service].append(port)
        found = {f"service {service}": self._description(pods.get(service, ()), own) for service, own in ports.items()}
        return {**found, VERSIONS: without(VERSIONS)}

    def _description(self, pods: Sequence[Mapping[str, Any]], ports: Sequence[str]) -> Mapping[str, str]:
        return described_by(pods[0], ports) if pods else {**opened(ports), **without(*(facet for facet in FACETS if facet != PORTS))}
