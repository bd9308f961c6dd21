"""Who may use a fork server: nobody without its key, no other user, and nothing that it has started."""

import gc
import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from environments.processes import admission
from environments.processes.admission import Admission
from environments.processes.client import Processes, ProcessesError
from environments.processes.launch import RunningForkServer
from environments.processes.variables import PROJECT_FOLDER, basic_environment

from .conftest import StartStandIn

ASK = (
    "import sys\nfrom environments.processes.client import Processes, ProcessesError\n"
    "try:\n    print('served', Processes(sys.argv[1], bytes.fromhex(sys.argv[2])).processes())\n"
    "except ProcessesError as error:\n    print(error)\n"
)
SCAN = """
import ctypes, os, re, sys
needle = re.compile(re.escape(bytes.fromhex(sys.argv[1])) + b"()" + re.escape(bytes.fromhex(sys.argv[2])))
print("found:", sum(
    len(needle.findall(ctypes.string_at(start, end - start)))
    for line in open("/proc/self/maps") if " rw" in line and "[v" not in line
    for start, end in [[int(part, 16) for part in line.split()[0].split("-")]]
))
"""


def test_without_the_key_nothing_is_served(server: RunningForkServer) -> None:
    stranger = Processes(server.processes.socket_path, bytes(admission.KEY_BYTES))
    with pytest.raises(ProcessesError, match="key is not the one"):
        stranger.processes()
    with pytest.raises(ProcessesError, match="key is not the one"):
        stranger.shutdown()
    assert server.processes.processes() == []


def test_an_answer_that_was_heard_opens_nothing(server: RunningForkServer) -> None:
    heard = admission.proof(server.processes.key, admission.challenge())
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(server.processes.socket_path))
        caller.sendall(json.dumps({"do": "list", "proof": heard}).encode() + b"\n")
        challenge, refusal = caller.makefile("rb").read().splitlines()
    assert len(challenge) == 32
    assert "key is not the one" in json.loads(refusal)["error"]


def test_another_user_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    admission.hand_over(b"k" * admission.KEY_BYTES, tmp_path / "key")
    door = Admission(tmp_path / "key")
    ours, theirs = socket.socketpair()
    sent = admission.challenge()
    answer = admission.proof(b"k" * admission.KEY_BYTES, sent)
    # whoever made both ends is this process, which must not seem to be a server that asks itself
    monkeypatch.setattr(admission, "_descends_from", lambda _ancestor, _pid: False)
    with ours, theirs:
        assert door.why_not(ours, sent, answer) is None
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
        assert "serves its own user" in str(door.why_not(ours, sent, answer))


def test_the_other_user_that_was_named_is_served_with_the_key_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    admission.hand_over(b"k" * admission.KEY_BYTES, tmp_path / "key")
    door = Admission(tmp_path / "key", also_user=os.geteuid())
    ours, theirs = socket.socketpair()
    sent = admission.challenge()
    monkeypatch.setattr(admission, "_descends_from", lambda _ancestor, _pid: False)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with ours, theirs:
        assert door.why_not(ours, sent, admission.proof(b"k" * admission.KEY_BYTES, sent)) is None
        assert "key is not the one" in str(door.why_not(ours, sent, admission.proof(b"x" * admission.KEY_BYTES, sent)))


def test_what_the_server_has_started_is_not_served_even_with_the_key(server: RunningForkServer, tmp_path: Path) -> None:
    program = [sys.executable, "-c", ASK, str(server.processes.socket_path), server.processes.key.hex()]
    server.processes.start("one", program=program, environment=basic_environment(), folder=tmp_path, log=tmp_path / "one.log")
    assert server.processes.wait("one", timeout=20).exit_code == 0
    assert "does not serve what it has started" in (tmp_path / "one.log").read_text()
    served = subprocess.run(program, capture_output=True, text=True, cwd=PROJECT_FOLDER, env=basic_environment(), check=True)
    assert served.stdout.startswith("served")


def test_the_key_is_in_no_argument_no_environment_and_no_file(server: RunningForkServer, tmp_path: Path) -> None:
    server.processes.processes()
    for file in ("cmdline", "environ"):
        seen = Path(f"/proc/{server.pid}/{file}").read_bytes()
        assert server.processes.key not in seen
        assert server.processes.key.hex().encode() not in seen
    assert not server.processes.socket_path.with_suffix(".key").exists()


def test_a_shared_key_is_for_its_owner_only(server: RunningForkServer) -> None:
    server.share_key()
    file = server.processes.socket_path.with_suffix(".shared-key")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == server.processes.key


def test_a_forked_process_finds_neither_the_key_nor_anothers_environment_in_its_memory(
    server: RunningForkServer, start: StartStandIn, tmp_path: Path
) -> None:
    secret = "another-process's-password"
    start("other", "exit=0", environment={**basic_environment(), "PASSWORD": secret})
    server.processes.wait("other", timeout=10)
    (tmp_path / "scan.py").write_text(SCAN)
    for number, needle in enumerate((server.processes.key, server.processes.key.hex().encode(), secret.encode())):
        gc.collect()
        server.processes.start(
            f"scan-{number}",
            module="scan",
            arguments=[needle[:8].hex(), needle[8:].hex()],
            environment={"PYTHONPATH": str(tmp_path)},
            folder=tmp_path,
            log=tmp_path / f"scan-{number}.log",
        )
        server.processes.wait(f"scan-{number}", timeout=20)
        assert (tmp_path / f"scan-{number}.log").read_text() == "found: 0\n"
