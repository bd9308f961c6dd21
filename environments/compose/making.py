"""Makes containers of services: what each may see and reach, by what its description asks for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from environments.compose.containers import Service, labels_of
from environments.compose.images import Images
from environments.compose.network import Network
from environments.compose.node import NODE, Node
from environments.compose.ownership import Owner
from environments.compose.rendering import Container
from environments.compose.site import ContainerSite, ContainerSites
from environments.descriptions import LITTLE_POWER, Description, description_of, limits_of
from environments.errors import SubstrateError
from environments.platform import Platform
from environments.services import ServiceSpec

BASIC_VARIABLES = {"HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8"}  # noqa: S108 - the container's own


@dataclass(frozen=True)
class ServiceMaker:
    """What all services of a run have in common."""

    platform: Platform
    marks: Mapping[str, str]
    """The labels of all that the run makes."""
    state: Path
    images: Images
    network: Network
    owner: Owner
    deadline_factor: float

    def service(self, spec: ServiceSpec, sites: ContainerSites, group: str | None) -> Service:
        """A service of the platform, or of a group."""
        name = f"{spec.name}-{group}" if group else spec.name
        ready = self.owner.make_folder(self.state / "ready" / name)
        site = ContainerSite(spec, sites, self.network)
        variables = {"READY_FILE": str(ready / "ready"), **self.platform.variables(), **spec.variables(site)}
        ports = tuple(site.port(port) for port in spec.ports)
        as_file = self._environment_file if spec.image else self._variables_file
        container = Container(
            name=name,
            image=self.images.of(spec),
            runs=None if spec.image else spec.runs,
            user=str(self.owner),
            variables_file=as_file(name, variables),
            labels=labels_of(self.marks, name, group),
            resources=spec.resources,
            address=self.network.address_of(ports[0]) if ports else None,
            ports=ports,
            mounts=frozenset({ready, *(self.owner.make_shared_folder(path) for path in site.mounts)}),
            ready_command=("test", "-e", str(ready / "ready")) if spec.ready_port is None and not spec.image else (),
        )
        ready_port = site.port(spec.ready_port) if spec.ready_port else None
        return Service(container, None if spec.image else ready / "ready", ready_port, spec.ready_seconds * self.deadline_factor)

    def described(self, spec: ServiceSpec, sites: ContainerSites) -> Description:
        """What a service of the platform runs as."""
        site = ContainerSite(spec, sites, self.network)
        return description_of(self.platform, spec, site, image=self.images.of(spec), held_to=LITTLE_POWER, limits=limits_of(spec.resources))

    def node(self, node: Node, memory_mebibytes: int) -> Service:
        """The node, which runs the pods."""
        file = self._variables_file(NODE, node.variables)
        return node.service(self.images, file, self.state / "groups", labels_of(self.marks, NODE, None), memory_mebibytes)

    def _environment_file(self, name: str, variables: Mapping[str, str]) -> Path:
        """As compose reads it; raises SubstrateError for what cannot stand there."""
        given = {**BASIC_VARIABLES, **variables}
        for variable, value in given.items():
            if "'" in value or "\n" in value:
                raise SubstrateError(
                    f"{name}: the variable {variable} has a quote or a new line in it, which no file for an image can have"
                )
        return self.owner.write(self.state / "variables" / f"{name}.env", "".join(f"{known}='{given[known]}'\n" for known in given))

    def _variables_file(self, name: str, variables: Mapping[str, str]) -> Path:
        return self.owner.write(self.state / "variables" / f"{name}.json", json.dumps({**BASIC_VARIABLES, **variables}))
