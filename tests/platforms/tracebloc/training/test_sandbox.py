"""The model process: what an uploaded file can reach and use up, and how its end is told."""

import logging
import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from environments.platforms.tracebloc.edge.pod_failures import PodFailure
from environments.platforms.tracebloc.training import confinement, isolation, protocol, sandbox, view
from environments.platforms.tracebloc.training.protocol import Limits, ModelFailed, Order, Outcome, Task
from environments.platforms.tracebloc.training.sandbox import ModelProcess
from tests.platforms.tracebloc.training.work import CNN, task, train_cycle

SECRET = "mysql://tb:a-database-password@db/edge"

# raising from the file brings what it saw back in words
TELL = "raise RuntimeError(f'SAW<{seen}>')\n"


def run(model_file: str, folder: Path, readable: Sequence[Path] = (), chosen: Task | None = None, **limits: Any) -> Outcome:
    with ModelProcess() as model_process:
        limited = Limits(**{"deadline_seconds": 20, **limits})
        order = Order(
            replace(chosen or task(train_cycle()), model_file=model_file.encode()),
            limited,
            folder,
            [*confinement.library_paths(), *readable],
        )
        return model_process.run(order, lambda _epoch: None)


def reason(model_file: str, folder: Path, readable: Sequence[Path] = (), **chosen: Any) -> str:
    with pytest.raises(ModelFailed) as failure:
        run(model_file, folder, readable, **chosen)
    return str(failure.value)


def told(model_file: str, folder: Path, readable: Sequence[Path] = (), **chosen: Any) -> str:
    """What a model file says by raising it."""
    # a reason is cut where it is told; this one has to come back whole, and the model process is a fork of this one
    with patch.object(protocol, "LONGEST_WORDS", 200_000):
        whole = reason(model_file, folder, readable, **chosen)
    assert "SAW<" in whole, whole
    return whole.partition("SAW<")[2].rpartition(">")[0]


def seen(model_file: str, folder: Path) -> str:
    return told(model_file + TELL, folder)


def has_namespaces(folder: Path) -> bool:
    return seen("import os\nseen = os.getppid()\n", folder) == "0"


def test_the_environment_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", SECRET)
    names = seen("import os, posix\nseen = sorted({*os.environ, *map(os.fsdecode, posix.environ)})\n", tmp_path)
    assert names == "['HOME', 'OMP_NUM_THREADS', 'TMPDIR', 'TOKENIZERS_PARALLELISM']"


def test_what_the_kernel_remembers_of_the_environment_is_erased(tmp_path: Path) -> None:
    # unreadable is as good: so it is once the pod has hidden its memory, unless it runs as root
    look = """
try:
    seen = open("/proc/self/environ", "rb").read().strip(bytes(1))
except PermissionError:
    seen = b""
"""
    assert seen(look, tmp_path) == "b''"


def test_the_pod_cannot_be_read_or_signalled(tmp_path: Path) -> None:
    if not has_namespaces(tmp_path):
        pytest.skip("this kernel gives no namespaces")
    attack = f"""
import os, signal
seen = []
for attempt in (lambda: os.kill({os.getpid()}, signal.SIGKILL), lambda: os.killpg({os.getpgrp()}, signal.SIGKILL),
                lambda: open('/proc/{os.getpid()}/environ').read()):
    try:
        attempt()
        seen.append('done')
    except OSError as error:
        seen.append(type(error).__name__)
"""
    assert seen(attack, tmp_path) == "['PermissionError', 'PermissionError', 'FileNotFoundError']"


def test_without_namespaces_the_model_runs_with_limits_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(isolation, "enter_namespaces", lambda: False)
    with caplog.at_level(logging.INFO):
        assert run(CNN.decode(), tmp_path).event.rows == 72
    assert "this kernel gives no namespaces" in caplog.text
    assert "used more than 1 s" in reason("while True:\n    pass\n", tmp_path, processor_seconds=1)


def test_the_network_is_out_of_reach(tmp_path: Path) -> None:
    if not has_namespaces(tmp_path):
        pytest.skip("this kernel gives no namespaces")
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        attack = f"""
import socket
seen = []
for address in (("127.0.0.1", {listener.getsockname()[1]}), ("192.0.2.1", 80)):
    try:
        socket.create_connection(address, timeout=2)
        seen.append("connected")
    except OSError as error:
        seen.append(error.strerror)
"""
        assert seen(attack, tmp_path) == str(["Operation not permitted"] * 2)


def test_no_file_of_the_pod_is_open(tmp_path: Path) -> None:
    look = """
import os
def name(descriptor):
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").partition(":")[0]
    except OSError:
        return ""
seen = sorted(filter(None, map(name, range(3, 65536))))
"""
    with (tmp_path / "secret").open("w"):
        opened = seen(look, tmp_path)
    assert "secret" not in opened
    assert opened.count("socket") == 1


