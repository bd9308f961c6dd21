"""What can be done to the service in a container, and how it is found when it has to be repaired."""

from functools import partial

from environments.compose.docker_containers import PAUSED
from environments.compose.rendering import GRACE_SECONDS
from environments.compose.running import RunningServices
from environments.embedded.repair import Repairable, ServiceState


class ContainerFaults:
    """What can be done to one service (see `environments.substrate.Faults`)."""

    def __init__(self, containers: RunningServices, service: str) -> None:
        self._containers = containers
        self._service = service

    def stop(self) -> None:
        """End it in order (SIGTERM; SIGKILL after 3 s)."""
        self._containers.end(self._service, GRACE_SECONDS)

    def kill(self) -> None:
        """End it without warning (SIGKILL)."""
        self._containers.end(self._service, 0)

    def start(self) -> None:
        """Start it again, as it was, and wait until it is ready; nothing happens when it runs."""
        self._containers.start_again(self._service)

    def pause(self) -> None:
        """Freeze it: its port stays open and nothing answers."""
        self._containers.pause(self._service)

    def resume(self) -> None:
        """Let it run on."""
        self._containers.resume(self._service)


def repairable(containers: RunningServices) -> Repairable:
    """The services as repairs know them."""
    return Repairable(containers.services(), partial(_state_of, containers), partial(ContainerFaults, containers))


def _state_of(containers: RunningServices, name: str) -> ServiceState:
    seen = next(iter(containers.seen(service=name)), None)
    if seen is None:
        return ServiceState()
    return ServiceState(seen.state == PAUSED, seen.exit_code if seen.ended else None)
