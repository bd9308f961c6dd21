"""A platform's services as one compose file for people: fixed ports, named volumes, images and secrets by variables.

Runs of ours render their own (see `environments.compose.rendering`), whose addresses and folders are the run's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments.compose.ownership import WITHOUT_RIGHTS
from environments.compose.rendering import restricted
from environments.compose.site import EVERYWHERE
from environments.embedded.ports import LOOPBACK
from environments.platform import Platform
from environments.services import HTTP, Address, PythonModule, ServiceSpec

FIRST_PORT = 18_000
VOLUMES = Path("/volumes")
IN_MEMORY = {
    "driver_opts": {"type": "tmpfs", "device": "tmpfs", "o": f"uid={WITHOUT_RIGHTS},gid={WITHOUT_RIGHTS},mode=0700,size=1g"},
}
"""A volume that belongs to the containers' user, and is over with them."""
READY_FILE = "/tmp/ready"  # noqa: S108 - the container's own
SECRET_PREFIX = "SECRET_"  # noqa: S105 - of variables' names


@dataclass
class RenderedSite:
    """One service's view (see `environments.services.Site`): the others by their names, secrets by variables."""

    spec: ServiceSpec
    ports: Mapping[tuple[str, str], int]
    volumes: set[str] = field(default_factory=set)

    def port(self, name: str = HTTP) -> int:
        """The port that this service listens on."""
        return self.ports[self.spec.name, name]

    def host(self) -> str:
        """All interfaces of the container."""
        return EVERYWHERE

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where this service reaches another one."""
        return Address(host_name(service), self.ports[service, port])

    def volume(self, name: str) -> Path:
        """Where this service finds a volume."""
        self.volumes.add(name)
        return VOLUMES / name

    def pod_volume(self, name: str) -> Path:
        """The same: no pods are rendered."""
        return self.volume(name)

    def secret(self, name: str) -> str:
        """Whoever brings the file up has to set it."""
        variable = SECRET_PREFIX + _variable(name)
        return f"${{{variable}:?set {variable}}}"

    def launcher(self) -> Mapping[str, str]:
        """No pods are rendered."""
        return {}


def integration_file(platform: Platform) -> dict[str, Any]:
    """The compose file of a platform's own services; groups are added by runs."""
    specs = list(platform.services_in_containers())
    wanted = [(spec.name, port) for spec in specs for port in spec.ports]
    ports = {name: FIRST_PORT + number for number, name in enumerate(wanted)}
    sites = {spec.name: RenderedSite(spec, ports) for spec in specs}
    services = {host_name(spec.name): _service(platform, spec, sites[spec.name]) for spec in specs}
    volumes = sorted({name for site in sites.values() for name in site.volumes})
    return {"name": f"ringmaster-{platform.name}", "services": services, "volumes": dict.fromkeys(volumes, IN_MEMORY)}


def host_name(service: str) -> str:
    """A service's name as a host may be called."""
    return service.replace("_", "-")


def _service(platform: Platform, spec: ServiceSpec, site: RenderedSite) -> dict[str, Any]:
    environment = {"READY_FILE": READY_FILE, **platform.variables(), **spec.variables(site)}
    kind = "packages" if spec.packages else "services"
    usual = spec.image or f"${{IMAGE_{kind.upper()}:-ringmaster-{kind}:latest}}"
    return {
        "image": f"${{IMAGE_{_variable(spec.name)}:-{usual}}}",
        **_command(spec),
        "environment": {name: str(value) for name, value in sorted(environment.items())},
        **restricted(spec.resources, init=True),
        "user": f"{WITHOUT_RIGHTS}:{WITHOUT_RIGHTS}",
        "ports": [f"{LOOPBACK}:{site.port(port)}:{site.port(port)}" for port in spec.ports],
        "volumes": [f"{name}:{VOLUMES / name}" for name in sorted(site.volumes)],
        "depends_on": {host_name(name): {"condition": "service_healthy"} for name in spec.after},
        **_healthcheck(spec, site),
    }


def _command(spec: ServiceSpec) -> dict[str, Any]:
    if spec.image:
        return {}
    return {"command": ["python3", "-m", spec.runs.name] if isinstance(spec.runs, PythonModule) else list(spec.runs.command)}


def _healthcheck(spec: ServiceSpec, site: RenderedSite) -> dict[str, Any]:
    if spec.image:
        # nobody knows what is in it to look with
        return {}
    ready = ["test", "-e", READY_FILE]
    if spec.ready_port is not None:
        connect = f"import socket; socket.create_connection(('{LOOPBACK}', {site.port(spec.ready_port)}), 2).close()"
        ready = ["python3", "-c", connect]
    return {"healthcheck": {"test": ["CMD", *ready], "interval": "30s", "timeout": "5s", "start_period": "60s", "start_interval": "1s"}}


def _variable(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "_", name.upper())