def test_others_files_can_be_neither_read_nor_written_nor_listed(tmp_path: Path) -> None:
    (own := tmp_path / "own").mkdir()
    (table := tmp_path / "table.csv").write_text("a row of somebody else\n")
    attack = f"""
import os
seen = []
for attempt in (lambda: open({str(table)!r}).read(), lambda: open({str(table)!r}, "a").write("x"), lambda: os.unlink({str(table)!r}),
                lambda: os.listdir({str(tmp_path)!r}), lambda: os.listdir("/proc"), lambda: os.rename({str(table)!r}, "mine")):
    try:
        seen.append(attempt())
    except OSError as error:
        seen.append(type(error).__name__)
"""
    not_there, read_only = "FileNotFoundError", "OSError"
    assert seen(attack, own) == str([not_there, read_only, read_only, "PermissionError", "PermissionError", read_only])
    assert table.read_text() == "a row of somebody else\n"


def test_libraries_can_be_read_and_the_own_folder_written(tmp_path: Path) -> None:
    work = """
import xml.dom.minidom, os
open("mine", "w").write("x")
os.mkdir("folder"); os.rename("mine", "folder/mine")
seen = open("folder/mine").read()
"""
    assert seen(work, tmp_path) == "x"


def test_threads_can_be_started_but_no_process(tmp_path: Path) -> None:
    attack = """
import os, subprocess, threading
seen = []
thread = threading.Thread(target=lambda: seen.append("thread"))
thread.start(); thread.join()
for attempt in (os.fork, lambda: subprocess.run(["true"]), lambda: os.posix_spawn("/bin/true", ["true"], {})):
    try:
        seen.append(attempt())
    except OSError as error:
        seen.append(type(error).__name__)
"""
    assert seen(attack, tmp_path) == str(["thread", *["PermissionError"] * 3])


def test_what_the_kernel_cannot_withhold_is_said_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(confinement, "confine_files", lambda _readable, _writable: False)
    monkeypatch.setattr(confinement, "confine_system_calls", lambda: False)
    with caplog.at_level(logging.INFO):
        assert run(CNN.decode(), tmp_path).event.rows == 72
    assert "no Landlock" in caplog.text
    assert "can start processes and open sockets" in caplog.text


@pytest.mark.parametrize(
    ("attack", "failure"),
    [
        ("open('/etc/shadow')", PodFailure.MODEL_NOT_ALLOWED),
        ("import os; os.fork()", PodFailure.MODEL_NOT_ALLOWED),
        ("import socket; socket.create_connection(('192.0.2.1', 80))", PodFailure.MODEL_NOT_ALLOWED),
        ("bytearray(1 << 40)", PodFailure.MODEL_OUT_OF_MEMORY),
        ("open('not there')", PodFailure.OTHER),
        ("1 / 0", PodFailure.OTHER),
    ],
)
def test_the_kind_of_a_failure_is_told_apart_from_its_words(attack: str, failure: PodFailure, tmp_path: Path) -> None:
    with pytest.raises(ModelFailed) as failed:
        run(f"{attack}\n", tmp_path)
    assert failed.value.cause is failure


def test_it_works_in_its_own_folder(tmp_path: Path) -> None:
    assert seen("import os\nseen = os.getcwd()\n", tmp_path) == str(tmp_path)


def test_no_privileges_can_be_gained(tmp_path: Path) -> None:
    status = seen("seen = [line for line in open('/proc/self/status') if line.startswith('NoNewPrivs')]\n", tmp_path)
    assert status.split("t")[-1].startswith("1")


def test_memory_is_limited(tmp_path: Path) -> None:
    assert "Error" in reason(
        "import numpy\nnumpy.ones(300 << 20, dtype='uint8')\n" + "seen = 'fine'\n" + TELL, tmp_path, memory_bytes=100 << 20
    )
    assert "SAW<fine>" in reason("import numpy\nnumpy.ones(300 << 20, dtype='uint8')\n" + "seen = 'fine'\n" + TELL, tmp_path)


def test_processor_time_is_limited(tmp_path: Path) -> None:
    assert (
        reason("while True:\n    pass\n", tmp_path, processor_seconds=1) == "the model used more than 1 s of processor time and was ended"
    )


def test_waiting_time_is_limited(tmp_path: Path) -> None:
    endless = "import select\nselect.select([], [], [], 60)\n"
    assert reason(endless, tmp_path, deadline_seconds=0.5) == "the model was still running after 0.5 s and was ended"


