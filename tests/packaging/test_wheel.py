"""A wheel holds every file that the code reads, and runs where nothing else of the project is installed."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGES = ("environments", "support", "reports")
TINY = {
    "features/tiny.feature": "Feature: tiny\n  Scenario: a sentence is run\n    Given it passes\n",
    "steps/tiny.py": 'from behave import given\n\n\n@given("it passes")\ndef passes(context):\n    pass\n',
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is checked out, so that nothing is built among the sources; with results of an earlier run."""
    copy = tmp_path_factory.mktemp("sources")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, copy)
    for name in PACKAGES:
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "out"))
    results = copy / "reports" / "out" / "run-1" / "scenarios"
    results.mkdir(parents=True)
    (results / "model.py").write_text("left by a run\n")
    compiled = copy / "support" / "__pycache__"
    compiled.mkdir()
    (compiled / "names.cpython-311.pyc").write_bytes(b"compiled")
    return copy


@pytest.fixture(scope="module")
def wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(sources))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel; the packages it needs are borrowed from the one that runs the tests."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, symlinks=True)
    pip("--python", str(environment / "bin" / "python"), "install", "--no-deps", "--no-index", str(wheel))
    (packages,) = environment.glob("lib/python*/site-packages")
    # what a .pth file names does not have its own .pth files read, so that an editable installation there is not found
    borrowed = [entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n")
    return environment / "bin"


def test_the_wheel_holds_the_packages_and_nothing_else(wheel: Path, sources: Path) -> None:
    expected = {str(file.relative_to(sources)) for name in PACKAGES for file in (sources / name).rglob("*") if file.is_file()}
    expected = {name for name in expected if not name.startswith("reports/out/") and "__pycache__" not in name}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name and not name.endswith("/")}
    assert held == expected


def test_the_installed_command_runs_without_a_checkout(installed: Path, tmp_path: Path) -> None:
    for name, text in TINY.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert "Usage: ringmaster" in run(installed, tmp_path, "--help")
    shown = run(installed, tmp_path, "run", "--substrate", "none", "--results-folder", str(tmp_path / "out"), "features")
    assert "1 passed" in shown


def test_the_installed_command_runs_a_checkouts_features(installed: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("__pycache__", "out", ".*")
    for name in (*PACKAGES, "steps"):
        shutil.copytree(PROJECT / name, checkout / name, ignore=ignored)
    for name in ("environment.py", "ringmaster.toml", "profiles.toml"):
        shutil.copy(PROJECT / name, checkout)
    (checkout / "features").mkdir()
    (checkout / "features" / "tiny.feature").write_text(TINY["features/tiny.feature"])
    (checkout / "steps" / "common").mkdir(exist_ok=True)
    (checkout / "steps" / "common" / "tiny.py").write_text(TINY["steps/tiny.py"])
    shown = run(installed, checkout, "run", "--substrate", "none", "--results-folder", str(tmp_path / "out"), "features/tiny.feature")
    assert "1 passed" in shown
    where = "import support; print(support.__path__[0])"
    found = subprocess.run([installed / "python", "-P", "-c", where], cwd=checkout, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()).is_relative_to(installed.parent)


def run(programs: Path, folder: Path, *arguments: str) -> str:
    """What the installed command said, called in a folder; it has to succeed."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("RINGMASTER_", "PYTHONPATH"))}
    variables["RINGMASTER_LEDGER_FOLDER"] = str(folder / "ledger")
    done = subprocess.run(
        [programs / "ringmaster", *arguments], cwd=folder, env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pip(*arguments: str) -> None:
    """Run pip of this environment; it has to succeed."""
    done = subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
