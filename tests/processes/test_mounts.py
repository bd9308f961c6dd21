"""Mounts that one process has for itself: it sees a folder where it needs it, and the machine notices nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from environments.processes import mounts
from environments.processes.launch import RunningForkServer, basic_environment
from environments.processes.mounts import Mount

pytestmark = pytest.mark.skipif(mounts.why_not() is not None, reason=f"no mounts for one process here: {mounts.why_not()}")

SHARED = "/data/shared"
LOOK = f"""
import os, pathlib
shared = pathlib.Path("{SHARED}")
print("sees:", sorted(entry.name for entry in shared.iterdir()))
print("beside it:", sorted(entry.name for entry in shared.parent.iterdir()))
print("works in:", pathlib.Path.cwd())
try:
    (shared / "written").touch()
    print("writes")
except OSError as error:
    print("cannot write:", error.strerror)
pathlib.Path("/not-on-this-machine").touch()
"""

Run = Callable[[Mount], str]


@pytest.fixture
def run(server: RunningForkServer, tmp_path: Path) -> Run:
    """Run LOOK on the fork server with one mount; returns what it printed."""
    (tmp_path / "work").mkdir()
    (tmp_path / "look.py").write_text(LOOK)

    def run_with(mount: Mount) -> str:
        log = tmp_path / "look.log"
        environment = basic_environment() | {"PYTHONPATH": str(tmp_path)}
        server.processes.start("look", module="look", environment=environment, folder=tmp_path / "work", log=log, mounts=[mount])
        ended = server.processes.wait("look", timeout=20)
        assert ended.exit_code == 0, log.read_text()
        return log.read_text()

    return run_with


def names_in(folder: Path) -> list[str] | None:
    """What is in a folder; None when there is none."""
    return [entry.name for entry in folder.iterdir()] if folder.is_dir() else None


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder to mount, with a file in it."""
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "here").touch()
    return folder


def test_a_process_sees_the_folder_and_what_it_writes_is_in_there(run: Run, shared: Path, tmp_path: Path) -> None:
    printed = run(Mount(str(shared), SHARED))
    assert "sees: ['here']" in printed
    assert "writes" in printed.splitlines()
    assert f"works in: {tmp_path}/work" in printed
    assert (shared / "written").exists()


def test_the_machine_itself_is_left_alone(run: Run, shared: Path) -> None:
    before = names_in(Path("/data"))
    printed = run(Mount(str(shared), SHARED))
    assert names_in(Path("/data")) == before
    assert f"beside it: {sorted({*(before or []), 'shared'})}" in printed
    assert not Path("/not-on-this-machine").exists()


def test_a_read_only_mount_cannot_be_written(run: Run, shared: Path) -> None:
    assert "cannot write: Read-only file system" in run(Mount(str(shared), SHARED, read_only=True))
    assert not (shared / "written").exists()


def test_a_source_that_is_not_there_fails_the_process_and_its_log_says_so(server: RunningForkServer, tmp_path: Path) -> None:
    log = tmp_path / "log"
    mount = Mount(str(tmp_path / "nowhere"), SHARED)
    server.processes.start("lost", program=["true"], environment={}, folder=tmp_path, log=log, mounts=[mount])
    assert server.processes.wait("lost", timeout=20).exit_code == 1
    assert "No such file or directory" in log.read_text()
