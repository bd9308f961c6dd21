"""What every service of the reference platform does alike: settings, log lines, readiness, an orderly end."""

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from environments import jitter

SettingsType = TypeVar("SettingsType", bound=BaseSettings)

stopping = threading.Event()


def read_settings(settings_class: type[SettingsType]) -> SettingsType:
    """Settings from the environment; a missing or wrong one ends the process with exit code 2 and one line that names it.

    Values are never printed, since any of them may be a secret.
    """
    try:
        return settings_class()
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors(include_input=False))
        sys.stderr.write(f"the environment does not fit this service: {problems}\n")
        raise SystemExit(2) from None


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
