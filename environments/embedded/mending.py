"""Puts the shared services right again after a scenario that cannot do it itself, since its process was killed. Source: our choice."""

import signal
from collections.abc import Callable
from functools import partial

from environments.embedded.ports import accepts
from environments.embedded.supervisor import Supervisor
from environments.platforms.tracebloc.services import CentralAddresses
from environments.processes.client import Process, ProcessesError
from environments.processes.process_table import row_of
from environments.substrate import SubstrateError

SERVICE_BUS = "service_bus"
ASKED_TO_END = (0, -signal.SIGTERM, -signal.SIGKILL)
"""How a service ends that a scenario stopped or killed; whichever ended otherwise died by itself, and is left to be told as dead."""


def put_right(supervisor: Supervisor, central: CentralAddresses, deadline_seconds: float) -> list[str]:
    """Resume what is frozen, end every fault of the Service Bus and start what is stopped; tells what was done, or could not be."""
    names = supervisor.services()
    resume, start = (partial(act, supervisor, deadline_seconds) for act in (_resume, _start))
    # the Service Bus first: others become ready only when they can use it
    acts = [*(partial(resume, name) for name in names), partial(start, SERVICE_BUS), partial(_end_bus_faults, central, deadline_seconds)]
    acts += [partial(start, name) for name in names]
    return [line for act in acts if (line := _trying(act))]


def _trying(act: Callable[[], str]) -> str:
    try:
        return act()
    except (SubstrateError, ProcessesError) as error:
        # the scenarios that need it will fail and tell
        return f"not everything could be put right: {error}"


def _resume(supervisor: Supervisor, deadline_seconds: float, name: str) -> str:
    process = supervisor.processes.find(name)
    if process is None or not _is_frozen(process):
        return ""
    supervisor.faults(name, deadline_seconds).resume()
    return f"{name} was frozen and runs on"


def _start(supervisor: Supervisor, deadline_seconds: float, name: str) -> str:
    process = supervisor.processes.find(name)
    if process is None or not process.ended or process.exit_code not in ASKED_TO_END:
        return ""
    supervisor.faults(name, deadline_seconds).start()
    return f"{name} was away and was started again"


def _is_frozen(process: Process) -> bool:
    row = row_of(process.pid)
    return row is not None and row.state == "T"


def _end_bus_faults(central: CentralAddresses, deadline_seconds: float) -> str:
    # imported here, since hardly any run comes to need it
    import httpx
    from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

    def is_shut() -> bool:
        return not accepts(central.service_bus_port)

    outage = is_shut()
    try:
        with httpx.Client(base_url=central.service_bus_control_url, timeout=deadline_seconds, trust_env=False) as control:
            faults = control.get("/state").raise_for_status().json()["faults"]
            control.delete("/faults").raise_for_status()
        Retrying(retry=retry_if_result(bool), stop=stop_after_delay(deadline_seconds), wait=wait_fixed(0.01))(is_shut)
    except (httpx.HTTPError, RetryError) as error:
        raise SubstrateError(f"the faults of the Service Bus could not be ended: {type(error).__name__}: {error}") from error
    on = [name for name, value in faults.items() if value] + (["outage"] if outage else [])
    return f"faults of the Service Bus were ended: {', '.join(on)}" if on else ""
