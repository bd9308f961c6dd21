"""The services of a run as faults and repairs know them: containers of Docker and pods of a cluster alike."""

from typing import Protocol

from environments.compose.docker_containers import Seen


class RunningServices(Protocol):
    """See `environments.compose.containers.Containers`, which says more about each method."""

    def services(self) -> list[str]:
        """The names of the services in the order they were started."""
        ...

    def seen(self, **labels: str) -> list[Seen]:
        """Those that carry these labels, ended ones included."""
        ...

    def end(self, name: str, grace_seconds: int) -> None:
        """End a service as a fault."""
        ...

    def start_again(self, name: str) -> None:
        """Start an ended service as it was."""
        ...

    def pause(self, name: str) -> None:
        """Freeze a service."""
        ...

    def resume(self, name: str) -> None:
        """Let a frozen service run on."""
        ...
