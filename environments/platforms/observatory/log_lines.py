"""What every service of the platform does alike: its settings come from variables, its log lines begin with the local time."""

import logging
import sys
from typing import TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

SettingsType = TypeVar("SettingsType", bound=BaseSettings)


def read_settings(settings_class: type[SettingsType]) -> SettingsType:
    """Settings from the environment; a missing or wrong one ends the process with exit code 2 and one line that names it."""
    try:
        return settings_class()
    except ValidationError as error:
        # no value is printed, since any of them may be a secret
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors(include_input=False))
        sys.stderr.write(f"the environment does not fit this service: {problems}\n")
        raise SystemExit(2) from None


def begin_log(name: str) -> logging.Logger:
    """Set up log lines on stderr; returns the service's logger."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    for chatty in ("httpx", "pymongo", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # what it tells with a trace, the service tells in a line
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    return logging.getLogger(name)
