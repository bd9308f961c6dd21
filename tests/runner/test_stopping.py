"""Signals end a run in order, a second one at once, and after kill -9 the next start leaves nothing."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from hamcrest import equal_to, greater_than_or_equal_to

from support.waiting import eventually
from tests.descendants import descendants, is_alive
from tests.runner.conftest import Run, command

RUNNER_KILLS = int(os.environ.get("RUNNER_KILLS", "4"))
LONG = (
    "Feature: long\n"
    + "".join(f"  Scenario: quick {number}\n    Given it takes 0.05 s\n" for number in range(4))
    + "".join(
        f"  Scenario: slow {number}\n    Given it starts a program that runs for 4321 s\n    And it takes 60 s\n" for number in range(4)
    )
)


@pytest.fixture
def start(project: Callable[..., Path], surroundings: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Start a run whose later scenarios take a minute each; its output is in `log`."""
    folder = project(long=LONG)
    environment = folder / "environment.py"
    text = environment.read_text().replace('    if scenario.name == "has a bad hook after"', '    note("over:" + scenario.name)\n    if 0')
    environment.write_text(text)

    started: list[subprocess.Popen[bytes]] = []

    def begin() -> "subprocess.Popen[bytes]":
        with (tmp_path / "log").open("w") as output:
            arguments = command("run", "--workers", "2", "--results-folder", str(tmp_path / "out"))
            started.append(subprocess.Popen(arguments, cwd=folder, env=surroundings, stdout=output, stderr=output))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()
    for left in sleeping():
        left.kill()


def family(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    return [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in processes if is_alive(each)]


def sleeping() -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"] == ["sleep", "4321"]]


def wait_for_the_middle(tmp_path: Path) -> None:
    eventually("two slow scenarios to run", lambda: len(sleeping()), greater_than_or_equal_to(2), within=30)


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_run_in_order(
    start: Callable[[], "subprocess.Popen[bytes]"], tmp_path: Path, number: int, exit_code: int
) -> None:
    running = start()
    wait_for_the_middle(tmp_path)
    processes = family(running)
    running.send_signal(number)
    assert running.wait(timeout=20) == exit_code, (tmp_path / "log").read_text()
    text = (tmp_path / "log").read_text()
    assert "4 passed, 2 error, 2 skipped" in text
    assert "not run: the run was stopped" in text
    # hooks after the interrupted scenarios, and after all
    noted = (tmp_path / "project-0" / "hooks.log").read_text()
    assert noted.count("over:slow") == 2
    assert "after_all" in noted
    assert len(list((tmp_path / "out" / "latest" / "allure-results").glob("*-result.json"))) == 8
    assert alive(processes) == []
    assert sleeping() == []
    assert list((tmp_path / "ledger").glob("*")) == []


def test_a_second_signal_ends_the_run_at_once(
    start: Callable[[], "subprocess.Popen[bytes]"], project: Callable[..., Path], tmp_path: Path
) -> None:
    environment = tmp_path / "project-0" / "environment.py"
    environment.write_text(
        environment.read_text().replace(
            '    note("over:" + scenario.name)',
            '    note("over:" + scenario.name); import time; time.sleep(60 if "slow" in scenario.name else 0)',
        )
    )
    running = start()
    wait_for_the_middle(tmp_path)
    processes = family(running)
    running.send_signal(signal.SIGINT)
    hooks = tmp_path / "project-0" / "hooks.log"
    eventually("both cleanups to hang", lambda: hooks.read_text().count("over:slow"), equal_to(2), within=20)
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=20) == 130, (tmp_path / "log").read_text()
    assert time.monotonic() - began < 3
    assert alive(processes) == []
    assert sleeping() == []


def test_after_kills_at_random_moments_the_next_start_leaves_nothing(
    start: Callable[[], "subprocess.Popen[bytes]"], project: Callable[..., Path], run: Run, tmp_path: Path
) -> None:
    """RUNNER_KILLS says how many; half of them SIGTERM, half SIGKILL."""
    following = project(quick="Feature: quick\n  Scenario: s\n    Given it passes\n")
    for number in range(RUNNER_KILLS):
        running = start()
        moment = random.uniform(0.0, 1.5)  # noqa: S311
        # the moment is random on purpose; a run that is over sooner would be a defect
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(timeout=moment)
        processes = family(running)
        by = signal.SIGTERM if number % 2 else signal.SIGKILL
        running.send_signal(by)
        code = running.wait(timeout=20)
        assert code in ((143, -signal.SIGTERM) if number % 2 else (-signal.SIGKILL,)), (tmp_path / "log").read_text()
        assert run(following).exit_code == 0
        eventually("nothing of it to be left", lambda: len(alive(processes)) + len(sleeping()), equal_to(0), within=5)  # noqa: B023
        assert list((tmp_path / "ledger").glob("*")) == []


def test_a_worker_does_not_outlive_its_runner(start: Callable[[], "subprocess.Popen[bytes]"], tmp_path: Path) -> None:
    running = start()
    wait_for_the_middle(tmp_path)
    processes = [psutil.Process(running.pid), *descendants(running.pid, lambda name: name != "sleep")]
    running.kill()
    running.wait()
    eventually("all processes to end", lambda: len(alive(processes)), equal_to(0), within=5)
