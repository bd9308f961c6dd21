"""What a repository's CI does, as far as commands tell. Source: the formats of GitHub's workflows and GitLab's pipelines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

GITHUB, GITLAB = Path(".github", "workflows"), Path(".gitlab-ci.yml")
TESTS = re.compile(
    r"\b(?:pytest|tox|nox|unittest|manage\.py test|vitest|jest|mocha|playwright test|cypress run|go test|gotestsum|helm unittest|ctest"
    r"|cargo (?:test|nextest)|(?:npm|pnpm|yarn|bun)(?: run)? (?:test|e2e)|mvnw? [^\n]*(?:test|verify)|gradlew? [^\n]*(?:test|check)"
    r"|dotnet test|ringmaster run|behave|rspec|phpunit|make (?:test|check))\b"
)
COVERAGE = re.compile(
    r"--cov\b|--coverage\b|\bcoverage run\b|-coverprofile|XPlat Code Coverage|\btarpaulin\b|\bllvm-cov\b|\b(?:nyc|c8) |jacoco",
    re.IGNORECASE,
)
THRESHOLD = re.compile(r"--(?:cov-)?fail-under[= ](\d+(?:\.\d+)?)|^\s*fail_under\s*=\s*(\d+(?:\.\d+)?)", re.MULTILINE)
BY_HAND = {"workflow_dispatch", "repository_dispatch", "workflow_call"}
SETTINGS = ("pyproject.toml", "setup.cfg", "tox.ini", ".coveragerc")


@dataclass(frozen=True)
class Workflow:
    """One workflow that runs tests."""

    name: str
    measures_coverage: bool
    only_by_hand: bool
    ignores_failures: bool
    """A job or step goes on after a failure as if there were none."""


def read_workflows(repository: Path, problems: list[str]) -> tuple[int, list[Workflow]]:
    """How many workflows there are, and those that run tests. What cannot be read is added to the problems."""
    files = sorted(file for file in (repository / GITHUB).glob("*.y*ml") if file.is_file())
    files += [repository / GITLAB] if (repository / GITLAB).is_file() else []
    found = []
    for file in files:
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
            problems.append(f"{file} cannot be read: {' '.join(str(error).split())}")
            continue
        if isinstance(content, dict) and (workflow := _workflow(file, content, _settings(repository))):
            found.append(workflow)
    return len(files), found


def threshold(repository: Path) -> str | None:
    """The share of coverage, in percent, below which CI fails, as the workflows or the settings of coverage.py say."""
    places = [*(repository / name for name in SETTINGS), repository / GITLAB, *sorted((repository / GITHUB).glob("*.y*ml"))]
    found = [match[1] or match[2] for text in map(_text, places) for match in THRESHOLD.finditer(text)]
    return found[0] if found else None


def _workflow(file: Path, content: dict[Any, Any], settings: str) -> Workflow | None:
    is_gitlab = file.name == GITLAB.name
    jobs = [job for job in (content if is_gitlab else content.get("jobs") or {}).values() if isinstance(job, dict)]
    testing = [(job, step, command) for job in jobs for step, command in _commands(job) if TESTS.search(command)]
    if not testing:
        return None
    commands = "\n".join(command for _, _, command in testing)
    # for YAML 1.1, `on` is a word for true
    triggers = content.get("on", content.get(True))
    names = {triggers} if isinstance(triggers, str) else set(map(str, triggers or ()))
    return Workflow(
        name=str(content.get("name") or file.stem.lstrip(".")),
        measures_coverage=bool(COVERAGE.search(commands) or COVERAGE.search(settings)),
        only_by_hand=not is_gitlab and bool(names) and names <= BY_HAND,
        ignores_failures=any(_ignores(job) or _ignores(step) for job, step, _ in testing),
    )


def _commands(job: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """What a job runs, each with the step it stands in."""
    for step in job.get("steps") or ():
        if isinstance(step, dict) and isinstance(step.get("run"), str):
            yield step, step["run"]
    script = job.get("script")
    for line in [script] if isinstance(script, str) else script or ():
        yield {}, str(line)


def _ignores(thing: dict[str, Any]) -> bool:
    return thing.get("continue-on-error") is True or thing.get("allow_failure") is True


def _settings(repository: Path) -> str:
    """The settings of tools that commands are short for: `pytest` with `addopts = --cov`, `npm test`."""
    return "\n".join(_text(repository / name) for name in (*SETTINGS, "pytest.ini", "package.json", "Makefile"))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
