"""What can be done to the service in a container, and how it is undone after a scenario that cannot do it itself."""

from collections.abc import Callable, Iterable
from functools import partial

from environments.compose.docker_containers import GRACE_SECONDS, PAUSED, Seen
from environments.compose.running import RunningServices
from environments.errors import SubstrateError

ASKED_TO_END = (0, -15, -9)
"""How a service ends that a scenario stopped or killed."""


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


def repair(containers: RunningServices, basic: Iterable[str], end_faults: Callable[[], str]) -> list[str]:
    """Resume what is frozen, start what is stopped and end other faults; returns what was repaired, or could not be, a line each.

    Args:
        containers: of the platform.
        basic: the services that others need to become ready: repaired first, faults inside them too.
        end_faults: ends the faults that are inside of services; returns what it ended, or an empty text.
    """
    resume, start = (partial(act, containers) for act in (_resume, _start))
    names = containers.services()
    acts: list[Callable[[], str]] = [partial(resume, name) for name in names]
    acts += [*(partial(start, name) for name in basic), end_faults, *(partial(start, name) for name in names)]
    return [line for act in acts if (line := _trying(act))]


def _trying(act: Callable[[], str]) -> str:
    try:
        return act()
    except SubstrateError as error:
        # the scenarios that need it will fail and say so
        return f"not everything could be repaired: {error}"


def _resume(containers: RunningServices, name: str) -> str:
    seen = _find(containers, name)
    if seen is None or seen.state != PAUSED:
        return ""
    containers.resume(name)
    return f"{name} was frozen and runs on"


def _start(containers: RunningServices, name: str) -> str:
    seen = _find(containers, name)
    if seen is None or not seen.ended or seen.exit_code not in ASKED_TO_END:
        return ""
    containers.start_again(name)
    return f"{name} was away and was started again"


def _find(containers: RunningServices, name: str) -> Seen | None:
    return next(iter(containers.seen(service=name)), None)
