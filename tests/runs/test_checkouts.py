"""Runs with other projects' checkouts, stood for by small ones: their results are ours."""

import shutil
from pathlib import Path

import pytest

from support.platforms.tracebloc.client_scripts.host import why_not
from tests.runs.conftest import PROJECT, Ringmaster

FRONT_END = "features/tracebloc/ring1_in_process/front_end.feature"
INSTALLER = "features/tracebloc/ring3_platform/06_installer.feature"
CLIENT_CHECKOUT = PROJECT / "tests" / "platforms" / "tracebloc" / "client_scripts" / "checkout"


@pytest.fixture
def front_end(tmp_path: Path) -> Path:
    """A small checkout of a front end with its packages installed."""
    folder = tmp_path / "front-end"
    shutil.copytree(PROJECT / "tests" / "platforms" / "tracebloc" / "front_end" / "checkout", folder)
    (folder / "node_modules" / ".bin").mkdir(parents=True)
    shutil.copy(folder / "stand_in" / "cypress", folder / "node_modules" / ".bin" / "cypress")
    return folder


def test_the_front_ends_specs_are_told_one_by_one(ringmaster: Ringmaster, front_end: Path) -> None:
    outcome = ringmaster("run", FRONT_END, "--frontend-checkout", str(front_end))
    assert outcome.exit_code == 0, outcome.output
    assert "spec cypress/e2e/leaderboard.cy.js: 2 tests, 0 failed, 1 skipped" in outcome.output


def test_a_spec_that_fails_turns_the_run_red_with_its_words(ringmaster: Ringmaster, front_end: Path) -> None:
    (front_end / "trouble").write_text("spec-fails")
    outcome = ringmaster("run", FRONT_END, "--frontend-checkout", str(front_end))
    assert outcome.exit_code == 1, outcome.output
    assert "cypress/e2e/leaderboard.cy.js: shows every team: expected 3 rows, got 2" in outcome.output
    junit = "".join(file.read_text() for file in (outcome.results / "latest" / "junit").glob("*.xml"))
    assert "expected 3 rows, got 2" in junit


def test_installer_scripts_run_out_of_the_checkout_and_leave_their_words(ringmaster: Ringmaster) -> None:
    if reason := why_not():
        pytest.skip(reason)
    names = ("where nothing is the matter", "where an image cannot be pulled", "where the cluster's name begins with a digit")
    outcome = ringmaster(
        "run", INSTALLER, *(word for name in names for word in ("--name", name)), "--client-checkout", str(CLIENT_CHECKOUT)
    )
    assert outcome.exit_code == 0, outcome.output
    assert "3 passed" in outcome.output
    assert len(list((outcome.results / "latest" / "scenarios").glob("*/installer.log"))) == 3
    assert not list((outcome.results / "latest" / "scenarios").glob("*/machine"))


def test_without_a_checkout_its_scenarios_are_skipped_with_the_reason(ringmaster: Ringmaster) -> None:
    outcome = ringmaster("run", INSTALLER, "--name", 'under the environment name "prod"', "--name", "goes through all of its stages")
    assert outcome.exit_code == 0, outcome.output
    assert "needs installer.scripts: no checkout of tracebloc/client is given: set client_checkout" in outcome.output
