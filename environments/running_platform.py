"""A platform while it runs on a substrate: what can be said of it, what has to stay secret, and how it is repaired."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from environments.platform import Platform
    from environments.substrate import Substrate


class RunningPlatform:
    """For platforms that have nothing special to say; others have a subclass. Every method may raise SubstrateError."""

    def __init__(self, platform: "Platform", substrate: "Substrate") -> None:
        self.platform = platform
        self.substrate = substrate

    def facts(self) -> Mapping[str, str]:
        """What the reports say about it, such as which of its parts are real."""
        return {}

    def observed(self) -> Mapping[str, Mapping[str, str]]:
        """Settings that no scenario sees, such as those of a queue: by what they are of, by name."""
        return {}

    def addresses(self) -> Mapping[str, str]:
        """How people reach it, without secrets."""
        return {spec.name: self.substrate.address(spec.name, port).url for spec in self.platform.services() for port in spec.ports}

    def known_secrets(self) -> Sequence[str]:
        """What must stand in no report."""
        of_services = (name for spec in (*self.platform.services(), *self.substrate.specs) for name in spec.secrets)
        names = sorted({*self.platform.secrets(), *of_services})
        return [self.substrate.secret(name) for name in names if self.substrate.access.to_secret(name)]

    def repair(self, deadline_seconds: float) -> str:
        """End faults that a killed scenario left in a service; what was repaired, or empty."""
        return ""
