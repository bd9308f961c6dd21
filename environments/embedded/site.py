"""Where the services of the embedded substrate are: loopback ports, volumes and secrets, made before anything starts."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from environments.embedded.ports import LOOPBACK, Ports
from environments.errors import SubstrateError, Unknown
from environments.processes import mounts, pods
from environments.services import HTTP, Address, ServiceSpec, Volume


class Elsewhere(Protocol):
    """Knows where the services are that a group finds outside itself."""

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where a port of a service is; raises SubstrateError for an unknown one."""
        ...

    def volume(self, name: str) -> Path:
        """Where a volume is; raises SubstrateError for an unknown one."""
        ...

    def pod_volume(self, name: str) -> Path:
        """Where pods see a volume."""
        ...

    def secret(self, name: str) -> str:
        """A secret; raises SubstrateError for an unknown one."""
        ...


@dataclass
class Sites:
    """The addresses, volumes and secrets of a platform, or of one group of its services."""

    folder: Path
    ports: Ports
    outer: Elsewhere | None = None
    """A group's: those of the platform it was added to. A platform's: services that run elsewhere."""
    launcher: Mapping[str, str] = field(default_factory=dict)
    _addresses: dict[tuple[str, str], Address] = field(default_factory=dict)
    _volumes: dict[str, Volume] = field(default_factory=dict)
    _secrets: dict[str, str] = field(default_factory=dict, repr=False)

    def make_room(self, specs: Iterable[ServiceSpec], volumes: Iterable[Volume], names_of_secrets: Iterable[str]) -> None:
        """Reserve the ports, make the folders and the secrets that are not there yet."""
        wanted = list(volumes)
        names = set(names_of_secrets)
        for spec in specs:
            for port in spec.ports:
                self._addresses[spec.name, port] = Address(LOOPBACK, self.ports.reserve())
            wanted += spec.volumes
            names |= set(spec.secrets)
        for volume in wanted:
            self._volumes[volume.name] = volume
            (self.folder / volume.name).mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in names - self._secrets.keys():
            self._secrets[name] = secrets.token_urlsafe(32)

    def know_secrets(self, known: Mapping[str, str]) -> None:
        """Take secrets that were made elsewhere."""
        self._secrets |= known

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where a port of a service is: of this group first, else of the platform; raises SubstrateError for an unknown one."""
        if (found := self._addresses.get((service, port))) is not None:
            return found
        if self.outer is not None:
            return self.outer.address(service, port)
        known = ", ".join(f"{name}:{port}" for name, port in self._addresses) or "none"
        raise SubstrateError(f"no service '{service}' has a port '{port}'; there are: {known}")

    def volume(self, name: str) -> Path:
        """Where a volume is; raises SubstrateError for an unknown one."""
        if name in self._volumes:
            return self.folder / name
        if self.outer is not None:
            return self.outer.volume(name)
        raise Unknown("volume", name, self._volumes)

    def pod_volume(self, name: str) -> Path:
        """Where pods see a volume: where the platform mounts it or, where no process can have mounts of its own, where it is."""
        here = self.volume(name)
        mount = self._volumes[name].seen_by_pods_at if name in self._volumes else None
        return mount if mount is not None and mounts.why_not() is None else here

    def secret(self, name: str) -> str:
        """A secret; raises SubstrateError for an unknown one."""
        if name in self._secrets:
            return self._secrets[name]
        if self.outer is not None:
            return self.outer.secret(name)
        raise Unknown("secret", name, self._secrets)


@dataclass
class ServiceSite:
    """One service's view of the sites (see `environments.services.Site`): that of a process of this machine."""

    spec: ServiceSpec
    sites: Sites

    def port(self, name: str = HTTP) -> int:
        """The port that this service listens on."""
        return self.sites.address(self.spec.name, name).port

    def host(self) -> str:
        """Loopback, and nothing else."""
        return LOOPBACK

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where this service reaches another one."""
        return self.sites.address(service, port)

    def volume(self, name: str) -> Path:
        """Where this service finds a volume."""
        return self.sites.volume(name)

    def pod_volume(self, name: str) -> Path:
        """Where the pods that this service starts find a volume."""
        return self.sites.pod_volume(name)

    def secret(self, name: str) -> str:
        """A secret of the platform or of the group."""
        return self.sites.secret(name)

    def launcher(self) -> Mapping[str, str]:
        """The variables that say how to start pods here."""
        return {**self.sites.launcher, pods.FOLDER_VARIABLE: str(self.sites.folder / pods.FOLDER)}
