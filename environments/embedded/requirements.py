"""What the embedded substrate needs of this machine: a folder to write to, and the loopback interface."""

import socket
import sys
import tempfile
from pathlib import Path

from environments.embedded.ports import LOOPBACK
from environments.requirements import PLATFORM, Requirement, package

OLDEST_PYTHON, TOO_NEW_PYTHON = (3, 11), (3, 14)


def requirements() -> list[Requirement]:
    """Everything that the embedded substrate looks for."""
    wanted = f"{OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} to {TOO_NEW_PYTHON[0]}.{TOO_NEW_PYTHON[1] - 1}"
    return [
        Requirement(f"Python {wanted}", "machine", PLATFORM, f"use Python {wanted}", _python),
        package("behave", "behave"),
        Requirement("a temporary folder", "machine", PLATFORM, "set TMPDIR to a folder that can be written to", _temporary_folder),
        Requirement("the loopback interface", "machine", PLATFORM, f"let processes listen on {LOOPBACK}", _loopback),
    ]


def _python() -> str | None:
    return ".".join(map(str, sys.version_info[:3])) if OLDEST_PYTHON <= sys.version_info[:2] < TOO_NEW_PYTHON else None


def _temporary_folder() -> str | None:
    try:
        with tempfile.TemporaryDirectory(prefix="ringmaster-") as folder:
            Path(folder, "written").write_bytes(b"x")
            return tempfile.gettempdir()
    except OSError:
        return None


def _loopback() -> str | None:
    try:
        with socket.create_server((LOOPBACK, 0)) as server, socket.create_connection(server.getsockname(), timeout=5):
            return LOOPBACK
    except OSError:
        return None
