"""How services of platforms read their settings."""

import sys
from typing import TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

SettingsType = TypeVar("SettingsType", bound=BaseSettings)


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
