"""Runs the metrics engine: `python -m environments.platforms.observatory.metrics_engine`."""

import os
import signal
import threading
from pathlib import Path

from environments.platforms.observatory import broker
from environments.platforms.observatory.log_lines import begin_log
from environments.platforms.observatory.metrics_engine.counting import Counting
from environments.platforms.observatory.metrics_engine.settings import Settings
from environments.platforms.observatory.queues import JOBS_COMPLETED
from environments.reference_services.settings import read_settings


def main() -> None:
    """Count until SIGTERM; a broker that is away is waited for."""
    settings = read_settings(Settings)
    log = begin_log("metrics-engine")
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    counting = Counting(settings, stopping)

    def ready() -> None:
        log.info("waiting for events")
        if path := os.environ.get("READY_FILE"):
            Path(path).touch()

    broker.consume_until_stopped(settings.rabbitmq_url.get_secret_value(), JOBS_COMPLETED, counting.take, ready, stopping, log)


if __name__ == "__main__":
    main()
