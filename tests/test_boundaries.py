"""The boundaries between the rooms, which `pyproject.toml` draws and import-linter holds."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
CONTRACTS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
GENERIC_PACKAGES = [
    folder.relative_to(PROJECT).with_suffix("").as_posix().replace("/", ".")
    for root in ("environments", "support")
    for folder in (PROJECT / root).iterdir()
    if (folder.suffix == ".py" or (folder / "__init__.py").is_file()) and folder.stem not in ("__init__", "__main__", "platforms")
]


@pytest.mark.parametrize("contract", [contract["id"] for contract in CONTRACTS])
def test_imports_respect_the_boundaries(contract: str) -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache", "--contract", contract]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_every_room_that_is_no_platforms_is_held_to_them() -> None:
    (generic,) = (contract for contract in CONTRACTS if contract["id"] == "no-platform")
    assert sorted(generic["source_modules"]) == sorted([*GENERIC_PACKAGES, "reports"]), "list new modules in pyproject.toml"
