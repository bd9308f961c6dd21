"""The fork server: what it starts, how that ends, and that nothing stays behind."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from hamcrest import equal_to

from environments.processes.client import ForkServerGone, Processes, ProcessesError
from environments.processes.launch import WARM_VARIABLE, RunningForkServer
from environments.processes.variables import PROJECT_FOLDER, basic_environment
from support.waiting import eventually

from .conftest import STAND_IN, StartStandIn, is_alive


def log_of(tmp_path: Path, name: str) -> str:
    return (tmp_path / f"{name}.log").read_text()


def wait_for_lines(processes: Processes, log: Path, number: int) -> list[str]:
    """The lines of a log once it holds that many whole ones."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        text = log.read_text() if log.exists() else ""
        if text.count("\n") >= number:
            return text.splitlines()
        # nothing is ever named like that: a short wait on the server
        processes.watch(since=10**9, timeout=0.01)
    raise AssertionError(f"no {number} lines in {log}, but {text!r}")


def wait_for_end(pids: Iterable[int]) -> None:
    """Wait until none of these runs: a signal is sent before it arrives."""
    eventually("all of them to end", lambda: [pid for pid in pids if is_alive(pid)], equal_to([]))


def grandchildren_in(lines: list[str]) -> list[int]:
    """The process ids that a stand-in printed of its two children."""
    pids = [int(line.split()[1]) for line in lines if line.startswith("grandchild")]
    assert len(pids) == 2
    return pids


@pytest.mark.parametrize(
    ("does", "exit_code", "phase", "text"),
    [
        ("print=hello", 0, "Succeeded", "hello"),
        ("exit=0", 0, "Succeeded", ""),
        ("exit=7", 7, "Failed", ""),
        ("exit-text=out of paper", 1, "Failed", "out of paper"),
        ("raise=out of ink", 1, "Failed", "RuntimeError: out of ink"),
    ],
)
def test_a_module_runs_like_python_dash_m(
    server: RunningForkServer, start: StartStandIn, tmp_path: Path, does: str, exit_code: int, phase: str, text: str
) -> None:
    start("one", does)
    process = server.processes.wait("one", timeout=10)
    assert (process.exit_code, process.phase) == (exit_code, phase)
    assert process.finished_at is not None
    assert process.finished_at >= process.started_at
    assert text in log_of(tmp_path, "one")


def test_a_module_that_is_not_there_fails_and_its_log_says_so(server: RunningForkServer, tmp_path: Path) -> None:
    server.processes.start("one", module="nowhere.to_be_found", environment={}, folder=tmp_path, log=tmp_path / "one.log")
    assert server.processes.wait("one", timeout=10).exit_code == 1
    assert "No module named 'nowhere'" in log_of(tmp_path, "one")


def test_a_module_is_found_on_the_search_path_it_is_given(server: RunningForkServer, tmp_path: Path) -> None:
    (tmp_path / "visitor.py").write_text("print('found', __name__)")
    environment = {"PYTHONPATH": str(tmp_path)}
    server.processes.start("one", module="visitor", environment=environment, folder=tmp_path, log=tmp_path / "one.log")
    assert server.processes.wait("one", timeout=10).exit_code == 0
    assert log_of(tmp_path, "one") == "found __main__\n"


def test_a_program_is_executed(server: RunningForkServer, tmp_path: Path) -> None:
    program = ["/bin/sh", "-c", 'echo "$WORD $0"; exit 4', "zero"]
    server.processes.start("one", program=program, environment={"WORD": "yes"}, folder=tmp_path, log=tmp_path / "one.log")
    assert server.processes.wait("one", timeout=10).exit_code == 4
    assert log_of(tmp_path, "one") == "yes zero\n"


def test_a_program_that_is_not_there_fails_and_its_log_says_so(server: RunningForkServer, tmp_path: Path) -> None:
    server.processes.start("one", program=["/no/such"], environment={}, folder=tmp_path, log=tmp_path / "one.log")
    assert server.processes.wait("one", timeout=10).exit_code == 127
    assert "/no/such cannot be run: No such file or directory" in log_of(tmp_path, "one")


