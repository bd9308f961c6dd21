"""The smallest platform: one service, and nothing that could be asked of it."""

from collections.abc import Sequence
from pathlib import Path

from environments.platform import Platform, Scene
from environments.services import PythonModule, ServiceSpec
from environments.substrate import Substrate


class Shop(Platform):
    """A till."""

    name = "shop"

    def services(self) -> Sequence[ServiceSpec]:
        """It alone."""
        return [ServiceSpec("till", PythonModule("till"), lambda _site: {})]

    def new_scene(self, substrate: Substrate, folder: Path) -> Scene:
        """No scenario runs on it."""
        raise NotImplementedError
