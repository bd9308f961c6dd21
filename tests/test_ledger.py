"""The ledger: a killed run leaves nothing for long, and nobody else loses anything."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from environments import ledger
from environments.ledger import Ledger, RunIsAlive, clean_up, clean_up_left_overs, left_over_runs, mark_folder, read_run
from environments.processes.variables import PROJECT_FOLDER, basic_environment

RUNNER = """
import os, signal, subprocess, sys
from pathlib import Path
from environments.ledger import Ledger
from environments.processes.launch import RunningForkServer, basic_environment
ledger = Ledger.open(sys.argv[1])
folder = ledger.make_folder(Path(sys.argv[2]))
server = RunningForkServer(folder / "run" / "fork.sock", folder / "server.log", run_id=sys.argv[1])
ledger.record_process("fork-server", server.pid)
child = server.processes.start("one", program=["/bin/sh", "-c", "setsid sleep 300 & sleep 300"],
                               environment=basic_environment(), folder=folder, log=folder / "one.log")
alone = subprocess.Popen(["/bin/sleep", "300"], start_new_session=True, stdout=subprocess.DEVNULL)
ledger.record_process("alone", alone.pid)
print(server.pid, child.pid, alone.pid, flush=True)
signal.pause()
"""

RUN = f"run-{os.getpid()}"
"""Processes are found by it, also those of other tests at the same time."""


def runs(process: psutil.Process) -> bool:
    """Whether a process has not ended (one that nobody has reaped yet has)."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class Runner:
    """A process that owns a run and has started things."""

    def __init__(self, run_id: str, folder: Path) -> None:
        command = [sys.executable, "-c", RUNNER, run_id, str(folder)]
        environment = basic_environment() | {ledger.FOLDER_VARIABLE: str(ledger.ledger_folder())}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT_FOLDER, env=environment)
        assert self.process.stdout is not None
        self.server, self.child, self.alone = (psutil.Process(int(word)) for word in self.process.stdout.readline().split())
        self.started = [self.server, self.child, self.alone]
        self.folder = folder / f"e2e-test-{run_id}"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def alive(self) -> list[psutil.Process]:
        return [process for process in self.started if runs(process)]


@pytest.fixture(autouse=True)
def own_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ledger.FOLDER_VARIABLE, str(tmp_path / "ledger"))


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    runner = Runner(RUN, tmp_path)
    yield runner
    runner.kill()
    runner.process.communicate()
    clean_up_left_overs()


def with_owner(file: Path, pid: int, started: float) -> None:
    """Give a run another owner."""
    first, *others = file.read_text().splitlines(keepends=True)
    header = json.loads(first) | {"owner": {"pid": pid, "started": started}}
    file.write_text(json.dumps(header) + "\n" + "".join(others))


def abandon(file: Path) -> None:
    """Make a run look like one whose owner is gone: its number lives on in another process."""
    with_owner(file, os.getppid(), 0.0)


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sleep", "300"], start_new_session=True)


def test_a_killed_run_leaves_nothing_after_the_clean_up(runner: Runner) -> None:
    runner.kill()
    assert runner.alone.is_running()
    assert (runner.folder / ledger.MARKER_FILE).exists()
    removed = clean_up_left_overs()
    assert f"process alone ({runner.alone.pid})" in removed
    assert f"folder {runner.folder}" in removed
    assert runner.alive() == []
    assert not runner.folder.exists()
    assert list(ledger.ledger_folder().iterdir()) == []
    assert clean_up_left_overs() == []


def test_a_killed_fork_server_leaves_nothing_after_the_clean_up(runner: Runner) -> None:
    # what left its session is found by the run's mark alone
    strays = runner.child.children()
    runner.process.send_signal(signal.SIGSTOP)
    runner.server.kill()
    runner.kill()
    clean_up_left_overs()
    runner.started += strays
    assert runner.alive() == []


def test_a_living_run_is_not_touched(runner: Runner) -> None:
    assert left_over_runs() == []
    assert clean_up_left_overs() == []
    run = read_run(ledger.ledger_folder() / f"{RUN}.jsonl")
    assert run is not None
    with pytest.raises(RunIsAlive, match=f"{RUN} still runs"):
        clean_up(run)
    assert len(runner.alive()) == 3
    assert runner.folder.exists()