def test_surroundings_are_wholly_replaced(server: RunningForkServer, start: StartStandIn, tmp_path: Path) -> None:
    environment = {"PASSWORD": "kept-from-view"}
    start("one", "environment", "standard-input", "descriptors", "folder", "touch=done", "wait", environment=environment)
    lines = wait_for_lines(server.processes, tmp_path / "one.log", 4)
    assert lines[0] == "[('PASSWORD', 'kept-from-view'), ('RINGMASTER_RUN', 'test-run')]"
    assert lines[1] == "standard input: ''"
    assert "socket" not in lines[2]
    assert "eventpoll" not in lines[2]
    assert lines[3] == f"folder: {tmp_path}"
    process = server.processes.find("one")
    assert process is not None
    for file in ("cmdline", "environ"):
        assert b"kept-from-view" not in Path(f"/proc/{process.pid}/{file}").read_bytes()
    assert Path(f"/proc/{process.pid}/comm").read_text() == "one\n"
    assert os.getsid(process.pid) == os.getpgid(process.pid) == process.pid
    assert stat.S_IMODE((tmp_path / "one.log").stat().st_mode) == 0o600


def test_random_numbers_differ_from_process_to_process(server: RunningForkServer, start: StartStandIn, tmp_path: Path) -> None:
    for name in ("one", "two"):
        start(name, "random")
        server.processes.wait(name, timeout=10)
    assert log_of(tmp_path, "one") != log_of(tmp_path, "two")


def test_the_control_socket_is_for_its_owner_only(server: RunningForkServer) -> None:
    path = server.processes.socket_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_control_socket_works_however_deep_its_folder_is(tmp_path: Path) -> None:
    deep = RunningForkServer(tmp_path / ("x" * 100) / ("y" * 100) / "fork.sock", tmp_path / "server.log")
    try:
        assert deep.processes.processes() == []
    finally:
        deep.stop()
    assert deep.exit_code == 0


def test_processes_are_listed_by_labels_and_forgotten_when_removed(server: RunningForkServer, start: StartStandIn) -> None:
    start("one", "exit=0", labels={"kind": "train", "cycle": "1"})
    start("two", "wait", labels={"kind": "train", "cycle": "2"})
    server.processes.wait("one", timeout=10)
    assert [process.name for process in server.processes.processes({"kind": "train"})] == ["one", "two"]
    assert [process.name for process in server.processes.processes({"kind": "train", "cycle": "2"})] == ["two"]
    with pytest.raises(ProcessesError, match="'two' is still running"):
        server.processes.remove("two")
    with pytest.raises(ProcessesError, match="'one' is already there"):
        start("one", "exit=0")
    server.processes.remove("one")
    assert server.processes.find("one") is None
    start("one", "exit=0")


def test_an_unknown_name_or_operation_is_an_error(server: RunningForkServer) -> None:
    with pytest.raises(ProcessesError, match="no process named 'nobody'"):
        server.processes.wait("nobody")
    with pytest.raises(ProcessesError, match="either a module or a program"):
        server.processes.start("one", environment={}, folder="/", log="/dev/null")


def test_stop_asks_first_and_kills_after_the_grace(server: RunningForkServer, start: StartStandIn, tmp_path: Path) -> None:
    start("polite", "wait")
    start("stubborn", "stubborn", "print=deaf", "wait")
    wait_for_lines(server.processes, tmp_path / "stubborn.log", 1)
    assert server.processes.stop("polite", grace_seconds=5).exit_code == -signal.SIGTERM
    assert server.processes.stop("stubborn", grace_seconds=0.1).exit_code == -signal.SIGKILL


def test_a_paused_process_can_be_resumed_and_stopped(server: RunningForkServer, start: StartStandIn) -> None:
    process = start("one", "wait")
    status = psutil.Process(process.pid)
    server.processes.pause("one")
    assert status.status() == psutil.STATUS_STOPPED
    server.processes.resume("one")
    assert status.status() != psutil.STATUS_STOPPED
    server.processes.pause("one")
    assert server.processes.stop("one", grace_seconds=5).exit_code == -signal.SIGTERM


