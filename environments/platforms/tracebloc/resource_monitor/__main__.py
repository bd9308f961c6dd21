"""Runs the resource-monitor: `python -m environments.platforms.tracebloc.resource_monitor`."""

from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.edge.login import log_in_or_exit
from environments.platforms.tracebloc.resource_monitor.heartbeat import begin_to_measure, send_heartbeat
from environments.platforms.tracebloc.resource_monitor.settings import Settings
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on
from environments.reference_services.settings import read_settings

TRY_AGAIN_SECONDS = 1.0


def main() -> None:
    """Send a heartbeat at once and then at every interval until SIGTERM; after a failed one, try again sooner."""
    settings = read_settings(Settings)
    log = service.begin("resource-monitor")
    begin_to_measure()
    session = log_in_or_exit(settings)
    interval = settings.monitor_interval_seconds
    taken_before = False
    while not service.stopping.is_set():
        taken = send_heartbeat(session, interval)
        if taken and not taken_before:
            log.info("the backend takes this client's heartbeats, one every %g s", interval)
            service.ready()
        taken_before = taken
        if not taken and is_on(EdgeSabotage.HEARTBEAT_GIVEN_UP):
            service.stopping.wait()
        service.stopping.wait(interval if taken else min(interval, TRY_AGAIN_SECONDS))
    session.close()


if __name__ == "__main__":
    main()
