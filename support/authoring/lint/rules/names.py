"""Rules for names: reports, history and selection tell scenarios and features apart by them."""

from collections.abc import Iterator
from pathlib import Path

from support.authoring.lint.finding import Finding
from support.authoring.lint.project import Project


def duplicate_scenario(project: Project) -> Iterator[Finding]:
    """Two scenarios of one name are one to the history and to --name."""
    for file in project.features:
        first: dict[str, int] = {}
        for _, item in file.written():
            name = " ".join(str(item.name).split())
            if name in first:
                why = f"the scenario of line {first[name]} has the same name: '{name}'"
                yield Finding(file.path, int(item.line), why, "say in the name what tells them apart")
            first.setdefault(name, int(item.line))


def duplicate_feature(project: Project) -> Iterator[Finding]:
    """Two features of one name are one in the reports."""
    first: dict[str, Path] = {}
    for file in project.features:
        name = " ".join(str(file.feature.name).split())
        if name in first:
            why = f"{first[name]} has the same name: '{name}'"
            yield Finding(file.path, int(file.feature.line), why, "say in the name what tells them apart")
        first.setdefault(name, file.path)


def no_name(project: Project) -> Iterator[Finding]:
    """What has no name cannot be read in a report."""
    for file in project.features:
        for thing in (file.feature, *(item for _, item in file.written())):
            if not str(thing.name).strip():
                yield Finding(file.path, int(thing.line), f"this {thing.keyword} has no name", "say in one line what it promises")


RULES = (duplicate_scenario, duplicate_feature, no_name)
