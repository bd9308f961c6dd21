"""What the lint looks at: the features, the step definitions and the Python around them, read once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from support.authoring.catalogue.definitions import StepLibrary, parse_module, read_step_definitions
from support.authoring.catalogue.usage import Usage, find_usage
from support.authoring.lint.finding import Finding
from support.gherkin.features import Case, FeatureFile, read_feature
from support.gherkin.files import SUFFIX, UnreadableFile, find_files, is_there

FEATURES = Path("features")
STEPS = Path("steps")
HOOKS = Path("environment.py")
CODE = (STEPS, Path("support"), HOOKS)
SUFFIXES = (SUFFIX, ".py")


@dataclass(frozen=True)
class Project:
    """Everything that rules look at; `unreadable` holds what could not be read."""

    features: tuple[FeatureFile, ...]
    code: tuple[tuple[Path, ast.Module], ...]
    library: StepLibrary
    unreadable: tuple[Finding, ...]

    @cached_property
    def usage(self) -> Usage:
        """Which steps of the features use which definition."""
        return find_usage(self.features, self.library)

    def cases(self) -> Iterator[tuple[FeatureFile, Case]]:
        """Every scenario as it runs."""
        for file in self.features:
            yield from ((file, case) for case in file.cases())


def read_project(paths: tuple[Path, ...]) -> Project:
    """The project in the current folder, and what else `paths` name."""
    unreadable = [_missing(path) for path in paths if not is_there(path)]
    here = [path for path in (FEATURES, *CODE) if path.exists()]
    unreadable += [_empty(path) for path in paths if path not in (FEATURES, *CODE) and _is_empty(path)]
    features: list[FeatureFile] = []
    code: list[tuple[Path, ast.Module]] = []

    def cannot_be_read(error: UnreadableFile) -> None:
        unreadable.append(Finding(error.path, error.line, error.reason, "fix it: nothing in it can run", "broken-file", True))

    for file in find_files([*here, *(path for path in paths if is_there(path))], SUFFIXES, cannot_be_read):
        try:
            if file.suffix == SUFFIX:
                features.append(read_feature(file))
            elif file.suffix == ".py":
                code.append((file, parse_module(file)))
            else:
                advice = "give features, Python files or folders"
                unreadable.append(Finding(file, 1, "is neither a feature (.feature) nor Python (.py)", advice, "wrong-path", True))
        except UnreadableFile as error:
            cannot_be_read(error)
    return Project(tuple(features), tuple(code), read_step_definitions(STEPS, hooks=HOOKS), tuple(unreadable))


def _is_empty(path: Path) -> bool:
    return is_there(path) and path.is_dir() and next(find_files([path], SUFFIXES), None) is None


def _empty(path: Path) -> Finding:
    return Finding(path, 1, "there is neither a feature nor Python in this folder", "give one with features", "wrong-path", True)


def _missing(path: Path) -> Finding:
    return Finding(path, 1, "there is no such file or folder", "give a feature, a Python file or a folder", "wrong-path", True)
