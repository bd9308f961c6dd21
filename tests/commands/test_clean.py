"""`ringmaster clean` removes the results of old runs, and nothing else that is in their folder."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from environments.ledger import Ledger
from support.commands.application import application


def run_folder(results: Path, days: int) -> Path:
    folder = results / f"{datetime.now(UTC) - timedelta(days=days, minutes=1):%Y%m%d-%H%M%S}-aaaaaa"
    (folder / "logs").mkdir(parents=True)
    return folder


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RINGMASTER_LEDGER_FOLDER", str(tmp_path / "ledger"))
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def clean(results: Path, *arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(application, ["clean", "--results-folder", str(results), *arguments], env=dict(variables))


@pytest.mark.parametrize(
    ("arguments", "variables", "kept"),
    [
        ((), {}, [0, 2, 20]),
        (("--older-than", "1d"), {}, [0]),
        (("--older-than", "7w"), {}, [0, 2, 20, 40]),
        ((), {"RINGMASTER_KEEP_RESULTS": "72h"}, [0, 2]),
        (("--older-than", "never"), {"RINGMASTER_KEEP_RESULTS": "72h"}, [0, 2, 20, 40, 400]),
    ],
)
def test_runs_older_than_was_asked_for_are_removed(
    results: Path, arguments: tuple[str], variables: dict[str, str], kept: list[int]
) -> None:
    folders = {days: run_folder(results, days) for days in (0, 2, 20, 40, 400)}
    outcome = clean(results, *arguments, **variables)
    assert outcome.exit_code == 0, outcome.output
    assert [days for days, folder in folders.items() if folder.exists()] == kept


def test_the_latest_run_stays_however_old_it_is(results: Path) -> None:
    older, latest = run_folder(results, 50), run_folder(results, 40)
    (results / "latest").symlink_to(latest.name)
    assert "removed the results of 1 old run in" in clean(results).output
    assert (older.exists(), latest.exists()) == (False, True)


def test_those_of_sabotage_matrices_and_of_mutants_are_removed_too(results: Path) -> None:
    folders = [run_folder(results / name, 40) for name in ("sabotage", "mutation")]
    clean(results)
    assert not any(folder.exists() for folder in folders)


def test_a_run_that_is_under_way_stays(results: Path) -> None:
    folder = run_folder(results, 40)
    ledger = Ledger.open(folder.name)
    try:
        assert f"not touched: run {folder.name}" in clean(results).output
    finally:
        ledger.close()
    assert folder.exists()


def test_what_is_no_runs_folder_stays(results: Path, tmp_path: Path) -> None:
    old = datetime.now(UTC) - timedelta(days=99)
    named = f"{old:%Y%m%d-%H%M%S}"
    elsewhere = run_folder(tmp_path / "elsewhere", 99)
    (results / f"{named}-cccccc").symlink_to(elsewhere)
    (results / f"{named}-dddddd").mkdir()
    (results / f"{named}-eeeeee").write_text("a file")
    (results / "20251301-000000-aaaaaa" / "logs").mkdir(parents=True)
    for name in ("history.sqlite", "notes"):
        (results / name).touch()
        os.utime(results / name, (0, 0))
    before = sorted(results.iterdir())
    assert clean(results, "--older-than", "1h").exit_code == 0
    assert sorted(results.iterdir()) == before
    assert elsewhere.exists()


@pytest.mark.parametrize("age", ["30", "soon", "-1d", "1y", "99999999w", ""])
def test_a_wrong_age_is_refused(results: Path, age: str) -> None:
    folder = run_folder(results, 99999 // 24)
    for arguments, variables, place in (
        ((f"--older-than={age}",), {}, "--older-than"),
        ((), {"RINGMASTER_KEEP_RESULTS": age}, "KEEP_RESULTS"),
    ):
        if age or place == "KEEP_RESULTS":
            refused = clean(results, *arguments, **variables)
            assert refused.exit_code == 2, refused.output
            assert place in refused.output
            assert "such as 12h, 30d or 2w, or never" in refused.output
    assert folder.exists()
