"""Makes processes of services: their environment, the layer that they stand on, and how they are known to be ready."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from environments.descriptions import A_PROCESS, NO_IMAGE, Description, description_of
from environments.embedded.site import ServiceSite, Sites
from environments.embedded.supervisor import Service
from environments.platform import Platform
from environments.processes.variables import basic_environment
from environments.services import ServiceSpec


@dataclass(frozen=True)
class ServiceMaker:
    """What all services of a run have in common."""

    platform: Platform
    specs: Sequence[ServiceSpec]
    """The platform's own services."""
    state: Path
    deadline_factor: float

    def service(self, spec: ServiceSpec, sites: Sites, group: str | None) -> Service:
        """A service of the platform, or of a group."""
        folders = {"HOME": str(self.state), "TMPDIR": str(self.state / "tmp")}
        site = ServiceSite(spec, sites)
        return Service(
            name=f"{spec.name}-{group}" if group else spec.name,
            environment={**basic_environment(), **folders, **self.platform.variables(), **spec.variables(site)},
            runs=spec.runs,
            layer=self._layer(spec) if group is None else len(self.specs),
            ready_port=site.port(spec.ready_port) if spec.ready_port else None,
            ready_seconds=spec.ready_seconds * self.deadline_factor,
            group=group,
        )

    def described(self, spec: ServiceSpec, sites: Sites) -> Description:
        """What a service of the platform runs as."""
        return description_of(self.platform, spec, ServiceSite(spec, sites), image=NO_IMAGE, held_to=A_PROCESS, limits={})

    def _layer(self, spec: ServiceSpec) -> int:
        by_name = {each.name: each for each in self.specs}
        return max((self._layer(by_name[name]) + 1 for name in spec.after), default=0)
