"""A second platform beside the first: alone, where nothing is set for the first one; both in one run; and its own defect noticed."""

import subprocess
import sys
from pathlib import Path

from tests.runs.conftest import Ringmaster, in_copy

OF_THE_FIRST = "features/tracebloc/ring1_in_process/command_line_sign_in.feature"
"""Begins with a sentence that the second platform defines too."""


def test_it_runs_alone_without_the_settings_of_the_first(ringmaster: Ringmaster, two_platforms: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.toml").touch()
    outcome = in_copy(ringmaster, two_platforms, "run", "features/shop", RINGMASTER_SETTINGS_FILE=str(tmp_path / "empty.toml"))
    assert outcome.exit_code == 0, outcome.output
    assert [scenario["status"] for scenario in outcome.record["scenarios"]] == ["passed", "passed"]


def test_both_run_in_one_run_each_with_its_own_steps(ringmaster: Ringmaster, two_platforms: Path) -> None:
    outcome = in_copy(ringmaster, two_platforms, "run", "features/shop", OF_THE_FIRST)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.status_of("An order is kept") == "passed"
    assert outcome.status_of("An owner signs in by device code") == "passed"


def test_its_defect_is_noticed(ringmaster: Ringmaster, two_platforms: Path) -> None:
    outcome = in_copy(ringmaster, two_platforms, "run", "features/shop", "--sabotage", "shop-notes-cut-short")
    assert outcome.exit_code == 1, outcome.output
    assert [scenario["status"] for scenario in outcome.record["scenarios"]] == ["failed", "failed"]


def test_both_are_held_to_the_rules_and_listed_by_platform(ringmaster: Ringmaster, two_platforms: Path) -> None:
    linted = in_copy(ringmaster, two_platforms, "lint")
    assert linted.exit_code == 0, linted.output
    found = in_copy(ringmaster, two_platforms, "steps", "owner", "signs", "up")
    assert "shop: orders, steps/shop/orders.py" in found.output
    assert "tracebloc: people/accounts, steps/tracebloc/people/accounts.py" in found.output
    undecided = two_platforms / "undecided.toml"
    undecided.touch()
    refused = in_copy(ringmaster, two_platforms, "new", "feature", "Late orders", RINGMASTER_SETTINGS_FILE=str(undecided))
    assert "say which by --platform: observatory, shop, tracebloc" in refused.output


def test_its_types_are_checked_as_strictly_as_the_rest(two_platforms: Path) -> None:
    command = [sys.executable, "-m", "mypy", "environments/platforms/shop", "support/platforms/shop"]
    ended = subprocess.run(command, cwd=two_platforms, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
