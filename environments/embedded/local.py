"""What all substrates have in common that start a platform on this machine: embedded, compose, kind."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from environments.embedded.node import Node
from environments.embedded.site import Sites
from environments.errors import SubstrateError
from environments.services import HTTP, Address
from environments.substrate import Substrate

AnySites = TypeVar("AnySites", bound=Sites)
PartT = TypeVar("PartT")


class LocalSubstrate(Substrate, Generic[AnySites]):
    """Knows where scenarios reach services, find volumes, get secrets and start what runs beside, while the platform runs."""

    _sites: AnySites | None = None
    _beside: Node | None = None
    """Forks what is started beside the platform; None where the platform has no pods, and so nothing to load ahead."""

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where scenarios reach a service of the platform."""
        return self._known_sites().address(service, port)

    def volume(self, name: str) -> Path:
        """Where scenarios find a volume of the platform."""
        return self._known_sites().volume(name)

    def secret(self, name: str) -> str:
        """A secret of the platform; whoever asks keeps it out of every log."""
        return self._known_sites().secret(name)

    def start_beside(self, module: str, arguments: Sequence[str], variables: Mapping[str, str], folder: Path) -> None:
        """Start a Python module on this machine, forked from a process that has loaded its libraries; see `Substrate.start_beside`."""
        self._known_sites()
        if self._beside is None:
            super().start_beside(module, arguments, variables, folder)
        else:
            self._beside.start_beside(module, arguments, variables, folder)

    def _known_sites(self) -> AnySites:
        return while_running(self._sites)


def while_running(part: PartT | None) -> PartT:
    """A part of a platform that is there only while it runs; raises SubstrateError before and after."""
    if part is None:
        raise SubstrateError("the platform does not run: start it first")
    return part
