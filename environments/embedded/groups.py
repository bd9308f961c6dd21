"""Groups of services that scenarios add to a running platform and remove again, whatever runs them: processes or containers."""

import contextlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from environments.embedded.site import Sites
from environments.errors import ServiceDied, SubstrateError
from environments.services import HTTP, Address, Group, ServiceSpec
from environments.substrate import Cluster

ServiceT = TypeVar("ServiceT")
TakenT = TypeVar("TakenT", contravariant=True)
"""A service as what runs it describes it: a process, a container."""


class GroupCluster(Cluster, Protocol):
    """What runs the pods of a group, and can forget them."""

    def remove_all(self, keep_logs_in: Path) -> None:
        """Kill and forget all pods; their logs are copied to `<name>.log` in a folder."""
        ...


class Runs(Protocol[TakenT]):
    """What runs the services of a platform and of its groups."""

    @property
    def logs_folder(self) -> Path:
        """Where logs are kept of what is gone."""

    def wait_until_ready(self, services: Sequence[TakenT]) -> None:
        """Return when all are ready; raises SubstrateError."""
        ...

    def deaths(self) -> list[ServiceDied]:
        """The services that ended without being told to."""
        ...

    def stop(self, services: Sequence[TakenT], grace_seconds: float) -> None:
        """End services and forget them; their logs are kept. Idempotent."""
        ...


class AddedGroup(Generic[ServiceT]):
    """One group (see `environments.substrate.RunningGroup`)."""

    def __init__(
        self,
        group: Group,
        sites: Sites,
        runs: Runs[ServiceT],
        cluster: GroupCluster | None,
        make_service: Callable[[ServiceSpec], ServiceT],
        start: Callable[[list[ServiceT]], None],
    ) -> None:
        """`make_service` describes one of its services to what runs it, `start` starts them; neither waits."""
        self._group = group
        self._sites = sites
        self._runs = runs
        self._cluster = cluster
        self._make_service = make_service
        self._start = start
        self._services: list[ServiceT] = []
        self.removed = False
        # a group that is added again finds its data, as on a cluster, whose volumes are kept
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
        self._services = [self._make_service(spec) for spec in self._group.services]
        self._start(self._services)
        self._runs.wait_until_ready(self._services)

    def check(self) -> None:
        """Raise ServiceDied if one of its services has died since it was ready."""
        own = {f"{spec.name}-{self.name}" for spec in self._group.services}
        for death in self._runs.deaths():
            if death.service in own:
                raise death

    def remove(self) -> None:
        """Kill its services, then its pods: nobody needs an orderly end of what is over. Idempotent."""
        if self.removed:
            return
        self.removed = True
        self._runs.stop(self._services, grace_seconds=0)
        if self._cluster is not None:
            with contextlib.suppress(SubstrateError):
                self._cluster.remove_all(keep_logs_in=self._runs.logs_folder / "pods")


class Groups(Generic[ServiceT]):
    """All groups that this process added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._added: dict[str, AddedGroup[ServiceT]] = {}

    def add(self, name: str, make: Callable[[], AddedGroup[ServiceT]]) -> AddedGroup[ServiceT]:
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
