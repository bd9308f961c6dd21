"""Without the packages of its extra, the platform's scenarios are skipped with the command that installs them, and others run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
WITHOUT_PIKA = "import sys; sys.modules['pika'] = None; from support.__main__ import main; main()"


def run_without_pika(results: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", WITHOUT_PIKA, "run", *arguments, "--results-folder", str(results)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [[], ["--substrate", "none"]])
def test_its_scenarios_are_skipped_with_the_command_that_helps(tmp_path: Path, arguments: list[str]) -> None:
    ended = run_without_pika(tmp_path, "features/observatory/gateway.feature", *arguments)
    assert "packages missing: pika (pip install -c constraints.txt -e '.[observatory]')" in ended.stdout, ended.stderr
    assert ended.returncode == 1
    assert not re.search(r"^\d+ passed", ended.stdout, re.MULTILINE)


def test_a_run_that_selects_none_of_them_does_not_load_them(tmp_path: Path) -> None:
    ended = run_without_pika(tmp_path, "features", "--tags", "@smoke", "--list")
    assert ended.returncode == 0, ended.stderr
    assert "observatory" not in ended.stdout
