"""Without the packages of its extra, the platform's scenarios are skipped with the command that installs them, and others run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
WITHOUT_PIKA = "import sys; sys.modules['pika'] = None; from support.__main__ import main; main()"
WITHOUT_SERVERS = """
from environments.platforms.observatory import requirements
requirements.SERVERS = {name: (debian, lambda: None) for name, (debian, _) in requirements.SERVERS.items()}
from support.__main__ import main; main()
"""


def run_without_pika(results: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_by(WITHOUT_PIKA, results, *arguments)


def run_by(code: str, results: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", code, "run", *arguments, "--results-folder", str(results)]
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


def test_without_the_servers_what_needs_none_runs_and_the_rest_is_skipped_with_the_command(tmp_path: Path) -> None:
    ended = run_by(WITHOUT_SERVERS, tmp_path, *(f"features/observatory/{name}.feature" for name in ("contracts", "doctor", "gateway")))
    assert "RabbitMQ, PostgreSQL, Redis not installed (apt-get install rabbitmq-server postgresql redis-server)" in ended.stdout, (
        ended.stderr
    )
    assert re.search(r"\b17 passed", ended.stdout), ended.stdout
    assert ended.returncode == 0
    alone = run_by(WITHOUT_SERVERS, tmp_path, "features/observatory/gateway.feature")
    assert alone.returncode == 1
    assert not re.search(r"[1-9]\d* passed", alone.stdout)
