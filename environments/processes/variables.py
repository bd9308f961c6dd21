"""What a process that we start may see of this one's environment."""

import os
from pathlib import Path

from environments.network import reaching

RUN_VARIABLE = "RINGMASTER_RUN"
"""Marks every process of a run in /proc/<pid>/environ, so that one that escaped can still be told from a stranger."""
PROJECT_FOLDER = Path(__file__).resolve().parents[2]

# what Python and the C libraries need; anything more could be a secret, and /proc/<pid>/environ of every process shows it
HANDED_ON = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV")


def basic_environment() -> dict[str, str]:
    """The part of this process's environment that any process we start may see; PYTHONPATH finds this project."""
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    search_path = [str(PROJECT_FOLDER), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return environment | reaching.handed_on() | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(search_path)), "PYTHONUNBUFFERED": "1"}
