"""What the backend does without being asked: it closes rounds whose time is up, and sends what could not be sent before."""

import logging
import threading
import time

from environments.platforms.tracebloc.backend.requests.context import Backend
from environments.platforms.tracebloc.backend.storage.database import DatabaseUnavailable
from environments.platforms.tracebloc.backend.training import cycles
from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on

log = logging.getLogger(__name__)

BETWEEN_LOOKS_SECONDS = 0.25


def keep_house(backend: Backend) -> None:
    """Look after everything, again and again, in the background until the backend ends."""

    def look_after() -> None:
        away = False
        while not service.stopping.wait(BETWEEN_LOOKS_SECONDS):
            try:
                tidy_up(backend)
                away = False
            except DatabaseUnavailable as error:
                if not away:
                    log.warning("the housekeeping waits: %s", error)
                away = True
            except Exception:
                # whatever it was: a housekeeping that ends in silence is worse than one that tries again
                log.exception("the housekeeping failed and goes on")

    threading.Thread(target=look_after, name="housekeeping", daemon=True).start()


def tidy_up(backend: Backend) -> None:
    """Look after everything once."""
    if not is_on(ExperimentSabotage.ROUND_NEVER_CLOSES_WITHOUT_STRAGGLER):
        _close_rounds(backend)
    backend.dispatch.send_or_keep()


def _close_rounds(backend: Backend) -> None:
    with backend.database.read() as session:
        keys = cycles.overdue(session, time.time())
    for key in keys:
        with backend.database.write() as session:
            experiment = cycles.locked(session, key)
            if experiment is None:
                continue
            cycles.close_round(session, experiment)
        backend.dispatch.send_or_keep(experiment.id)
