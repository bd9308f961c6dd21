"""What the embedded substrate needs of this machine: a folder to write to, and the loopback interface."""

import os
import resource
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from environments.embedded.ports import LOOPBACK
from environments.embedded.state_folder import parent_of_state
from environments.requirements import PLATFORM, Requirement, limits, package

LEAST_ROOM = 64 << 20
"""Bytes; the services' own files, of which a database's are most, come on top of it."""
LEAST_PROCESSES = 128
OLDEST_PYTHON, TOO_NEW_PYTHON = (3, 11), (3, 14)


def requirements() -> list[Requirement]:
    """Everything that the embedded substrate looks for."""
    wanted = f"{OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} to {TOO_NEW_PYTHON[0]}.{TOO_NEW_PYTHON[1] - 1}"
    return [
        Requirement(f"Python {wanted}", "machine", PLATFORM, f"use Python {wanted}", _python),
        package("behave", "behave"),
        Requirement("a temporary folder", "machine", PLATFORM, "set TMPDIR to a folder that can be written to", _temporary_folder),
        Requirement(
            f"{LEAST_ROOM >> 20} MiB of room for temporary files", "machine", PLATFORM, "set TMPDIR to a folder that has more", _room
        ),
        *limits(),
        Requirement(f"{LEAST_PROCESSES} processes and threads", "machine", PLATFORM, "raise the limit with `ulimit -u 1024`", _processes),
        Requirement("the loopback interface", "machine", PLATFORM, f"let processes listen on {LOOPBACK}", _loopback),
    ]


def _python() -> str | None:
    return ".".join(map(str, sys.version_info[:3])) if OLDEST_PYTHON <= sys.version_info[:2] < TOO_NEW_PYTHON else None


def _temporary_folder() -> str | None:
    try:
        with tempfile.TemporaryDirectory(prefix="ringmaster-", dir=parent_of_state()) as folder:
            Path(folder, "written").write_bytes(b"x")
            return str(parent_of_state())
    except OSError:
        return None


def _room() -> str | None:
    try:
        free = shutil.disk_usage(parent_of_state()).free
    except OSError:
        return None
    return f"{free >> 20} MiB" if free >= LEAST_ROOM else None


def _processes() -> str | None:
    most, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    # the limit does not hold root
    return str(most) if os.geteuid() == 0 or most == resource.RLIM_INFINITY or most >= LEAST_PROCESSES else None


def _loopback() -> str | None:
    try:
        with socket.create_server((LOOPBACK, 0)) as server, socket.create_connection(server.getsockname(), timeout=5):
            return LOOPBACK
    except OSError:
        return None
