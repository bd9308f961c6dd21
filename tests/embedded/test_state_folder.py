"""Where a run's folder can be."""

from pathlib import Path

import pytest

from environments.embedded.state_folder import parent_of_state


@pytest.fixture
def usual(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    short_folder.chmod(0o755)
    usual = short_folder / "usual"
    usual.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(usual))
    return usual


@pytest.mark.parametrize("user", [0, 1000])
def test_it_is_the_systems_folder_for_temporary_files(usual: Path, monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert parent_of_state() == usual


def test_it_is_elsewhere_for_root_when_other_users_could_not_get_there(usual: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual.parent.chmod(0o700)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert parent_of_state() == usual
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert usual not in parent_of_state().parents
    assert parent_of_state() != usual


@pytest.mark.parametrize("user", [0, 1000])
def test_it_is_elsewhere_when_its_path_has_a_space(usual: Path, monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    spaced = usual / "with a space"
    spaced.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spaced))
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert " " not in str(parent_of_state())
