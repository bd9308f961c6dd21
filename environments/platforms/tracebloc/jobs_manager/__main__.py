"""Runs the jobs-manager: `python -m environments.platforms.tracebloc.jobs_manager`."""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tenacity import Retrying, sleep_using_event, stop_after_delay, stop_any, stop_when_event_set
from tenacity.wait import wait_exponential

from environments.platforms.tracebloc import launchers
from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.edge.login import PATIENCE_SECONDS, EdgeSession, log_in_or_exit
from environments.platforms.tracebloc.jobs_manager.experiments import has_ended
from environments.platforms.tracebloc.jobs_manager.ingestion import IngestionRuns
from environments.platforms.tracebloc.jobs_manager.manifests import resources
from environments.platforms.tracebloc.jobs_manager.settings import Settings
from environments.platforms.tracebloc.jobs_manager.work import WorkStarter
from environments.platforms.tracebloc.messaging.messages import experiments_queue
from environments.platforms.tracebloc.messaging.queues import QueueConsumer
from environments.reference_services.settings import read_settings


def main() -> None:
    """Serve until SIGTERM. The port opens once the backend and the database have answered, as the chart promises."""
    settings = read_settings(Settings)
    log = service.begin("jobs-manager")
    try:
        launcher = launchers.create(settings)
        resources(settings.resource_requests, settings.resource_limits, settings.gpu_limits)
    except ValueError as error:
        log.error("%s", error)
        raise SystemExit(2) from None
    from environments.platforms.tracebloc.common.http_server import serving
    from environments.platforms.tracebloc.jobs_manager.api import application

    with ThreadPoolExecutor(1) as pool:
        database = pool.submit(wait_for_database, settings, log)
        session = log_in_or_exit(settings)
        starter = WorkStarter(settings, launcher, partial(has_ended, session))
        consumer = _consumer(settings, session, starter)
        # ingestion needs no queue: whoever waits for the port need not wait for the link (0.4 s) as well
        consumer.start()
        database.result()
    runs = IngestionRuns(settings, launcher, session.fresh_token)
    with serving(application(runs, settings.ingestion_token), settings.http_host, settings.http_port):
        log.info("client %s is connected: working off the queue, ingestion by %s", settings.client_id, settings.ingestor)
        service.ready()
        service.stopping.wait()
    consumer.stop()
    session.close()


def wait_for_database(settings: Settings, log: logging.Logger) -> None:
    """Return when the edge's database takes connections; one that does not within 30 s ends the process with exit code 1."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import OperationalError

    engine = create_engine(settings.database_url.get_secret_value())
    retrying = Retrying(
        wait=wait_exponential(multiplier=0.05, max=1),
        stop=stop_any(stop_after_delay(PATIENCE_SECONDS), stop_when_event_set(service.stopping)),
        sleep=sleep_using_event(service.stopping),
        reraise=True,
    )
    try:
        retrying(lambda: engine.connect().close())
    except OperationalError as error:
        log.error("the database cannot be reached: %s", type(error.orig).__name__)
        raise SystemExit(1) from None
    finally:
        engine.dispose()


def _consumer(settings: Settings, session: EdgeSession, starter: WorkStarter) -> QueueConsumer:
    connection_string = session.login().experiments_queue_conn_str.get_secret_value()
    return QueueConsumer(connection_string, experiments_queue(settings.client_id), starter)


if __name__ == "__main__":
    main()
