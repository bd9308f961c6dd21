"""tracebloc: federated machine learning on data that cannot move; its reference services, and where real parts are used.

Sources: tracebloc SDK 1.2.63, tracebloc-ingestor 0.8.94, tracebloc client chart 1.9.62; what is not public is our choice.
"""

from collections.abc import Sequence
from pathlib import Path

from environments.platform import Platform, Scene
from environments.services import ServiceSpec
from environments.substrate import Substrate


class Tracebloc(Platform):
    """See `environments.platform.Platform`."""

    name = "tracebloc"
    shared_services = ("backend", "service-bus", "object-store", "averaging-service")

    def services(self) -> Sequence[ServiceSpec]:
        """Its services, in the order in which they are best started."""
        raise NotImplementedError

    def new_scene(self, substrate: Substrate, folder: Path) -> Scene:
        """A scene for one scenario, whose evidence is kept in `folder`."""
        raise NotImplementedError


PLATFORM = Tracebloc
