"""Runs the processor: `python -m environments.platforms.observatory.processor`."""

import signal
import threading

from prometheus_client import start_http_server

from environments.platforms.observatory import broker
from environments.platforms.observatory.log_lines import begin_log
from environments.platforms.observatory.processor.settings import Settings
from environments.platforms.observatory.processor.work import Worker
from environments.platforms.observatory.queues import JOBS_CREATED
from environments.reference_services.settings import read_settings


def main() -> None:
    """Do jobs until SIGTERM; a broker that is away is waited for."""
    settings = read_settings(Settings)
    log = begin_log("processor")
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    worker = Worker(settings, stopping)
    started = threading.Event()

    def ready() -> None:
        log.info("waiting for jobs")
        if not started.is_set():
            start_http_server(settings.port, settings.host, worker.registry)
            started.set()

    broker.consume_until_stopped(settings.rabbitmq_url.get_secret_value(), JOBS_CREATED, worker.take, ready, stopping, log)


if __name__ == "__main__":
    main()
