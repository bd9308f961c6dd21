"""What behave is made to remember is what it would work out."""

from pathlib import Path

import pytest
from behave import model_core
from behave.model_type import Status

from support.runner.behave_adapter.caches import keep_what_never_changes

FAILED = {Status.failed, Status.error, Status.hook_error, Status.cleanup_error, Status.undefined, Status.pending}
NOT_FINAL = {Status.unknown, Status.untested, Status.executing, Status.untested_pending}


@pytest.fixture(autouse=True)
def remembering() -> None:
    keep_what_never_changes()


@pytest.mark.parametrize("status", Status, ids=lambda status: str(status.name))
def test_a_status_means_what_it_meant_each_time(status: Status) -> None:
    for _ in range(2):
        assert status.has_failed() == (status in FAILED)
        assert status.is_final() == (status not in NOT_FINAL)
        assert status.is_hook_error() == (status in {Status.hook_error, Status.cleanup_error})
        assert status.is_untested() == (status in {Status.untested, Status.untested_undefined, Status.untested_pending})


def test_a_path_is_told_from_the_folder_that_is_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(tmp_path / "features" / "a.feature")
    (tmp_path / "features").mkdir()
    for folder, shown in ((tmp_path, "features/a.feature"), (tmp_path / "features", "a.feature"), (tmp_path, "features/a.feature")):
        monkeypatch.chdir(folder)
        assert model_core.BasicStatement(file, 1, "Given", "a step").filename == shown
