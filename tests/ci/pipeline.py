"""Runs the steps of CI files in a small project: what a CI system does around them is imitated, the commands are run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).parents[2]
GITHUB = PROJECT / "reports" / "ci" / "github"
GITLAB = PROJECT / "reports" / "ci" / "gitlab" / "gitlab-ci.yml"
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
SURROUNDINGS = ("Install", "Build and publish", "Render the newest report")
"""Steps that install something, or reach for something outside."""
FEATURE = """
Feature: Parts of a shop
  Catches: parts that do not fit.
  Catches no sabotage: there is no platform.

  @p0 @ring1
  Scenario: a part works
    Then it passes

  @p0 @ring2
  Scenario: parts work together
    Then it {two}

  @p0 @ring3 @nightly @pre-release
  Scenario: the whole works
    Then it passes
"""
STEPS = """
from behave import then

@then("it {word}")
def ends(context, word):
    \"\"\"It ends so.\"\"\"
    assert word == "passes", "the parts do not fit"
"""


def workflow(name: str) -> Any:  # noqa: ANN401 - YAML
    """One of the workflows for GitHub."""
    return yaml.safe_load((GITHUB / name).read_text())


def small_project(folder: Path, *, green: bool = True) -> Path:
    """A project with a scenario for each ring, and the profiles of this one; that of ring 2 may fail."""
    (folder / "features").mkdir(parents=True)
    (folder / "steps").mkdir()
    (folder / "features" / "shop.feature").write_text(FEATURE.format(two="passes" if green else "fails"))
    (folder / "steps" / "steps.py").write_text(STEPS)
    shutil.copy(PROJECT / "profiles.toml", folder)
    return folder


@dataclass
class Pipeline:
    """A checkout, what its jobs have uploaded, and how each of their steps ended."""

    folder: Path
    artifacts: Path
    variables: dict[str, str]
    ended: dict[str, int] = field(default_factory=dict)
    """Exit codes by the names of steps."""
    output: str = ""

    def shell(self, script: str, variables: dict[str, str] | None = None) -> int:
        """Run a script as CI does."""
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self._environment() | (variables or {}),
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.output += f"$ {script}\n{done.stdout}{done.stderr}"
        return done.returncode

    def github_job(self, job: Any, **matrix: object) -> None:  # noqa: ANN401 - YAML
        """Run the steps of a job; after one that failed, only those that run always or on failure."""
        self.ended = {}
        failed = False
        for step in job["steps"]:
            condition = str(step.get("if", "success()"))
            wanted = "always()" in condition or ("failure()" in condition) is failed
            if not wanted:
                continue
            if "run" in step and step["name"] not in SURROUNDINGS:
                given = {name: self._filled(str(value), matrix) for name, value in step.get("env", {}).items()}
                given = {name: self.variables.get(name, value) for name, value in given.items()}
                self.ended[step["name"]] = self.shell(self._filled(step["run"], matrix), given)
                failed = failed or bool(self.ended[step["name"]])
            elif "upload-artifact" in step.get("uses", ""):
                self._upload(self._filled(step["with"]["name"], matrix), step["with"]["path"].split())
            elif "download-artifact" in step.get("uses", ""):
                self._download(step["with"])

    def fresh_machine(self) -> None:
        """The next job's: without results."""
        shutil.rmtree(self.folder / "reports", ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RINGMASTER_", "GITHUB_", "CI"))}
        return kept | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(PROJECT), **self.variables}

    def _filled(self, text: str, matrix: dict[str, object]) -> str:
        def value(found: re.Match[str]) -> str:
            return str(matrix.get(found[1].removeprefix("matrix."), ""))

        return EXPRESSION.sub(value, text)

    def _upload(self, name: str, paths: list[str]) -> None:
        # as actions/upload-artifact does: of several paths, what they have in common is left out of the names
        common = Path(os.path.commonpath([*paths, paths[0]])) if len(paths) > 1 else Path(paths[0])
        for path in paths:
            source, target = self.folder / path, self.artifacts / name / Path(path).relative_to(common)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            elif source.is_file():
                target = target if len(paths) > 1 else self.artifacts / name / source.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)

    def _download(self, wanted: dict[str, str]) -> None:
        for artifact in self.artifacts.iterdir():
            # one that is named lies in the folder itself
            if artifact.name == wanted.get("name"):
                shutil.copytree(artifact, self.folder / wanted["path"])
            elif fnmatch(artifact.name, wanted.get("pattern", "")):
                shutil.copytree(artifact, self.folder / wanted["path"] / artifact.name)
