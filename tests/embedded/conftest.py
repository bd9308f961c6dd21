"""A supervisor over a fork server of its own, and stand-in services for it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import ledger
from environments.embedded.supervisor import Service, Supervisor
from environments.processes.launch import RunningForkServer, basic_environment
from environments.services import PythonModule

FIXTURES = "tests.embedded.fixtures"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees another one's, or the user's, runs."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv(ledger.FOLDER_VARIABLE, str(tmp_path / "ledger"))


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A run's folder that every user can get to (pytest's own is closed to others) and whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="e2e-test-", dir="/tmp") as folder:
        (Path(folder) / "run").mkdir(mode=0o700)
        yield Path(folder)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningForkServer]:
    """A running fork server."""
    running = RunningForkServer(tmp_path / "run" / "fork.sock", tmp_path / "server.log")
    yield running
    running.stop()


@pytest.fixture
def supervisor(server: RunningForkServer, tmp_path: Path) -> Iterator[Supervisor]:
    """A supervisor whose run is closed after the test."""
    mine = ledger.Ledger.open("run-1")
    (tmp_path / "logs").mkdir()
    yield Supervisor(server.processes, tmp_path / "logs", tmp_path / "run", mine)
    mine.close()


def stand_in(name: str, **variables: str) -> Service:
    """A service that does what variables say; see `fixtures/stand_in_service.py`."""
    return Service(name, basic_environment() | {"NAME": name} | variables, PythonModule(f"{FIXTURES}.stand_in_service"))
