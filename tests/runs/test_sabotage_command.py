"""`ringmaster sabotage` as a command."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from hamcrest import empty, equal_to, not_

from support.waiting import eventually
from tests.descendants import descendants
from tests.runs.conftest import PROJECT, Ringmaster, assert_refused, processes_of

TWO_PARTICIPANTS = "features/tracebloc/ring3_platform/02_two_participants.feature"


def test_the_matrix_is_printed_and_saved(ringmaster: Ringmaster, temporary: Path) -> None:
    outcome = ringmaster("sabotage", TWO_PARTICIPANTS, "--every-pair")
    assert outcome.exit_code == 0, outcome.output
    assert "2 of 2 sabotages caught, by 1 scenarios" in outcome.output
    folder = outcome.results / "sabotage" / "latest"
    matrix = json.loads((folder / "matrix.json").read_text())
    under = {cell["sabotage"]: cell["status"] for cell in matrix["cells"]}
    assert under == {None: "passed", "weights-averaged-unweighted": "failed", "cycle-done-without-weights": "failed"}
    assert "row-weighted mean" in (folder / "matrix.md").read_text()
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


def test_a_matrix_may_stop_at_the_first_scenario_that_notices(ringmaster: Ringmaster) -> None:
    both = (TWO_PARTICIPANTS, "features/tracebloc/ring2_services/01_cycle.feature")
    outcome = ringmaster(
        "sabotage", *both, "--only", "weights-averaged-unweighted", "--first-catch", "--no-baseline", RINGMASTER_WORKERS="1"
    )
    assert outcome.exit_code == 0, outcome.output
    matrix = json.loads((outcome.results / "sabotage" / "latest" / "matrix.json").read_text())
    assert [cell["status"] for cell in matrix["cells"]] == ["failed"]
    assert_refused(ringmaster("sabotage", "--first-catch", "--every-pair"), 2, "give one of them")


def test_a_sabotage_that_nobody_says_to_catch_is_exit_code_1(ringmaster: Ringmaster) -> None:
    outcome = ringmaster("sabotage", TWO_PARTICIPANTS, "--only", "flops-not-relayed")
    assert outcome.exit_code == 1, outcome.output
    assert "sabotage flops-not-relayed: no selected scenario says" in " ".join(outcome.output.split())


def test_an_unknown_sabotage_is_refused(ringmaster: Ringmaster) -> None:
    assert_refused(ringmaster("sabotage", "--only", "flops-not-relay"), 2, "Did you mean 'flops-not-relayed'")


def test_a_missing_feature_is_refused(ringmaster: Ringmaster) -> None:
    assert_refused(ringmaster("sabotage", "features/none.feature"), 2, "no such feature file or folder")


def test_an_unset_environment_name_is_refused_before_anything_starts(ringmaster: Ringmaster) -> None:
    assert_refused(ringmaster("sabotage", TWO_PARTICIPANTS, RINGMASTER_CLIENT_ENV="test-e2e"), 2, "'test-e2e'", "nothing was started")


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_matrix_that_is_stopped_ends_its_runs_and_leaves_nothing(
    surroundings: dict[str, str], tmp_path: Path, temporary: Path, number: signal.Signals, exit_code: int
) -> None:
    command = [sys.executable, "-m", "support", "sabotage", TWO_PARTICIPANTS, "--every-pair"]
    with subprocess.Popen(command, cwd=PROJECT, env=surroundings, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as running:

        def nodes() -> list[psutil.Process]:
            return descendants(running.pid, lambda name: name == "node")

        eventually("a run's platform to be there", nodes, not_(empty()), within=60)
        started = psutil.Process(running.pid).children(recursive=True)
        running.send_signal(number)
        assert running.wait(timeout=60) == exit_code
    eventually("all its processes to end", lambda: [each for each in started if each.is_running()], equal_to([]), within=20)
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []
    assert list((tmp_path / "ledger").iterdir()) == []
