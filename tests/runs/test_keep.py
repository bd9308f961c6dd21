"""`--keep`: the platform stays after the run for whoever wants to look at it, and goes without a trace."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hamcrest import contains_string

from support.waiting import eventually
from tests.runs.conftest import PROJECT, Ringmaster, processes_of, small_project

Start = Callable[..., "subprocess.Popen[bytes]"]

FEATURE = """
Feature: small
  Scenario: passes
    Then one is 1
  Scenario: fails
    Then one is 2
"""
STEPS = """
from behave import then

@then("one is {int}")
def is_one(context, number):
    assert number == 1, f"one is not {number}"
"""
KEPT = "End it with Ctrl-C"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """What the run printed."""
    return tmp_path / "log"


@pytest.fixture
def start(surroundings: dict[str, str], tmp_path: Path, log: Path) -> Iterator[Start]:
    """`start("--keep", "always", "--name", "fails")` starts a run of the small project."""
    project = small_project(tmp_path, FEATURE, STEPS)
    started: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: str) -> "subprocess.Popen[bytes]":
        with log.open("w") as output:
            command = [sys.executable, "-m", "support", "run", *arguments]
            variables = surroundings | {"PYTHONPATH": str(PROJECT)}
            started.append(subprocess.Popen(command, cwd=project, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def address(log: Path) -> str:
    """Where the kept platform's backend is, as the run says."""
    eventually("the platform to be kept", log.read_text, contains_string(KEPT), within=60)
    found = re.search(r"backend url: (\S+)", log.read_text())
    assert found is not None, log.read_text()
    return found[1]


def assert_nothing_is_left(backend: str, temporary: Path) -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{backend}/healthz")
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("keep", "scenario", "number", "exit_code"),
    [("on-failure", "fails", signal.SIGINT, 1), ("always", "passes", signal.SIGTERM, 0), ("always", "fails", signal.SIGHUP, 1)],
)
def test_a_kept_platform_can_be_reached_until_a_signal_ends_it(
    start: Start, ringmaster: Ringmaster, log: Path, temporary: Path, keep: str, scenario: str, number: int, exit_code: int
) -> None:
    running = start("--keep", keep, "--name", scenario)
    backend = address(log)
    assert running.poll() is None
    assert httpx.get(f"{backend}/healthz").json() == {"status": "ok"}
    text = log.read_text()
    told = {name: (re.search(rf"  {name}: (\S+)", text) or [""] * 2)[1] for name in ("object store url", "mail folder", "logs")}
    assert httpx.get(told["object store url"]).status_code < 500
    assert Path(told["mail folder"]).is_dir()
    assert (Path(told["logs"]) / "backend.log").is_file()
    # what a living run uses is not touched
    assert f"`kill {running.pid}` ends it" in ringmaster("clean").output
    assert httpx.get(f"{backend}/healthz").json() == {"status": "ok"}
    running.send_signal(number)
    assert running.wait(timeout=20) == exit_code, log.read_text()
    assert_nothing_is_left(backend, temporary)


def test_clean_removes_a_kept_platform_whose_run_was_killed(start: Start, ringmaster: Ringmaster, log: Path, temporary: Path) -> None:
    running = start("--keep", "on-failure", "--name", "fails")
    backend = address(log)
    running.kill()
    running.wait()
    cleaned = ringmaster("clean")
    assert "left-overs removed" in cleaned.output
    assert "not touched" not in cleaned.output
    assert_nothing_is_left(backend, temporary)
    assert ringmaster("clean").output.strip() == "nothing was left over"


@pytest.mark.parametrize(("keep", "scenario", "exit_code"), [("on-failure", "passes", 0), ("never", "fails", 1)])
def test_nothing_is_kept_that_was_not_asked_for(start: Start, log: Path, temporary: Path, keep: str, scenario: str, exit_code: int) -> None:
    assert start("--keep", keep, "--name", scenario).wait(timeout=60) == exit_code, log.read_text()
    assert "The platform is kept" not in log.read_text()
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []
