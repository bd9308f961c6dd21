"""What all substrates have in common that place a platform's services themselves: embedded, compose, kind."""

from pathlib import Path
from typing import Generic, TypeVar

from environments.embedded.site import Sites
from environments.errors import SubstrateError
from environments.services import HTTP, Address
from environments.substrate import Substrate

AnySites = TypeVar("AnySites", bound=Sites)


class SitedSubstrate(Substrate, Generic[AnySites]):
    """Knows where scenarios reach services, find volumes and get secrets, while the platform runs."""

    _sites: AnySites | None = None

    def address(self, service: str, port: str = HTTP) -> Address:
        """Where scenarios reach a service of the platform."""
        return self._known_sites().address(service, port)

    def volume(self, name: str) -> Path:
        """Where scenarios find a volume of the platform."""
        return self._known_sites().volume(name)

    def secret(self, name: str) -> str:
        """A secret of the platform; whoever asks keeps it out of every log."""
        return self._known_sites().secret(name)

    def _known_sites(self) -> AnySites:
        if self._sites is None:
            raise SubstrateError("the platform does not run: start it first")
        return self._sites
