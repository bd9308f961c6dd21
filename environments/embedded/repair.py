"""Repairs the shared services after a scenario that cannot do it itself, since its process was killed. Source: our choice."""

import signal
from collections.abc import Callable, Iterable
from functools import partial

from environments.embedded.supervisor import Supervisor
from environments.errors import SubstrateError
from environments.processes.client import Process, ProcessesError
from environments.processes.process_table import row_of

ASKED_TO_END = (0, -signal.SIGTERM, -signal.SIGKILL)
"""How a service ends that a scenario stopped or killed; whichever ended otherwise died by itself, and is left to be reported as dead."""


def repair(supervisor: Supervisor, basic: Iterable[str], end_faults: Callable[[], str]) -> list[str]:
    """Resume what is frozen, start what is stopped and end other faults; returns what was repaired, or could not be, a line each.

    Args:
        supervisor: of the services.
        basic: the services that others need to become ready: repaired first, faults inside them too.
        end_faults: ends the faults that are inside of services; returns what it ended, or an empty text.
    """
    names = supervisor.services()
    resume, start = (partial(act, supervisor) for act in (_resume, _start))
    acts: list[Callable[[], str]] = [partial(resume, name) for name in names]
    acts += [*(partial(start, name) for name in basic), end_faults, *(partial(start, name) for name in names)]
    return [line for act in acts if (line := _trying(act))]


def _trying(act: Callable[[], str]) -> str:
    try:
        return act()
    except (SubstrateError, ProcessesError) as error:
        # the scenarios that need it will fail and say so
        return f"not everything could be repaired: {error}"


def _resume(supervisor: Supervisor, name: str) -> str:
    process = supervisor.processes.find(name)
    if process is None or not _is_frozen(process):
        return ""
    supervisor.faults(name).resume()
    return f"{name} was frozen and runs on"


def _start(supervisor: Supervisor, name: str) -> str:
    process = supervisor.processes.find(name)
    if process is None or not process.ended or process.exit_code not in ASKED_TO_END:
        return ""
    supervisor.faults(name).start()
    return f"{name} was away and was started again"


def _is_frozen(process: Process) -> bool:
    row = row_of(process.pid)
    return row is not None and row.state == "T"
