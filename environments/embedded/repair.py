"""Repairs the shared services after a scenario that cannot do it itself, since its process was killed. Source: our choice."""

import signal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from environments.errors import SubstrateError
from environments.processes.client import ProcessesError
from environments.substrate import Faults

ASKED_TO_END = (0, -signal.SIGTERM, -signal.SIGKILL)
"""How a service ends that a scenario stopped or killed; whichever ended otherwise died by itself, and is left to be reported as dead."""


@dataclass(frozen=True)
class ServiceState:
    """How a service is found, whatever runs it."""

    frozen: bool = False
    exit_code: int | None = None
    """None: it runs, or was never there."""


@dataclass(frozen=True)
class Repairable:
    """The services that run on a substrate, as repairs know them."""

    names: Sequence[str]
    state_of: Callable[[str], ServiceState]
    faults: Callable[[str], Faults]


def repair(services: Repairable, basic: Iterable[str], end_faults: Callable[[], str]) -> list[str]:
    """Resume what is frozen, start what is stopped and end other faults; returns what was repaired, or could not be, a line each.

    Args:
        services: all that run.
        basic: the services that others need to become ready: repaired first, faults inside them too.
        end_faults: ends the faults that are inside of services; returns what it ended, or an empty text.
    """
    resume, start = (partial(act, services) for act in (_resume, _start))
    acts: list[Callable[[], str]] = [partial(resume, name) for name in services.names]
    acts += [*(partial(start, name) for name in basic), end_faults, *(partial(start, name) for name in services.names)]
    return [line for act in acts if (line := _trying(act))]


def _trying(act: Callable[[], str]) -> str:
    try:
        return act()
    except (SubstrateError, ProcessesError) as error:
        # the scenarios that need it will fail and say so
        return f"not everything could be repaired: {error}"


def _resume(services: Repairable, name: str) -> str:
    if not services.state_of(name).frozen:
        return ""
    services.faults(name).resume()
    return f"{name} was frozen and runs again"


def _start(services: Repairable, name: str) -> str:
    if services.state_of(name).exit_code not in ASKED_TO_END:
        return ""
    services.faults(name).start()
    return f"{name} was down and was started again"
