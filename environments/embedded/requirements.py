"""What the embedded platform needs: packages, a folder to write to, the loopback interface; and what makes it able to do more."""

import os
import socket
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from environments.embedded.ports import LOOPBACK
from environments.platforms.tracebloc.database import find_programs
from environments.requirements import PLATFORM, Requirement

OLDEST_PYTHON, TOO_NEW_PYTHON = (3, 11), (3, 14)
# the module, and what to ask pip for
PACKAGES = {
    "behave": "behave",
    "tracebloc": "tracebloc",
    "azure.servicebus": "azure-servicebus",
    "fastapi": "fastapi",
    "uvicorn": "uvicorn",
    "multipart": "python-multipart",
    "sqlalchemy": "SQLAlchemy",
    "moto": "'moto[s3,server]'",
    "tracebloc_ingestor": "tracebloc-ingestor",
    "trustme": "trustme",
    "safetensors": "safetensors",
    "sklearn": "scikit-learn",
    "torch": "torch==2.13.0",
    "torchvision": "torchvision==0.28.0",
    "transformers": "transformers",
}


def requirements(ingestor: str = "auto") -> list[Requirement]:
    """Everything that the embedded substrate looks for; with the ingestor tracebloc-ingest it cannot do without MariaDB."""
    wanted = f"{OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} to {TOO_NEW_PYTHON[0]}.{TOO_NEW_PYTHON[1] - 1}"
    mariadb = "install mariadb-server, or set the ingestor to auto or reference"
    return [
        Requirement(f"Python {wanted}", "machine", PLATFORM, f"use Python {wanted}", _python),
        *(Requirement(module, "package", PLATFORM, asked, _installed(module, asked)) for module, asked in PACKAGES.items()),
        Requirement("a temporary folder", "machine", PLATFORM, "set TMPDIR to a folder that can be written to", _temporary_folder),
        Requirement("the loopback interface", "machine", PLATFORM, f"let processes listen on {LOOPBACK}", _loopback),
        Requirement("MariaDB", "program", "mysql", mariadb, _mariadb, needed=ingestor == "tracebloc-ingest"),
        Requirement("kernel namespaces", "machine", "uploaded models run apart", "allow user namespaces", namespaces, needed=False),
    ]


def namespaces() -> str | None:
    """What the kernel gives to hold an uploaded model apart; None when it runs with limits only."""
    # imported here: only who asks needs it; and in a process of its own, since there is no way back
    from environments.platforms.tracebloc.training.isolation import enter_namespaces

    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if enter_namespaces() else 1
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return "user, network, process and message namespaces" if os.waitstatus_to_exitcode(status) == 0 else None


def _python() -> str | None:
    return ".".join(map(str, sys.version_info[:3])) if OLDEST_PYTHON <= sys.version_info[:2] < TOO_NEW_PYTHON else None


def _installed(module: str, asked: str) -> Callable[[], str | None]:
    def probe() -> str | None:
        try:
            if find_spec(module) is None:
                return None
        except (ModuleNotFoundError, ValueError):
            return None
        try:
            return version(asked.strip("'").partition("[")[0].partition("=")[0])
        except PackageNotFoundError:
            return "unknown version"

    return probe


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


def _mariadb() -> str | None:
    programs = find_programs()
    return programs.server if programs else None
