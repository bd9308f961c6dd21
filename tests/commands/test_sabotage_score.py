"""`ringmaster sabotage` leaves its score in the history, for the trend of it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from support.commands.application import application
from support.history.reading import open_history
from support.sabotage_matrix import make
from support.sabotage_matrix.matrix import Cell, Matrix


def _matrix(*_: object) -> tuple[Matrix, Path]:
    cells = [
        Cell(sabotage=name, location="a.feature:1", scenario="s", status=status) for name, status in (("one", "failed"), ("two", "passed"))
    ]
    made = Matrix(sabotages=["one", "two"], cells=cells, catch_none={}, run_seconds={}, findings=[], seconds=1.0)
    return made, Path.cwd()


@pytest.mark.parametrize(("selected", "scores"), [([], [{"caught": 1, "of": 2}]), (["--tags", "@ring1"], []), (["features/a.feature"], [])])
def test_the_score_of_all_features_is_kept_and_that_of_a_part_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, selected: list[str], scores: list[dict[str, int]]
) -> None:
    monkeypatch.setattr(make, "make_matrix", _matrix)
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(application, ["sabotage", *selected, "--results-folder", str(tmp_path / "out")])
    assert ended.exit_code == 0, ended.output
    with open_history(tmp_path / "out") as history:
        assert [one.content for one in history.measurements("sabotage score")] == scores
