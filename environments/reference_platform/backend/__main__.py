"""Runs the backend: `python -m environments.reference_platform.backend`, configured by environment variables."""

import gc
import threading

from environments.reference_platform import service
from environments.reference_platform.backend.application import create_app, create_backend
from environments.reference_platform.backend.results import consumers
from environments.reference_platform.backend.server import Server
from environments.reference_platform.backend.settings import Settings
from environments.reference_platform.queues import QueueConsumer, QueueUnavailable

LONGEST_START = 30.0


def main() -> None:
    """Serve until SIGTERM; exit code 1 when the port is taken or the Service Bus does not come up in time."""
    log = service.begin("backend")
    settings = service.read_settings(Settings)
    backend = create_backend(settings)
    receiving = consumers(backend)
    for consumer in receiving:
        consumer.start()
    server = Server(create_app(backend), settings.http_host, settings.http_port)
    if not server.start(LONGEST_START) or not all(consumer.wait_until_receiving(LONGEST_START) for consumer in receiving):
        log.error("not ready within %s s: is the Service Bus up, and port %s free?", LONGEST_START, settings.http_port)
        raise SystemExit(1)
    try:
        backend.dispatch.send()
    except QueueUnavailable as error:
        log.warning("work noted before this start is not sent yet: %s", error)
    service.ready()
    log.info("serving on %s:%s", settings.http_host, settings.http_port)
    service.stopping.wait()
    stop_together(receiving)
    server.stop()
    backend.dispatch.close()
    backend.database.close()
    log.info("ended")
    # spares the interpreter half a second of collecting garbage on its way out
    gc.freeze()


def stop_together(receiving: list[QueueConsumer]) -> None:
    """Stop consumers at the same time, since each may need a moment."""
    stopping = [threading.Thread(target=consumer.stop) for consumer in receiving]
    for thread in stopping:
        thread.start()
    for thread in stopping:
        thread.join()


if __name__ == "__main__":
    main()
