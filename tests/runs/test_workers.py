"""Workers on the embedded platform: scenarios beside each other, and one that is killed while its client is installed."""

import re
import subprocess
import sys
from pathlib import Path

import psutil
from hamcrest import equal_to, has_length

from support.eventually import eventually
from tests.runs.conftest import PROJECT, Ringmaster, processes_of

RING_3 = "features/ring3_platform"
FIRST = f"{RING_3}/01_single_participant.feature"
SECOND = f"{RING_3}/02_two_participants.feature"


def test_scenarios_share_one_platform_and_pass_beside_each_other(ringmaster: Ringmaster, temporary: Path) -> None:
    outcome = ringmaster("run", FIRST, SECOND, "--workers", "2")
    assert outcome.exit_code == 0, outcome.output
    assert {row["worker"] for row in outcome.record["scenarios"]} == {1, 2}
    assert processes_of(temporary) == []


def test_a_killed_workers_client_is_ended_and_the_next_scenario_passes(
    surroundings: dict[str, str], tmp_path: Path, temporary: Path
) -> None:
    log = tmp_path / "log"
    with log.open("w") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", "support", "run", FIRST, SECOND, "--workers", "1"],
            cwd=PROJECT,
            env=surroundings,
            stdout=output,
            stderr=output,
        )
        eventually("a client to be installed", lambda: _edges(running.pid), has_length(5), within=60)
        edge = _edges(running.pid)
        (worker,) = [each for each in psutil.Process(running.pid).children(recursive=True) if each.name() == "worker-1"]
        worker.kill()
        eventually("its services to end", lambda: [each for each in edge if _runs(each)], equal_to([]), within=20)
        assert running.wait(timeout=120) == 1, log.read_text()
    text = log.read_text()
    assert "its worker ended with signal 9 (SIGKILL)" in text
    assert re.search(r"1 passed, 1 error \(1 blocking\)", text), text
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


def _edges(pid: int) -> list[psutil.Process]:
    return [
        each
        for each in psutil.Process(pid).children(recursive=True)
        if _runs(each) and re.fullmatch(r"\w+-[0-9a-f]*", each.name()) and each.name().split("-")[0] in SERVICES
    ]


SERVICES = ("jobs_manager", "pods_monitor", "resource_monit", "resource_monito", "requests_proxy", "egress_proxy")


def _runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
