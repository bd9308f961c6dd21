"""Runs the rules and keeps what concerns the files that were asked for."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from support.authoring.lint.finding import Finding
from support.authoring.lint.project import CODE, FEATURES, STEPS, Project, read_project
from support.authoring.lint.rules import RULES, Rule
from support.gherkin.files import is_there
from support.settings_file import declare_also

NEEDED = (FEATURES, STEPS)
"""What every project has; hooks and clients of its own only some have."""


@dataclass(frozen=True)
class Report:
    """What was looked at and what was found, in the order of the files."""

    findings: tuple[Finding, ...]
    features: int
    scenarios: int
    steps: int

    @property
    def exit_code(self) -> int:
        """0 nothing was found, 1 something was, 2 something could not be read."""
        return 2 if any(finding.wrong_input for finding in self.findings) else int(bool(self.findings))


def lint(paths: Collection[Path] = ()) -> Report:
    """Look at the project in the current folder; report what concerns `paths`, by default all of it. Raises SettingsError."""
    declare_also(path for path in paths if is_there(path))
    asked = tuple(_from_here(path) for path in paths) or (*NEEDED, *(path for path in CODE if path not in NEEDED and is_there(path)))
    project = read_project(asked)
    found = {*project.unreadable, *(finding for rule in RULES for finding in apply(rule, project))}
    concerned = [finding for finding in found if not paths or _is_within(finding.file, asked)]
    features = [file for file in project.features if _is_within(file.path, asked)]
    return Report(
        findings=tuple(sorted(concerned, key=lambda finding: (str(finding.file), finding.line, finding.rule, finding.why))),
        features=len(features),
        scenarios=sum(len(list(file.written())) for file in features),
        steps=sum(_is_within(definition.file, asked) for definition in project.library.definitions),
    )


def apply(rule: Rule, project: Project) -> Iterator[Finding]:
    """What one rule finds, under its name."""
    for finding in rule(project):
        yield replace(finding, rule=name_of(rule))


def name_of(rule: Rule) -> str:
    """A rule's name: its function's, with dashes."""
    return re.sub("_+", "-", rule.__name__)


def _from_here(path: Path) -> Path:
    """The path as the project's own files are named, so that none is read twice."""
    try:
        return (Path.cwd() / path).relative_to(Path.cwd())
    except ValueError:
        return path


def _is_within(file: Path, paths: Iterable[Path]) -> bool:
    return any(path == file or path in file.parents or path == Path() for path in paths)
