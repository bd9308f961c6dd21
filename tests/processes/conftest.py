"""A fork server for each test, and a way to start the stand-in module on it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from environments.processes.client import Process
from environments.processes.launch import WARM_VARIABLE, RunningForkServer, basic_environment

STAND_IN = "tests.processes.fixtures.stand_in"


class StartStandIn(Protocol):
    """Starts the stand-in module with what it is to do."""

    def __call__(
        self, name: str, *does: str, environment: Mapping[str, str] | None = None, labels: Mapping[str, str] | None = None
    ) -> Process:
        """Return the started process."""
        ...


@pytest.fixture
def warm(tmp_path: Path) -> Iterator[Path]:
    """The folder of a fork server that others are forked from."""
    folder = tmp_path / "warm"
    running = RunningForkServer(folder / "fork-server.sock", tmp_path / "warm.log", run_id="warm-run")
    running.share_key()
    yield folder
    running.stop()


@pytest.fixture(params=["launched", "forked"])
def server(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningForkServer]:
    """A running fork server, ended after the test."""
    if request.param == "forked":
        monkeypatch.setenv(WARM_VARIABLE, str(request.getfixturevalue("warm")))
    running = RunningForkServer(tmp_path / "run" / "fork.sock", tmp_path / "server.log", run_id="test-run")
    yield running
    running.stop()


@pytest.fixture
def start(server: RunningForkServer, tmp_path: Path) -> StartStandIn:
    """Starts the stand-in on the server."""

    def start_stand_in(
        name: str, *does: str, environment: Mapping[str, str] | None = None, labels: Mapping[str, str] | None = None
    ) -> Process:
        return server.processes.start(
            name,
            module=STAND_IN,
            arguments=does,
            environment=basic_environment() if environment is None else environment,
            folder=tmp_path,
            log=tmp_path / f"{name}.log",
            labels=labels,
        )

    return start_stand_in


def is_alive(pid: int) -> bool:
    """Whether a process runs (one that ended and is not reaped yet does not)."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
