"""The services of a run as faults, repairs and groups know them: containers of Docker and pods of a cluster alike."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from environments.compose.containers import Seen
from environments.errors import ServiceDied


class RunningServices(Protocol):
    """See `environments.compose.containers.Containers`, which says more about each method."""

    logs_folder: Path

    def services(self) -> list[str]:
        """The names of the services in the order they were started."""
        ...

    def seen(self, **labels: str) -> list[Seen]:
        """Those that carry these labels, ended ones included."""
        ...

    def wait_until_ready(self, services: Sequence[Any]) -> None:
        """Return when all are ready."""
        ...

    def deaths(self) -> list[ServiceDied]:
        """The services that ended without being told to."""
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

    def remove(self, services: Sequence[Any]) -> None:
        """Kill services and remove what they run in."""
        ...