def test_a_number_that_is_used_again_is_not_mistaken_for_the_process() -> None:
    stranger = sleeper()
    try:
        mine = Ledger.open(RUN)
        mine.record("process", name="gone", pid=stranger.pid, started=1.0)
        abandon(mine.file)
        assert clean_up_left_overs() == []
        assert stranger.poll() is None
        assert not mine.file.exists()
    finally:
        stranger.kill()
        stranger.wait()


def test_a_run_is_over_when_its_owners_number_belongs_to_another_process() -> None:
    mine = Ledger.open(RUN)
    assert left_over_runs() == []
    abandon(mine.file)
    assert [run.run_id for run in left_over_runs()] == [RUN]


def test_what_a_recorded_process_started_in_its_session_ends_with_it() -> None:
    leader = subprocess.Popen(["/bin/sh", "-c", "sleep 300 & echo $!; wait"], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert leader.stdout is not None
    child = psutil.Process(int(leader.stdout.readline()))
    mine = Ledger.open(RUN)
    mine.record_process("leader", leader.pid)
    # the leader may end by itself as soon as its child has gone
    # by its number: between fork and exec the child still has the shell's name
    assert any(f"({child.pid})" in removed for removed in mine.close())
    leader.communicate()
    assert not runs(child)
    assert not mine.file.exists()
    assert mine.close() == []


@pytest.mark.parametrize(
    ("name", "marker"),
    [("photos", RUN), ("e2e-test-other", "run-2"), ("e2e-test-unmarked", None)],
    ids=["not our name", "another run's", "not marked"],
)
def test_a_foreign_folder_is_never_removed(tmp_path: Path, name: str, marker: str | None) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "precious").touch()
    if marker is not None:
        mark_folder(folder, marker)
    mine = Ledger.open(RUN)
    mine.record_folder(folder)
    assert mine.close() == []
    assert (folder / "precious").exists()


def test_a_link_to_a_marked_folder_is_not_followed(tmp_path: Path) -> None:
    mine = Ledger.open(RUN)
    folder = mine.make_folder(tmp_path)
    (folder / "precious").touch()
    folder.rename(tmp_path / "kept")
    folder.symlink_to(tmp_path / "kept")
    assert mine.close() == []
    assert (tmp_path / "kept" / "precious").exists()


def test_a_folder_made_by_a_run_killed_before_it_marked_it_is_removed(tmp_path: Path) -> None:
    mine = Ledger.open(RUN)
    mine.record_folder(tmp_path / "e2e-test-early")
    (tmp_path / "e2e-test-early").mkdir()
    assert mine.close() == [f"folder {tmp_path}/e2e-test-early"]


@pytest.mark.parametrize("written", ["", RUN[:3]])
def test_a_folder_made_by_a_run_killed_while_it_marked_it_is_removed_unless_something_is_in_it(tmp_path: Path, written: str) -> None:
    mine = Ledger.open(RUN)
    for name in ("e2e-test-early", "e2e-test-full"):
        mine.record_folder(tmp_path / name)
        (tmp_path / name).mkdir()
        (tmp_path / name / ledger.MARKER_FILE).write_text(written)
    (tmp_path / "e2e-test-full" / "precious").touch()
    assert mine.close() == [f"folder {tmp_path}/e2e-test-early"]
    assert (tmp_path / "e2e-test-full" / "precious").exists()


def test_a_torn_last_line_is_as_good_as_not_written(tmp_path: Path) -> None:
    mine = Ledger.open(RUN)
    folder = mine.make_folder(tmp_path)
    with mine.file.open("a") as lines:
        lines.write('{"kind": "folder", "pa')
    abandon(mine.file)
    assert clean_up_left_overs() == [f"folder {folder}"]


def test_a_file_that_is_no_ledger_is_left_alone() -> None:
    folder = ledger.ledger_folder()
    folder.mkdir(parents=True)
    (folder / "notes.jsonl").write_text("not ours\n")
    assert clean_up_left_overs() == []
    assert (folder / "notes.jsonl").exists()


def test_what_this_version_cannot_remove_stays_on_the_list() -> None:
    mine = Ledger.open(RUN)
    mine.record("satellite", orbit="low")
    abandon(mine.file)
    assert clean_up_left_overs() == []
    assert mine.file.exists()


def test_files_are_for_their_owner_only_and_names_are_not_used_twice() -> None:
    mine = Ledger.open(RUN)
    assert stat.S_IMODE(mine.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(mine.file.parent.stat().st_mode) == 0o700
    with pytest.raises(FileExistsError):
        Ledger.open(RUN)
    with pytest.raises(ValueError, match="cannot be named"):
        Ledger.open("../run")
