"""The log lines of the platform's services: they begin with the local time."""

import logging
import sys


def begin_log(name: str) -> logging.Logger:
    """Set up log lines on stderr; returns the service's logger."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    for chatty in ("httpx", "pymongo", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # what it tells with a trace, the service tells in a line
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    return logging.getLogger(name)
