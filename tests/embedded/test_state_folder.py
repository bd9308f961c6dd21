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


@pytest.mark.parametrize("for_another_user", [False, True])
def test_it_is_the_systems_folder_for_temporary_files(usual: Path, for_another_user: bool) -> None:
    assert parent_of_state(for_another_user=for_another_user) == usual


def test_it_is_elsewhere_when_mariadbs_user_could_not_get_there(usual: Path) -> None:
    usual.parent.chmod(0o700)
    assert parent_of_state(for_another_user=False) == usual
    assert usual not in parent_of_state(for_another_user=True).parents
    assert parent_of_state(for_another_user=True) != usual
