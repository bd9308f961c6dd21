"""What an editor with the Cucumber extension underlines in the features: nothing. Asked is the extension's own language service."""

import json
import os
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest

from support.authoring.catalogue.definitions import read_step_definitions

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
VERSION = json.loads((HERE / "package.json").read_text())["dependencies"]["@cucumber/language-service"]
# nothing is compiled: the grammars are WebAssembly
INSTALL = ("install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--omit=optional", "--omit=peer")


@pytest.fixture(scope="session")
def packages(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the language service in it; kept beside pytest's other caches."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        why = "node and npm are missing here, so nobody looks at the features as editors do"
        if os.environ.get("CI"):
            pytest.fail(why)
        warnings.warn(why, stacklevel=1)
        pytest.skip(why)
    cache = getattr(pytestconfig, "cache", None)
    folder: Path = cache.mkdir(f"language-service-{VERSION}") if cache is not None else tmp_path_factory.mktemp("language-service")
    if not (folder / "complete").exists():
        shutil.copy(HERE / "package.json", folder)
        installed = subprocess.run([npm, *INSTALL], cwd=folder, capture_output=True, text=True, check=False)
        assert installed.returncode == 0, installed.stdout + installed.stderr
        (folder / "complete").touch()
    return folder


def seen_by_editors(project: Path, packages: Path) -> dict[str, Any]:
    code = [project / "environment.py", *(project / "steps").rglob("*.py")]
    asked = {
        "steps": [str(file.relative_to(project)) for file in sorted(code)],
        "features": [str(file.relative_to(project)) for file in sorted((project / "features").rglob("*.feature"))],
    }
    command = ["node", str(HERE / "undefined_steps.mjs"), str(project), str(packages)]
    ended = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_editors_read_every_sentence_and_underline_no_step(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    seen = seen_by_editors(PROJECT, packages)
    assert seen["errors"] == []
    assert seen["problems"] == []
    assert seen["sentences"] == len(read_step_definitions().definitions)


def test_editors_underline_what_they_take_for_a_regular_expression(packages: Path, tmp_path: Path) -> None:
    for folder in ("features", "steps"):
        (tmp_path / folder).mkdir()
    (tmp_path / "environment.py").touch()
    (tmp_path / "steps" / "trees.py").write_text(
        'from behave import given, then\n@given("there are {int} tree(s)")\ndef trees(context, count): ...\n'
        '@then("there is/are {int} apple/apples")\ndef apples(context, count): ...\n'
    )
    (tmp_path / "features" / "f.feature").write_text(
        "Feature: f\n  Scenario: s\n    Given there are 2 trees\n    Then there are 3 apples\n"
    )
    assert seen_by_editors(tmp_path, packages)["problems"] == ["features/f.feature:3: Undefined step: there are 2 trees"]
