"""Runs the backend: `python -m environments.platforms.tracebloc.backend`, configured by environment variables."""

import gc
import logging
import threading

from tenacity import Retrying, retry_if_exception_type, sleep_using_event, stop_after_delay, stop_any, stop_when_event_set
from tenacity.wait import wait_exponential

from environments.platforms.tracebloc.backend.application import create_app, create_backend
from environments.platforms.tracebloc.backend.experiments.results import consumers
from environments.platforms.tracebloc.backend.housekeeping import keep_house
from environments.platforms.tracebloc.backend.requests.context import Backend
from environments.platforms.tracebloc.backend.settings import Settings
from environments.platforms.tracebloc.backend.storage.database import DatabaseUnavailable
from environments.platforms.tracebloc.backend.training import cycles
from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.common.http_server import serving
from environments.platforms.tracebloc.messaging.queues import QueueConsumer, QueueUnavailable
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on
from environments.reference_services.settings import read_settings

LONGEST_START = 30.0


def main() -> None:
    """Serve until SIGTERM; exit code 1 when the port is taken or the Service Bus does not come up in time."""
    log = service.begin("backend")
    settings = read_settings(Settings)
    backend = create_backend(settings)
    try:
        _wait_for_database(backend, log)
        # before the consumers, so that a second backend started by mistake takes no messages
        with serving(create_app(backend), settings.http_host, settings.http_port):
            receiving = start_consumers(backend)
            keep_house(backend)
            service.ready()
            log.info("serving on %s:%s", settings.http_host, settings.http_port)
            service.stopping.wait()
            stop_together(receiving)
    except (OSError, QueueUnavailable, DatabaseUnavailable) as error:
        log.error("cannot serve on %s:%s: %s", settings.http_host, settings.http_port, error)
        raise SystemExit(1) from error
    backend.dispatch.close()
    backend.database.close()
    log.info("ended")
    # spares the interpreter half a second of collecting garbage on its way out
    gc.freeze()


def _wait_for_database(backend: Backend, log: logging.Logger) -> None:
    """Make the tables once the database answers; raises DatabaseUnavailable."""
    retrying = Retrying(
        retry=retry_if_exception_type(DatabaseUnavailable),
        wait=wait_exponential(multiplier=0.1, max=1),
        stop=stop_any(stop_after_delay(LONGEST_START), stop_when_event_set(service.stopping)),
        sleep=sleep_using_event(service.stopping),
        before_sleep=lambda state: log.info("waiting for the database") if state.attempt_number == 1 else None,
        reraise=True,
    )
    retrying(backend.database.create_tables)


def start_consumers(backend: Backend) -> list[QueueConsumer]:
    """Receive from the backend's queues; raises QueueUnavailable."""
    if is_on(ExperimentSabotage.RESTART_STOPS_RUNNING_EXPERIMENTS):
        with backend.database.write() as session:
            cycles.stop_everything(session)
    if is_on(ExperimentSabotage.KEPT_WORK_FORGOTTEN_IN_A_RESTART):
        backend.dispatch.lose_everything()
    receiving = consumers(backend)
    for consumer in receiving:
        consumer.start()
    if not all(consumer.wait_until_receiving(LONGEST_START) for consumer in receiving):
        raise QueueUnavailable(f"the Service Bus did not come up within {LONGEST_START} s")
    return receiving


def stop_together(receiving: list[QueueConsumer]) -> None:
    """Stop consumers at the same time, since each needs a moment."""
    stopping = [threading.Thread(target=consumer.stop) for consumer in receiving]
    for thread in stopping:
        thread.start()
    for thread in stopping:
        thread.join()


if __name__ == "__main__":
    main()