def test_watch_returns_when_something_changes(server: RunningForkServer, start: StartStandIn) -> None:
    start("one", "wait")
    seen = server.processes.watch()
    assert [(process.name, process.phase) for process in seen.processes] == [("one", "Running")]
    assert server.processes.watch(seen.sequence, timeout=0.01).processes == []
    server.processes.signal("one", signal.SIGKILL)
    changes = server.processes.watch(seen.sequence, timeout=10)
    assert [(process.name, process.exit_code) for process in changes.processes] == [("one", -9)]


def test_what_a_process_leaves_in_its_group_ends_with_it(server: RunningForkServer, start: StartStandIn, tmp_path: Path) -> None:
    start("one", "grandchildren", "wait")
    same_group, _ = grandchildren_in(wait_for_lines(server.processes, tmp_path / "one.log", 2))
    server.processes.stop("one")
    wait_for_end([same_group])


def test_fifty_processes_run_at_the_same_time(server: RunningForkServer, start: StartStandIn) -> None:
    server.processes.preload([STAND_IN])
    for number in range(50):
        start(f"number-{number}", "exit=0")
    for number in range(50):
        assert server.processes.wait(f"number-{number}", timeout=10).exit_code == 0


def test_a_start_waits_for_what_is_being_preloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "preloaded.py").write_text(
        "import os, pathlib\nloaded_by = os.getpid()\npathlib.Path(__file__).with_name('fifo').read_text()\n"
    )
    (tmp_path / "user.py").write_text("import os, preloaded\nprint(preloaded.loaded_by == os.getppid())\n")
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    server = RunningForkServer(tmp_path / "run" / "fork.sock", tmp_path / "server.log")

    def start_user() -> None:
        server.processes.start("one", module="user", environment={}, folder=tmp_path, log=tmp_path / "one.log")

    try:
        with ThreadPoolExecutor() as threads:
            preloading = threads.submit(server.processes.preload, ["not.there", "preloaded"])
            # opens once the import has come so far, and lets it go on when it is closed
            with (tmp_path / "fifo").open("w"):
                started = threads.submit(start_user)
            preloading.result(10)
            started.result(10)
        server.processes.wait("one", timeout=10)
    finally:
        server.stop()
    assert log_of(tmp_path, "one") == "True\n"
    assert "not.there is not preloaded: ModuleNotFoundError" in (tmp_path / "server.log").read_text()


def test_the_end_of_the_server_is_the_end_of_all_it_made(server: RunningForkServer, start: StartStandIn, tmp_path: Path) -> None:
    one = start("one", "grandchildren", "wait")
    two = start("two", "stubborn", "print=deaf", "wait")
    wait_for_lines(server.processes, tmp_path / "two.log", 1)
    grandchildren = grandchildren_in(wait_for_lines(server.processes, tmp_path / "one.log", 2))
    server.stop()
    assert server.exit_code == 0
    wait_for_end([one.pid, two.pid, *grandchildren])
    assert not server.processes.socket_path.exists()
    with pytest.raises(ForkServerGone):
        server.processes.processes()


def test_shutdown_ends_the_server(server: RunningForkServer, start: StartStandIn) -> None:
    process = start("one", "wait")
    server.processes.shutdown()
    psutil.Process(server.pid).wait(5)
    assert not is_alive(process.pid)


def test_a_server_asked_to_end_during_a_long_import_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "endless.py").write_text(
        "import pathlib, signal\npathlib.Path(__file__).with_name('fifo').write_text('')\nwhile True: signal.pause()\n"
    )
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    server = RunningForkServer(tmp_path / "run" / "fork.sock", tmp_path / "server.log")
    with ThreadPoolExecutor() as threads:
        preloading = threads.submit(server.processes.preload, ["endless"])
        # returns once the import has begun
        (tmp_path / "fifo").read_text()
        began = time.monotonic()
        server.stop(grace_seconds=10)
        assert time.monotonic() - began < 2
        with pytest.raises(ForkServerGone):
            preloading.result(10)
    assert server.exit_code == 0


