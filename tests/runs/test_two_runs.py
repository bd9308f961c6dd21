"""Two people's work at once: two runs on one machine, which share its ledger, its temporary folder and the folder of results."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hamcrest import contains_string, equal_to

from support.history.reading import open_history
from support.waiting import eventually
from tests.runs.conftest import PROJECT, Ringmaster, processes_of

TRAINING = "features/tracebloc/ring3_platform/01_single_participant.feature"
OUTAGES = ["features/tracebloc/ring2_services/02_service_bus.feature", "--name", "A start while the Service Bus is unreachable"]
KILLS = ["features/tracebloc/ring2_services/04_restarts.feature", "--name", "The backend is killed"]
LONGEST = 150


class Beside:
    """One run beside others, and what it printed so far."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.process = process
        self._log = log

    def printed(self) -> str:
        """Everything up to now."""
        return self._log.read_text()

    def ends_with(self, exit_code: int) -> None:
        """Wait for its end and see that it ended so."""
        assert self.process.wait(timeout=LONGEST) == exit_code, self.printed()


Start = Callable[..., Beside]


@pytest.fixture
def start(surroundings: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """`start("features/tracebloc/ring1_in_process")` starts a run and does not wait for it."""
    started: list[Beside] = []

    def begin(*arguments: str) -> Beside:
        log = tmp_path / f"log-{len(started)}"
        with log.open("w") as output:
            command = [sys.executable, "-m", "support", "run", *arguments]
            process = subprocess.Popen(command, cwd=PROJECT, env=surroundings, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        started.append(Beside(process, log))
        return started[-1]

    yield begin
    for each in started:
        each.process.kill()
        each.process.wait()


def records(results: Path) -> list[dict[str, Any]]:
    """The `run.json` of every run that has one, oldest first."""
    return [json.loads(file.read_text()) for file in sorted(results.glob("2*/run.json"))]


def test_runs_beside_each_other_do_not_notice_each_others_outages_and_kills(start: Start, tmp_path: Path, temporary: Path) -> None:
    runs = [start(TRAINING), start(*OUTAGES), start(*KILLS)]
    for each in runs:
        each.ends_with(0)
        assert "cleaned up after a killed run" not in each.printed()
    results = tmp_path / "out"
    assert [[row["status"] for row in record["scenarios"]] for record in records(results)] == [["passed"]] * 3
    assert len({record["run"] for record in records(results)}) == 3
    names = {row["name"] for record in records(results) for row in record["scenarios"]}
    assert len(names) == 3
    with open_history(results) as history:
        assert len(history.runs()) == 3
        assert all(any(name in key for key in history.durations()) for name in names)
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


def test_a_killed_run_is_cleaned_up_by_the_next_and_the_one_beside_it_goes_on(
    start: Start, ringmaster: Ringmaster, tmp_path: Path, temporary: Path
) -> None:
    killed, living = start(TRAINING), start(TRAINING)
    for each in (killed, living):
        eventually("the first step to be printed", each.printed, contains_string("Given "), within=60)
    killed.process.kill()
    killed.process.wait()
    cleaned = ringmaster("clean").output
    assert "left-overs removed" in cleaned
    assert f"`kill {living.process.pid}` ends it" in cleaned
    living.ends_with(0)
    eventually("nothing to be left", lambda: processes_of(temporary), equal_to([]), within=20)
    assert list(temporary.iterdir()) == []
    assert list((tmp_path / "ledger").iterdir()) == []
