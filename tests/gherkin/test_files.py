"""All features of a folder are found, once each, wherever links lead, and a folder that cannot be read is not taken for an empty one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.gherkin.files import UnreadableFile, find_files
from support.runner.planning.errors import SelectionError
from support.runner.planning.selection import Selection, selected_scenarios


@pytest.fixture
def features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`features/a.feature` and `features/deep/b.feature`, in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("features/a.feature", "features/deep/b.feature", "elsewhere/c.feature"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f"Feature: {name}\n  Scenario: {name}\n    Given it is there\n")
    return Path("features")


def found(features: Path) -> list[str]:
    return [str(file) for file in find_files([features])]


@pytest.mark.parametrize(
    ("target", "more"),
    [(".", []), ("deep", []), ("nowhere", []), ("around", []), ("..", ["features/around/elsewhere/c.feature"])],
)
def test_a_link_that_leads_back_adds_only_what_is_new(target: str, more: list[str], features: Path) -> None:
    (features / "around").symlink_to(target)
    assert found(features) == ["features/a.feature", *more, "features/deep/b.feature"]


def test_a_link_to_features_elsewhere_is_followed_once(features: Path) -> None:
    for name in ("one", "two"):
        (features / name).symlink_to("../elsewhere")
    assert found(features) == ["features/a.feature", "features/deep/b.feature", "features/one/c.feature"]


def test_what_runs_is_what_is_found(features: Path) -> None:
    (features / "back").symlink_to(".")
    assert [str(scenario.filename) for scenario in selected_scenarios(Selection())] == found(features)


def test_a_folder_that_cannot_be_read_is_refused(features: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refusing(folder: str) -> Iterator[os.DirEntry[str]]:
        if str(folder).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    told: list[UnreadableFile] = []
    assert [str(file) for file in find_files([features], unreadable=told.append)] == ["features/a.feature"]
    assert [str(error) for error in told] == ["features/deep, line 1: cannot be read: Permission denied"]
    with pytest.raises(SelectionError, match="features/deep, line 1: cannot be read"):
        selected_scenarios(Selection())


def test_an_empty_name_does_not_stand_for_everything(features: Path) -> None:
    with pytest.raises(SelectionError, match="is empty: leave it out to run all, or name one"):
        selected_scenarios(Selection(paths=("",)))
