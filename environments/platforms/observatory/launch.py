"""Starts one of the project's own services: once what it stands on takes connections, since it would wait in steps of five seconds.

`python -m environments.platforms.observatory.launch [--consumes QUEUE] COMMAND...`; a service that listens on no port of ours is ready once
somebody consumes its queue.
"""

import os
import signal
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tenacity import Retrying, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from environments.processes.kernel import be_told_of_parents_end

STANDS_ON = ("RABBITMQ_URL", "POSTGRES_URL", "REDIS_URL", "MONGO_URL")
CONSUMES = "--consumes"
LOOK_SECONDS, LONGEST_SECONDS = 0.1, 60.0


def address_of(url: str) -> tuple[str, int]:
    """Host and port of a URL, or of a plain HOST:PORT."""
    parts = urlsplit(url if "://" in url else f"//{url}")
    return parts.hostname or "127.0.0.1", parts.port or 0


def main() -> None:
    """Wait, then become the command."""
    arguments = sys.argv[1:]
    for name in STANDS_ON:
        if url := os.environ.get(name):
            _wait_for(*address_of(url))
    if arguments[:1] == [CONSUMES]:
        queue, arguments = arguments[1], arguments[2:]
        if os.fork() == 0:
            be_told_of_parents_end(signal.SIGKILL)
            _tell_once_consumed(os.environ["RABBITMQ_URL"], queue)
            return
    os.execvp(arguments[0], arguments)  # noqa: S606 - the user's own command


def _wait_for(host: str, port: int) -> None:
    def connect() -> None:
        socket.create_connection((host, port), timeout=LOOK_SECONDS).close()

    Retrying(
        retry=retry_if_exception_type(OSError),
        wait=wait_fixed(LOOK_SECONDS),
        stop=stop_after_delay(LONGEST_SECONDS),
        # whoever is still away then is told of by the service itself
        retry_error_callback=lambda _state: None,
    )(connect)


def _tell_once_consumed(url: str, queue: str) -> None:
    import pika
    from pika.exceptions import AMQPError

    def consumers() -> int:
        try:
            with pika.BlockingConnection(pika.URLParameters(url)) as connection:
                return int(connection.channel().queue_declare(queue, passive=True).method.consumer_count)
        except AMQPError:
            # the queue is not there yet
            return 0

    Retrying(retry=retry_if_result(lambda found: not found), wait=wait_fixed(LOOK_SECONDS), stop=stop_after_delay(LONGEST_SECONDS))(
        consumers
    )
    Path(os.environ["READY_FILE"]).touch()


if __name__ == "__main__":
    main()
