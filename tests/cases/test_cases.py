"""Every case in this folder gives the outcome that its `expected.toml` says."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.runner.conftest import Run

FOLDER = Path(__file__).parent
RUNS = [
    pytest.param(file.parent, expected, id=" ".join([file.parent.name, *expected.get("arguments", [])]))
    for file in sorted(FOLDER.glob("*/expected.toml"))
    for expected in tomllib.loads(file.read_text(encoding="utf-8"))["run"]
]


@pytest.mark.parametrize(("case", "expected"), RUNS)
def test_a_case_gives_its_outcome(case: Path, expected: dict[str, Any], run: Run, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(case, project)
    if not (project / "steps").exists():
        shutil.copytree(FOLDER / "steps", project / "steps")
    outcome = run(project, *expected.get("arguments", []))
    assert outcome.exit_code == expected["exit_code"], outcome.output
    if "statuses" in expected:
        assert outcome.statuses == expected["statuses"], outcome.output
    for words in expected.get("says", []):
        assert words in outcome.output
    for words in expected.get("never_says", []):
        assert words not in outcome.output
