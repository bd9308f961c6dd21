"""Runs the pods-monitor: `python -m environments.platforms.tracebloc.pods_monitor`."""

import logging
import queue
import threading

from environments.platforms.tracebloc import launchers
from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.edge.login import EdgeSession, log_in_or_exit
from environments.platforms.tracebloc.launchers.launcher import Launcher, LauncherUnavailable, Pod
from environments.platforms.tracebloc.pods_monitor.reports import PhaseChanges, report
from environments.platforms.tracebloc.pods_monitor.settings import Settings
from environments.reference_services.settings import read_settings

log = logging.getLogger("pods-monitor")

WATCH_SECONDS = 60.0
WAIT_FOR_LAUNCHER_SECONDS = 0.5


def main() -> None:
    """Watch and report until SIGTERM; a report in hand gets up to two seconds more."""
    settings = read_settings(Settings)
    service.begin("pods-monitor")
    try:
        launcher = launchers.create(settings)
    except launchers.UnknownLauncher as error:
        log.error("%s", error)
        raise SystemExit(2) from None
    session = log_in_or_exit(settings)
    # one watches while the other may wait for the backend, so that no change is missed in an outage
    changes: queue.SimpleQueue[Pod | None] = queue.SimpleQueue()
    threading.Thread(target=watch, args=(launcher, settings.client_id, changes), name="watch", daemon=True).start()
    reporting = threading.Thread(target=send, args=(session, changes), name="report", daemon=True)
    reporting.start()
    log.info("watching the pods of client %s", settings.client_id)
    service.ready()
    service.stopping.wait()
    changes.put(None)
    reporting.join(timeout=2)
    session.close()


def watch(launcher: Launcher, client_id: str, changes: queue.SimpleQueue[Pod | None]) -> None:
    """Put every phase change of this edge's training pods on `changes`, as long as the service runs."""
    seen = PhaseChanges()
    position = ""
    selector = {"tracebloc.io/client-id": client_id}
    while not service.stopping.is_set():
        try:
            answer = launcher.watch(selector, position, WATCH_SECONDS)
        except LauncherUnavailable as error:
            log.warning("%s", error)
            position = ""
            service.stopping.wait(WAIT_FOR_LAUNCHER_SECONDS)
            continue
        position = answer.position
        for pod in seen.new(answer.pods):
            changes.put(pod)


def send(session: EdgeSession, changes: queue.SimpleQueue[Pod | None]) -> None:
    """Report what is on `changes`, in order, until None comes."""
    while (pod := changes.get()) is not None:
        report(session, pod)


if __name__ == "__main__":
    main()