@pytest.mark.parametrize("made", ["launched", "forked"])
def test_when_who_started_it_is_killed_everything_ends(tmp_path: Path, warm: Path, made: str) -> None:
    program = (
        "import sys, signal\nfrom pathlib import Path\nfrom environments.processes.launch import RunningForkServer, basic_environment\n"
        "folder = Path(sys.argv[1])\nserver = RunningForkServer(folder / 'run' / 'fork.sock', folder / 'server.log')\n"
        "process = server.processes.start('one', module=sys.argv[2], arguments=['stubborn', 'grandchildren', 'wait'],"
        " environment=basic_environment(), folder=folder, log=folder / 'one.log')\n"
        "print(server.pid, process.pid, server.processes.key.hex(), flush=True)\nsignal.pause()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path), STAND_IN]
    variables = basic_environment() | ({WARM_VARIABLE: str(warm)} if made == "forked" else {})
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT_FOLDER, env=variables) as parent:
        assert parent.stdout is not None
        *pids, key = parent.stdout.readline().split()
        server, process = (psutil.Process(int(pid)) for pid in pids)
        lines = wait_for_lines(Processes(tmp_path / "run" / "fork.sock", bytes.fromhex(key)), tmp_path / "one.log", 2)
        parent.kill()
    gone, alive = psutil.wait_procs([server, process], timeout=5)
    assert len(gone) == 2
    assert not alive
    wait_for_end(grandchildren_in(lines))


def test_a_forked_server_has_what_the_warm_one_has_loaded_and_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "preloaded.py").write_text("import os, tempfile\nloaded_by = os.getpid()\ntempfile.gettempdir()\n")
    (tmp_path / "user.py").write_text("import preloaded, tempfile\nprint(preloaded.loaded_by, tempfile.gettempdir())\n")
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    warm = RunningForkServer(tmp_path / "warm" / "fork-server.sock", tmp_path / "warm.log")
    warm.share_key()
    warm.processes.preload(["preloaded"])
    monkeypatch.setenv(WARM_VARIABLE, str(tmp_path / "warm"))
    server = RunningForkServer(tmp_path / "run" / "fork.sock", tmp_path / "server.log")
    surroundings = {"TMPDIR": str(tmp_path / "own")}
    server.processes.start("one", module="user", environment=surroundings, folder=tmp_path, log=tmp_path / "one.log")
    server.processes.wait("one", timeout=10)
    assert log_of(tmp_path, "one") == f"{warm.pid} {tmp_path / 'own'}\n"
    warm.stop()
    assert not is_alive(server.pid)
    assert server.exit_code == -9


def test_without_an_answer_of_the_warm_one_a_server_is_launched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warm = RunningForkServer(tmp_path / "warm" / "fork-server.sock", tmp_path / "warm.log")
    warm.share_key()
    psutil.Process(warm.pid).kill()
    warm.stop()
    assert (tmp_path / "warm" / "fork-server.sock").is_socket()
    monkeypatch.setenv(WARM_VARIABLE, str(tmp_path / "warm"))
    server = RunningForkServer(tmp_path / "run" / "fork.sock", tmp_path / "server.log")
    assert server.processes.processes() == []
    server.stop()
    assert server.exit_code == 0


def test_a_server_whose_folder_cannot_be_made_is_an_error_at_once(tmp_path: Path, warm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WARM_VARIABLE, str(warm))
    (tmp_path / "run").write_text("no folder")
    with pytest.raises(ForkServerGone, match="cannot be made: File exists"):
        RunningForkServer(tmp_path / "run" / "fork.sock", tmp_path / "server.log")


def test_a_forked_server_that_cannot_listen_is_an_error_at_once(tmp_path: Path, warm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WARM_VARIABLE, str(warm))
    (tmp_path / "run" / "fork.sock").mkdir(parents=True)
    with pytest.raises(ForkServerGone):
        RunningForkServer(tmp_path / "run" / "fork.sock", tmp_path / "server.log")
    assert "Address already in use" in (tmp_path / "server.log").read_text()
