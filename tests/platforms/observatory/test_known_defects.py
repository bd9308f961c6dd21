"""A known defect of the project does not block where the part that has it is the project's own, and does anywhere else."""

import subprocess
import sys
from pathlib import Path

import pytest

from environments.platform import SABOTAGE_VARIABLE
from environments.platforms.observatory.platform import PLATFORM

PROJECT = Path(__file__).resolve().parents[3]
SCENARIOS = ("--name", "What is no job is refused in the same form: half a text", "--name", "P1, the gateway accepts a job")


def run(results: Path, gateway: str) -> "subprocess.CompletedProcess[str]":
    features = [f"features/observatory/{name}.feature" for name in ("gateway", "proof_paths")]
    command = [sys.executable, "-m", "support", "run", *features, *SCENARIOS, "--results-folder", str(results)]
    return subprocess.run([*command, "--observatory-gateway", gateway], cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.mark.skipif(PLATFORM({}).why_not_running is not None, reason=str(PLATFORM({}).why_not_running))
@pytest.mark.parametrize(
    ("defect", "exit_code", "said"),
    [
        ("errors-as-web-pages", 0, "(1 quarantined)"),
        ("answer-names-another-job", 1, "1 failed (1 blocking)"),
        ("", 0, "it can do without it now"),
    ],
)
def test_only_what_is_known_is_excused(tmp_path: Path, defect: str, exit_code: int, said: str) -> None:
    here = f"env --chdir={PROJECT} PYTHONPATH={PROJECT} {SABOTAGE_VARIABLE}={defect}"
    ended = run(tmp_path, f"{here} {sys.executable} -m environments.platforms.observatory.gateway")
    assert ended.returncode == exit_code, ended.stdout + ended.stderr
    assert said in " ".join(ended.stdout.split())
    assert "gateway" in ended.stdout.partition("real parts: ")[2].partition(";")[0]
