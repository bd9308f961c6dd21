"""What every service of the reference platform does alike: log lines, readiness, an orderly end."""

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from environments.reference_services import jitter

stopping = threading.Event()


def begin(name: str) -> logging.Logger:
    """Set up log lines on stderr and turn SIGTERM and SIGINT into `stopping`; returns the service's logger."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    for chatty in ("azure", "httpx", "httpcore", "botocore", "boto3", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    stopping.clear()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if seed := jitter.seed():
        logging.getLogger(name).warning("messages and requests are delayed at random; the seed is %s", seed)
    return logging.getLogger(name)


def ready() -> None:
    """Tell whoever started this service that it can serve: create the file named by READY_FILE, if there is one."""
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()
