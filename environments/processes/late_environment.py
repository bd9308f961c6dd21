"""The environment of a process that begins without it, so that what it forks first knows none of the secrets in there.

It waits in a file in memory whose descriptor the process has inherited. Source: our choice.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping

VARIABLE = "ENVIRONMENT_DESCRIPTOR"
"""Names the descriptor for a process that was executed; a forked one is told."""
# what Python needs to find itself
_KEPT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "LANG", "LC_ALL")

_descriptor: int | None = None


def put_away(environment: Mapping[str, str]) -> int:
    """A descriptor of a file in memory that holds an environment; no program that is executed inherits it."""
    descriptor = os.memfd_create("environment")
    os.write(descriptor, json.dumps(dict(environment)).encode())
    return descriptor


def hold(descriptor: int) -> None:
    """Note where the environment of this process waits."""
    global _descriptor
    _descriptor = descriptor


def receive() -> None:
    """Replace this process's environment with the one that waits for it, if one does; entries of its PYTHONPATH are searched, too."""
    global _descriptor
    if _descriptor is None and VARIABLE in os.environ:
        _descriptor = int(os.environ.pop(VARIABLE))
    if _descriptor is None:
        return
    os.lseek(_descriptor, 0, os.SEEK_SET)
    with open(_descriptor, "rb") as waiting:  # noqa: PTH123 - a descriptor
        environment: dict[str, str] = json.load(waiting)
    _descriptor = None
    os.environ.update(environment)
    time.tzset()
    # whoever forked this process may have looked for its own folder while it imported
    tempfile.tempdir = None
    sys.path[:0] = [entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry and entry not in sys.path]


def begin_without() -> None:
    """Execute this program once more with its environment put away, unless it has begun like that."""
    if _descriptor is None and VARIABLE not in os.environ:
        descriptor = put_away(os.environ)
        os.set_inheritable(descriptor, True)
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**kept, VARIABLE: str(descriptor)})  # noqa: S606