def test_what_leaves_the_group_does_not_outlive_the_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_namespaces(tmp_path):
        pytest.skip("this kernel gives no namespaces")
    monkeypatch.setattr(confinement, "confine_system_calls", lambda: False)
    # else the folder here is not the one in there
    monkeypatch.setattr(view, "enter", lambda _readable, _folder, _bytes: None)
    marker = tmp_path / "marker"
    os.mkfifo(marker)
    attack = f"""
import os, select
if os.fork() == 0:
    os.setsid()
    held = os.open({str(marker)!r}, os.O_WRONLY)
    os.dup2(held, 1)
select.select([], [], [], 60)
"""
    ended: list[bytes] = []
    # opening waits for the writer, reading to the end waits until no process holds the pipe any more
    reader = threading.Thread(target=lambda: ended.append(marker.read_bytes()), daemon=True)
    reader.start()
    assert "still running" in reason(attack, tmp_path, deadline_seconds=1)
    reader.join(5)
    assert ended == [b""]


def test_files_are_limited(tmp_path: Path) -> None:
    writing = "open('big', 'wb').write(bytes(5 << 20))\n"
    assert "No space left" in reason(writing, tmp_path, folder_bytes=1 << 20)
    assert "Too many open files" in reason("files = [open('/dev/null') for _ in range(100)]\n", tmp_path, open_files=40)


def test_output_is_limited(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    chatter = "import os\nfor _ in range(4096):\n    os.write(1, b'x' * 1023 + bytes([10]))\n"
    assert reason(chatter + "seen = 'printed'\n" + TELL, tmp_path)
    written = capfd.readouterr().err
    assert written.count("x") == sandbox.MOST_OUTPUT_BYTES * 1023 // 1024
    assert written.endswith("the model printed more than 256 KiB: the rest is left out\n")


def test_the_last_words_of_a_crash_are_in_the_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "crashed" in reason("import ctypes, os\nos.write(1, b'last words')\nctypes.string_at(0)\n", tmp_path)
    assert "last words" in capfd.readouterr().err


def test_a_kernel_without_a_view_of_its_own_is_told_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(_readable: object, _folder: Path, _bytes: int) -> None:
        raise PermissionError("the kernel refuses mount")

    monkeypatch.setattr(view, "enter", refused)
    with caplog.at_level(logging.INFO):
        assert run(CNN.decode(), tmp_path).event.rows == 72
    assert "no view of its own (the kernel refuses mount)" in caplog.text


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        ("os._exit(0)", "the model's process ended with exit code 0 before it gave a result"),
        ("os._exit(7)", "the model's process ended with exit code 7 before it gave a result"),
        ("sys.exit(0)", "the model file cannot be run: SystemExit: 0"),
        ("ctypes.string_at(0)", f"the model's process crashed ({signal.strsignal(signal.SIGSEGV)}) before it gave a result"),
    ],
)
def test_an_early_end_is_told(ending: str, told: str, tmp_path: Path) -> None:
    assert reason(f"import ctypes, os, sys\n{ending}\n", tmp_path) == told


def test_something_that_is_not_an_answer_is_refused(tmp_path: Path) -> None:
    forging = """
import os, stat, struct
# however many files the pod has open
for descriptor in range(3, 65536):
    try:
        if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            os.write(descriptor, struct.pack('!i', 4) + b'\\x80\\x04N.')
    except OSError:
        pass
"""
    assert reason(forging + "os._exit(0)\n", tmp_path) == "the model's process answered with something that is not an event"


CHANNEL = """
import json, os, stat, struct
channel = next(n for n in range(3, 65536) if os.path.exists(f'/proc/self/fd/{n}') and stat.S_ISSOCK(os.fstat(n).st_mode))
def tell(**event):
    frame = json.dumps(event).encode()
    os.write(channel, struct.pack('!i', len(frame)) + frame)
"""


def test_what_a_model_writes_to_the_channel_fills_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    flood = CHANNEL + "while True:\n    tell(kind='note', text='all is well\\nERROR forged')\n"
    assert reason(flood, tmp_path) == "the model's process has too much to say"
    assert 0 < len(caplog.messages) <= sandbox.MOST_NOTES + 4
    assert not any("\n" in message for message in caplog.messages)


def test_a_reason_that_a_model_writes_to_the_channel_is_short(tmp_path: Path) -> None:
    assert len(reason(CHANNEL + "tell(kind='failed', reason='x' * 100_000)\n", tmp_path)) < 5000
    assert "more than 256 KiB" in reason(CHANNEL + "tell(kind='failed', reason='x' * 1_000_000)\n", tmp_path)


def test_an_honest_model_is_trained(tmp_path: Path) -> None:
    outcome = run(CNN.decode(), tmp_path)
    assert outcome.event.rows == 72
    assert set(outcome.attachments) == {"weights"}


def test_the_model_process_ends_with_the_pod(tmp_path: Path) -> None:
    alive, held = os.pipe()
    pod = os.fork()
    if pod == 0:
        os.close(alive)
        os.dup2(held, 1)  # stdout is what the model process keeps open
        ModelProcess()
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(held)
    os.waitpid(pod, 0)
    with open(alive, "rb") as pipe:  # noqa: PTH123 (a descriptor)
        assert pipe.read() == b""  # to the end: nobody holds the other end any more
