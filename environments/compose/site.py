"""Where a service in a container is: its address in the run's network, its volumes where this machine has them too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from environments.compose.network import Network
from environments.embedded.site import ServiceSite, Sites
from environments.processes import pods
from environments.services import HTTP, Address

EVERYWHERE = "0.0.0.0"  # noqa: S104 - of a container, whose network is the run's own


@dataclass
class ContainerSites(Sites):
    """The addresses, volumes and secrets of a platform, or of one group of its services (see `environments.embedded.site.Sites`)."""

    why_no_mounts: Callable[[], str | None] = lambda: "there is no node"
    """Why no pod can have mounts of its own in the node; None when it can."""

    def pod_volume(self, name: str) -> Path:
        """Where pods see a volume: where the platform mounts it or, where no pod can have mounts of its own, where it is."""
        here = self.volume(name)
        mount = self._volumes[name].seen_by_pods_at if name in self._volumes else None
        return mount if mount is not None and self.why_no_mounts() is None else here

    def first_port(self, service: str) -> int:
        """The number of a service's first port, which names the service; raises SubstrateError for one that has none."""
        own = next((address.port for (name, _), address in self._addresses.items() if name == service), None)
        if own is not None:
            return own
        return self.outer.first_port(service) if isinstance(self.outer, ContainerSites) else self.address(service).port


@dataclass
class MountedSite(ServiceSite):
    """The view of a service in a container. It notes what the service asks for: nothing else is mounted."""

    mounts: set[Path] = field(default_factory=set, kw_only=True)

    def host(self) -> str:
        """All interfaces of the container."""
        return EVERYWHERE

    def volume(self, name: str) -> Path:
        """Where this service finds a volume: at the same path as outside."""
        path = super().volume(name)
        self.mounts.add(path)
        return path


@dataclass
class ContainerSite(MountedSite):
    """The view of a service in a container of this run's network."""

    sites: ContainerSites
    network: Network

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where this service, and any scenario, reaches another one."""
        number = self.sites.address(service, port).port
        return Address(self.network.address_of(self.sites.first_port(service)), number)

    def launcher(self) -> Mapping[str, str]:
        """The variables that say how to start pods here."""
        folder = self.sites.folder / pods.FOLDER
        self.mounts |= {folder, Path(self.sites.launcher[pods.SOCKET_VARIABLE]).parent}
        return {**self.sites.launcher, pods.FOLDER_VARIABLE: str(folder)}
