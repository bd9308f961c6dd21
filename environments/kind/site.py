"""Where a service on the cluster is: on a port of every node, which pods and scenarios alike reach; its volumes as on this machine."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from environments.compose.site import MountedSite
from environments.embedded.site import Sites
from environments.processes import pods
from environments.services import HTTP, Address, ServiceSpec, Volume

FIRST_PORT = 8000
"""Of a pod's own: each has an address to itself."""
Expose = Callable[[ServiceSpec, Mapping[str, int]], Mapping[str, Address]]
"""Gives a service its addresses, by its ports."""


def ports_of(spec: ServiceSpec) -> dict[str, int]:
    """The ports that a service's pod listens on."""
    return {port: FIRST_PORT + number for number, port in enumerate(spec.ports)}


@dataclass
class ClusterSites(Sites):
    """The addresses, volumes and secrets of a platform, or of one group of its services (see `environments.embedded.site.Sites`)."""

    expose: Expose = lambda _spec, _ports: {}

    def make_room(self, specs: Iterable[ServiceSpec], volumes: Iterable[Volume], names_of_secrets: Iterable[str]) -> None:
        """Have the cluster choose the ports of its nodes; make the folders and the secrets that are not there yet."""
        listed = list(specs)
        for spec in listed:
            if spec.ports:
                self._addresses |= {(spec.name, port): address for port, address in self.expose(spec, ports_of(spec)).items()}
        of_specs = [volume for spec in listed for volume in spec.volumes]
        names = {name for spec in listed for name in spec.secrets}
        super().make_room((), [*volumes, *of_specs], {*names_of_secrets, *names})

    def volumes(self) -> list[Volume]:
        """Its own volumes."""
        return list(self._volumes.values())

    def pod_volume(self, name: str) -> Path:
        """Where pods see a volume: where the platform mounts it."""
        return (self._volumes[name].seen_by_pods_at if name in self._volumes else None) or self.volume(name)


@dataclass
class ClusterSite(MountedSite):
    """The view of a service in a pod."""

    starts_pods: bool = False

    def port(self, name: str = HTTP) -> int:
        """The port that this service listens on."""
        return ports_of(self.spec)[name]

    def launcher(self) -> Mapping[str, str]:
        """The variables that say how to start pods here; this service gets the rights to do so."""
        self.starts_pods = True
        return {pods.LAUNCHER_VARIABLE: pods.KUBERNETES, **self.sites.launcher}
