"""The runner's own behaviour as features, run by the runner."""

import subprocess
from pathlib import Path

from tests.runner.conftest import PROJECT, command


def test_the_features_of_the_runner_pass(tmp_path: Path, surroundings: dict[str, str]) -> None:
    ended = subprocess.run(
        command("run", "tests/runner/features", "--results-folder", str(tmp_path / "out")),
        cwd=PROJECT,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
