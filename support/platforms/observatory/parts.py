"""Parts of the platform as sentences call them, and what can be done to them."""

from environments.substrate import Faults
from support.platforms.observatory.scene import Scene

SERVERS = {"broker": "rabbitmq", "store": "postgresql", "cache": "redis"}


def service(part: str) -> str:
    """The service that a part is."""
    return SERVERS.get(part, part.replace(" ", "_"))


def faults(scene: Scene, part: str) -> Faults:
    """What can be done to a part; it is undone at the end of the scenario."""
    return scene.faults(service(part))


def bring_back(scene: Scene, part: str) -> None:
    """Let a part run on, or start it again as it was. Raises SubstrateError."""
    found = scene.substrate.faults(service(part))
    found.start()
    found.resume()
