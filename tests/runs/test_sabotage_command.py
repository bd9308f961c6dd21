"""`ringmaster sabotage` as a command."""

import json
from pathlib import Path

from tests.runs.conftest import Ringmaster, assert_refused, processes_of

TWO_PARTICIPANTS = "features/ring3_platform/02_two_participants.feature"


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
    both = (TWO_PARTICIPANTS, "features/ring2_services/01_cycle.feature")
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
