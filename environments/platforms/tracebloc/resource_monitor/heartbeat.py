"""One heartbeat: what this machine's CPU and memory do now. Source: our choice (`POST /edge-device/heartbeat/`)."""

import logging

import httpx
import psutil

from environments.platforms.tracebloc.edge.login import EdgeSession, LoginRefused
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on
from environments.texts import shortened

log = logging.getLogger(__name__)


def begin_to_measure() -> None:
    """Set the point from which the first heartbeat's CPU use counts."""
    psutil.cpu_percent(interval=None)


def figures(interval_seconds: float) -> dict[str, float]:
    """CPU use in percent since the last call, the number of CPUs, and memory in bytes."""
    memory = psutil.virtual_memory()
    return {
        "cpu_percent": psutil.cpu_percent(interval=None) / (100 if is_on(EdgeSabotage.PROCESSOR_USE_AS_A_FRACTION) else 1),
        "cpu_count": psutil.cpu_count() or 1,
        "memory_used_bytes": memory.used,
        "memory_total_bytes": memory.total,
        "interval_seconds": 30.0 if is_on(EdgeSabotage.HEARTBEAT_TELLS_THE_USUAL_INTERVAL) else interval_seconds,
    }


def send_heartbeat(session: EdgeSession, interval_seconds: float) -> bool:
    """Whether the backend took a heartbeat; the reason is logged when it did not."""
    try:
        response = session.request("POST", "/edge-device/heartbeat/", json=figures(interval_seconds))
    except (httpx.HTTPError, LoginRefused) as error:
        log.warning("the heartbeat was not taken: %s: %s", type(error).__name__, error)
        return False
    if response.is_error:
        log.warning("the heartbeat was not taken: %d %s", response.status_code, shortened(response.text, 200))
    return response.is_success
