"""Groups of services that scenarios add to a platform in containers and remove again."""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

from environments.compose.containers import Containers, Service
from environments.compose.site import ContainerSites
from environments.embedded.node import NodeCluster
from environments.errors import SubstrateError
from environments.services import HTTP, Address, Group, ServiceSpec
from environments.substrate import Cluster

MakeService = Callable[[ServiceSpec, ContainerSites, str], Service]
Start = Callable[[str, list[Service]], None]


class ComposeGroup:
    """One group (see `environments.substrate.RunningGroup`)."""

    def __init__(
        self,
        group: Group,
        sites: ContainerSites,
        containers: Containers,
        cluster: NodeCluster | None,
        make_service: MakeService,
        start: Start,
    ) -> None:
        self._group = group
        self._sites = sites
        self._containers = containers
        self._cluster = cluster
        self._make_service = make_service
        self._start = start
        self._services: list[Service] = []
        self.removed = False
        sites.make_room((*group.services, *group.played), group.volumes, ())
        sites.know_secrets({name: secret.get_secret_value() for name, secret in group.secrets.items()})

    @property
    def name(self) -> str:
        """The group's name."""
        return self._group.name

    @property
    def cluster(self) -> Cluster:
        """What runs its pods; raises SubstrateError where the platform starts none."""
        if self._cluster is None:
            raise SubstrateError("this platform starts no pods")
        return self._cluster

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where scenarios reach one of its services."""
        return self._sites.address(service, port)

    def volume(self, name: str) -> Path:
        """Where scenarios find one of its volumes."""
        return self._sites.volume(name)

    def pod_volume(self, name: str) -> Path:
        """Where its pods find one of its volumes."""
        return self._sites.pod_volume(name)

    def start(self) -> None:
        """Start its services and wait until they are ready; raises SubstrateError."""
        self._services = [self._make_service(spec, self._sites, self.name) for spec in self._group.services]
        self._start(f"group-{self.name}", self._services)
        self._containers.wait_until_ready(self._services)

    def check(self) -> None:
        """Raise ServiceDied if one of its services has died since it was ready."""
        own = {service.name for service in self._services}
        for death in self._containers.deaths():
            if death.service in own:
                raise death

    def remove(self) -> None:
        """Kill its services, then its pods: nobody needs an orderly end of what is over. Idempotent."""
        if self.removed:
            return
        self.removed = True
        self._containers.remove(self._services)
        if self._cluster is not None:
            with contextlib.suppress(SubstrateError):
                self._cluster.remove_all(keep_logs_in=self._containers.logs_folder / "pods")


class Groups:
    """All groups that this process added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._added: dict[str, ComposeGroup] = {}

    def add(self, name: str, make: Callable[[], ComposeGroup]) -> ComposeGroup:
        """Make a group of that name; raises SubstrateError when there is one already."""
        with self._lock:
            present = self._added.get(name)
            if present is not None and not present.removed:
                raise SubstrateError(f"the group {name} is there already: remove it first")
            group = self._added[name] = make()
        return group

    def remove_all(self) -> None:
        """Remove every group, the latest first."""
        for group in reversed(list(self._added.values())):
            group.remove()
