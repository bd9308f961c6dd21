"""The main job, as CI runs it: green, red under each sabotage, and nothing left afterwards, not even after kill -9."""

import re
import signal
import socket
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import psutil
import pytest
from hamcrest import greater_than_or_equal_to

from support.waiting import eventually
from tests.descendants import descendants
from tests.runs.conftest import PROJECT, Ringmaster, processes_of

ONE_SCENARIO = "features/tracebloc/ring3_platform/01_single_participant.feature"


def test_the_smoke_run_passes_twice_and_leaves_no_process_port_or_file(ringmaster: Ringmaster, tmp_path: Path, temporary: Path) -> None:
    for _ in range(2):
        outcome = ringmaster("run", "--tags", "@smoke")
        assert outcome.exit_code == 0, outcome.output
        assert outcome.status_of("A new owner's use case") == "passed"
        assert outcome.status_of("A single participant's cycle") == "passed"
        assert outcome.status_of("Two environments' weights") == "passed"
        assert outcome.status_of("The public one-line installer") == "skipped"
        assert processes_of(temporary) == []
        assert list(temporary.iterdir()) == []
        assert list((tmp_path / "ledger").glob("*")) == []
        assert not [port for port in _ports_in(outcome.results / "latest" / "logs") if _is_listening(port)]
    assert len([run for run in (tmp_path / "out").iterdir() if run.is_dir() and not run.is_symlink()]) == 2
    _assert_results_are_complete(outcome.results / "latest", len(outcome.record["scenarios"]))


def _assert_results_are_complete(run: Path, scenarios: int) -> None:
    suites = [ElementTree.parse(path).getroot() for path in (run / "junit").glob("*.xml")]  # noqa: S314 - our own file
    assert sum(int(suite.get("tests", 0)) for suite in suites) == scenarios >= 4
    assert sum(int(suite.get("skipped", 0)) for suite in suites) == 1
    assert len(list((run / "allure-results").glob("*-result.json"))) == scenarios
    logs = {path.stem for path in (run / "logs").rglob("*.log")}
    assert {"backend", "service_bus", "averaging_service", "object_store"} <= logs
    for file in run.rglob("*"):
        if file.is_file():
            text = file.read_text(errors="replace")
            assert "SharedAccessKey=" not in text.replace("SharedAccessKey=<redacted>", ""), file


@pytest.mark.parametrize(
    ("sabotage", "feature", "scenario"),
    [
        ("weights-averaged-unweighted", "features/tracebloc/ring3_platform/02_two_participants.feature", "Two environments' weights"),
        ("cycle-done-without-weights", ONE_SCENARIO, "A single participant's cycle"),
        ("leaderboard-sorted-the-wrong-way", "features/tracebloc/playbook", "A new owner's use case"),
        ("flops-not-relayed", "features/tracebloc/playbook", "A new owner's use case"),
    ],
)
def test_each_sabotage_turns_the_run_red(ringmaster: Ringmaster, sabotage: str, feature: str, scenario: str) -> None:
    outcome = ringmaster("run", feature, "--sabotage", sabotage)
    assert outcome.exit_code == 1, outcome.output
    assert outcome.status_of(scenario) == "failed", outcome.output


@pytest.mark.parametrize("next_command", [("run", ONE_SCENARIO), ("clean",)], ids=["run", "clean"])
def test_after_kill_9_the_next_command_leaves_nothing_of_the_old_run(
    ringmaster: Ringmaster, surroundings: dict[str, str], tmp_path: Path, temporary: Path, next_command: tuple[str, ...]
) -> None:
    log = tmp_path / "killed.log"
    with log.open("w") as output:
        killed = subprocess.Popen(
            [sys.executable, "-m", "support", "run", "features/tracebloc/playbook"],
            cwd=PROJECT,
            env=surroundings,
            stdout=output,
            stderr=output,
        )
        eventually("the run to be in its middle", lambda: log.read_text().count("✓"), greater_than_or_equal_to(3), within=60)
        family = psutil.Process(killed.pid).children(recursive=True)
        assert len(family) > 5
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    outcome = ringmaster(*next_command)
    assert outcome.exit_code == 0, outcome.output
    assert f"folder {temporary}/e2e-test-" in outcome.output
    assert [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []
    assert "nothing was left over" in ringmaster("clean").output


def test_sigterm_ends_the_run_in_order_with_its_exit_code(surroundings: dict[str, str], tmp_path: Path, temporary: Path) -> None:
    log = tmp_path / "terminated.log"
    with log.open("w") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", "support", "run", "features/tracebloc/playbook"],
            cwd=PROJECT,
            env=surroundings,
            stdout=output,
            stderr=output,
        )
        eventually("the run to be in its middle", lambda: log.read_text().count("✓"), greater_than_or_equal_to(3), within=60)
        running.terminate()
        assert running.wait(timeout=30) == 143, log.read_text()
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


def test_a_service_that_dies_in_mid_run_is_named_and_fails_the_run(surroundings: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "died.log"
    with log.open("w") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", "support", "run", "features/tracebloc/playbook"],
            cwd=PROJECT,
            env=surroundings,
            stdout=output,
            stderr=output,
        )
        eventually("the run to be in its middle", lambda: log.read_text().count("✓"), greater_than_or_equal_to(3), within=60)
        (backend,) = descendants(running.pid, lambda name: name == "backend")
        backend.kill()
        assert running.wait(timeout=60) == 3, log.read_text()
    assert "backend died with signal 9; the last lines of its log:" in log.read_text()


def _ports_in(logs: Path) -> set[int]:
    return {int(port) for log in logs.rglob("*.log") for port in re.findall(r"127\.0\.0\.1:(\d+)", log.read_text(errors="replace"))}


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
