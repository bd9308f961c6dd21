"""What is around a command is told in a sentence: full disks, limits, outputs that nobody reads, signals at any time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from hamcrest import equal_to

from support.waiting import eventually
from tests.runs.conftest import PROJECT

TINY = "Feature: f\n  Scenario: s\n    Given a thing\n"
STEPS = 'from behave import step\n@step("a thing")\ndef thing(context):\n    pass\n'
RUN = ("run", "--substrate", "none")
SMALL = ("run", "features/tracebloc/ring1_in_process/backend_heartbeat_and_leaderboard.feature")
MATRIX = ("sabotage", "--only", "heartbeat-never-expires", *SMALL[1:])
PREFIX = "mkdir -p {0} && mount -t tmpfs -o {1} none {0} && "
FILL = "(dd if=/dev/zero of={0}/x bs=1k 2>{0}/y || true) && "

Ended = subprocess.CompletedProcess[str]
Shell = Callable[..., Ended]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name, text in {"features/f.feature": TINY, "features/steps/s.py": STEPS}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def shell(project: Path, surroundings: dict[str, str]) -> Shell:
    """Runs a line of shell in the project; `$R` is the command."""

    def run(line: str, *, folder: Path = project, **variables: str) -> Ended:
        everything = surroundings | {"PYTHONPATH": str(PROJECT), "R": f"{sys.executable} -m support"} | variables
        return subprocess.run(
            ["bash", "-c", line], cwd=folder, env=everything, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
        )

    return run


def assert_one_sentence(ended: Ended, codes: tuple[int, ...], *words: str) -> None:
    said = ended.stdout + ended.stderr
    assert ended.returncode in codes, said
    assert "Traceback" not in said
    assert "defect of Ringmaster" not in said
    for word in words:
        assert word in said, said


needs_mounts = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")


@needs_mounts
@pytest.mark.parametrize("options", ["size=64k", "size=4m,ro"])
@pytest.mark.parametrize(("variable", "code"), [("RINGMASTER_RESULTS_FOLDER", 2), ("RINGMASTER_LEDGER_FOLDER", 3)])
def test_a_full_or_read_only_folder_is_named(shell: Shell, tmp_path: Path, options: str, variable: str, code: int) -> None:
    small = tmp_path / "small"
    fill = "" if "ro" in options else FILL.format(small)
    line = PREFIX.format(small, options) + fill + f"{variable}={small}/in $R {' '.join(RUN)}"
    assert_one_sentence(shell(f"unshare -m bash -c '{line}'"), (code,), str(small))


@needs_mounts
def test_too_little_room_for_temporary_files_is_said_before_anything_starts(shell: Shell, tmp_path: Path) -> None:
    if Path("/tmp") in (*PROJECT.parents, *Path(sys.executable).parents):
        pytest.skip("the checkout or its Python is below /tmp, which would be hidden: check out elsewhere to try this")
    line = PREFIX.format("/tmp", "size=4m") + "TMPDIR=/tmp $R " + " ".join(SMALL)
    ended = shell(
        f"mkdir -p {tmp_path}/o; unshare -m bash -c '{line}'", folder=PROJECT, RINGMASTER_RESULTS_FOLDER="/var/tmp/ringmaster-odd"
    )
    assert_one_sentence(ended, (3,), "64 MiB of room for temporary files")


@needs_mounts
def test_a_full_results_folder_ends_a_matrix_before_anything_runs(shell: Shell, tmp_path: Path) -> None:
    small = tmp_path / "small"
    line = PREFIX.format(small, "size=64k") + FILL.format(small) + f"RINGMASTER_RESULTS_FOLDER={small} $R {' '.join(MATRIX)}"
    assert_one_sentence(shell(f"unshare -m bash -c '{line}'", folder=PROJECT), (2,), str(small), "make room")


@needs_mounts
def test_the_folder_of_a_matrix_ledger_is_named_when_it_is_full(shell: Shell, tmp_path: Path) -> None:
    small = tmp_path / "small"
    line = PREFIX.format(small, "size=64k") + FILL.format(small) + f"RINGMASTER_LEDGER_FOLDER={small}/in $R {' '.join(MATRIX)}"
    assert_one_sentence(shell(f"unshare -m bash -c '{line}'", folder=PROJECT), (3,), f"ledgers {small}", "set RINGMASTER_LEDGER_FOLDER")


def test_a_platform_that_starts_with_no_sabotage_either_ends_a_matrix(shell: Shell) -> None:
    ended = shell(f"ulimit -n 20; $R {' '.join(MATRIX)}", folder=PROJECT)
    assert_one_sentence(ended, (3,), "64 open files at a time", "ulimit -n 1024")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
@pytest.mark.parametrize("command", [" ".join(SMALL), "status", "clean", "doctor", "up"])
def test_a_user_without_a_home_is_told_what_to_set(shell: Shell, command: str) -> None:
    # the capability to read, since the checkout and its Python may be in root's folder
    nobody = "setpriv --reuid 54321 --regid 54321 --clear-groups --inh-caps +dac_read_search --ambient-caps +dac_read_search"
    ended = shell(f"env -u HOME -u XDG_STATE_HOME -u RINGMASTER_LEDGER_FOLDER {nobody} $R {command}", folder=PROJECT)
    assert_one_sentence(ended, (3,), "no home folder", "XDG_STATE_HOME")


@pytest.mark.parametrize("command", [RUN, SMALL])
def test_too_few_open_files_are_said_before_anything_starts(shell: Shell, command: tuple[str, ...]) -> None:
    folder = {"folder": PROJECT} if command is SMALL else {}
    assert_one_sentence(shell(f"ulimit -n 20; $R {' '.join(command)}", **folder), (3,), "64 open files at a time", "ulimit -n 1024")


@pytest.mark.parametrize("command", [RUN, SMALL])
def test_too_small_files_are_said_before_anything_starts(shell: Shell, command: tuple[str, ...]) -> None:
    folder = {"folder": PROJECT} if command is SMALL else {}
    ended = shell(f"ulimit -f 1; $R {' '.join(command)}", **folder, PYTHONDONTWRITEBYTECODE="1")
    assert_one_sentence(ended, (3,), "files of up to 16 MiB", "ulimit -f unlimited")


@pytest.mark.parametrize("command", ["run", "lint", "steps", "sabotage", "show"])
def test_a_folder_that_is_gone_is_said(shell: Shell, tmp_path: Path, command: str) -> None:
    gone = tmp_path / "gone"
    ended = shell(f"mkdir {gone}; cd {gone}; rmdir {gone}; $R {command}")
    assert_one_sentence(ended, (2,), "the folder that this was started in is gone")


@pytest.mark.parametrize("output", [">&-", ">/dev/full", "| (exec <&-; sleep 0); exit ${PIPESTATUS[0]}"])
@pytest.mark.parametrize("command", [" ".join(RUN), "tags", "--help", "render compose --platform tracebloc"])
def test_an_output_that_cannot_be_written_to_is_said_once(shell: Shell, tmp_path: Path, command: str, output: str) -> None:
    ended = shell(f"$R {command} {output}")
    assert_one_sentence(ended, (3,), "stdout cannot be written to")
    assert ended.stderr.count("ringmaster:") == 1
    if command.startswith("run"):
        assert (tmp_path / "out" / "latest" / "run.json").exists()


@pytest.mark.parametrize("line", ["env -u HOME", "env LANG=C LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0", "setsid -w"])
def test_no_home_no_language_and_no_terminal_do_not_matter(shell: Shell, line: str) -> None:
    ended = shell(f"{line} $R {' '.join(RUN)}")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Given a thing" in ended.stdout


def is_handled(process: int, number: int) -> bool:
    """Whether the process has told the system what to do when this signal comes."""
    caught = Path(f"/proc/{process}/status").read_text().split("SigCgt:")[1].split()[0]
    return bool(int(caught, 16) & (1 << (number - 1)))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("later", [0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8])
def test_a_signal_in_the_first_second_ends_it_without_a_trace(surroundings: dict[str, str], number: signal.Signals, later: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "support", *SMALL],
        cwd=PROJECT,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    ) as running:
        # SIGINT is Python's own until then
        eventually("the command to begin", lambda: is_handled(running.pid, signal.SIGTERM), equal_to(True))
        # the moment is the point: there is nothing to wait for
        time.sleep(later)
        running.send_signal(number)
        output, _ = running.communicate(timeout=60)
    assert running.returncode == 128 + number
    assert b"Traceback" not in output


def test_sigterm_before_anything_is_loaded_ends_it_as_well(surroundings: dict[str, str]) -> None:
    with subprocess.Popen([sys.executable, "-m", "support", *SMALL], cwd=PROJECT, env=surroundings, stdin=subprocess.DEVNULL) as running:
        running.terminate()
        # which a shell tells as 143
        assert running.wait(60) in (-signal.SIGTERM, 143)


WAITING = """
import signal
from behave import step
@step("a thing")
def thing(context):
    open("there", "w").close()
    signal.pause()
"""


@pytest.mark.parametrize("ignored", [signal.SIGINT, signal.SIGHUP])
def test_sigint_ends_a_run_in_the_background_and_nohup_is_respected(
    project: Path, surroundings: dict[str, str], ignored: signal.Signals
) -> None:
    (project / "features/steps/s.py").write_text(WAITING)
    running = subprocess.Popen(
        [sys.executable, "-m", "support", *RUN],
        cwd=project,
        env=surroundings | {"PYTHONPATH": str(PROJECT)},
        stdin=subprocess.DEVNULL,
        # as a shell does for what a script has in the background, and nohup
        preexec_fn=lambda: signal.signal(ignored, signal.SIG_IGN),
    )
    eventually("the scenario to run", (project / "there").exists, equal_to(True), within=30)
    if ignored == signal.SIGHUP:
        for process in (running.pid, *(child.pid for child in psutil.Process(running.pid).children(recursive=True))):
            os.kill(process, signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(1)
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == 130


def test_sigint_ends_every_command_where_it_was_ignored(project: Path, surroundings: dict[str, str]) -> None:
    for command in (("sabotage", *SMALL[1:]), ("bus",), ("doctor",)):
        running = subprocess.Popen(
            [sys.executable, "-m", "support", *command],
            cwd=PROJECT,
            env=surroundings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        )
        eventually("it to take SIGINT", lambda process=running.pid: is_handled(process, signal.SIGINT), equal_to(True))
        running.send_signal(signal.SIGINT)
        assert running.wait(60) in (130, 0), command
