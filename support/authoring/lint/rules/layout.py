"""Rules for the text of feature files: it looks the same in every editor and every comparison."""

from collections.abc import Iterator
from pathlib import Path

from environments.choose import platform_names
from support.authoring.lint.finding import Finding
from support.authoring.lint.project import FEATURES, STEPS, Project
from support.gherkin.features import FeatureFile
from support.overlooked import overlooked as find_overlooked
from support.step_folders import COMMON, inner_folders

LONGEST_LINE = 160


def tab(project: Project) -> Iterator[Finding]:
    """A tab is as wide as somebody else's editor makes it."""
    for file, number, line in _lines(project):
        if "\t" in line:
            yield Finding(file.path, number, "there is a tab in this line", "indent with two spaces")


def trailing_space(project: Project) -> Iterator[Finding]:
    """Spaces at the end of a line are seen by comparisons only."""
    for file, number, line in _lines(project):
        if line != line.rstrip(" \t"):
            yield Finding(file.path, number, "the line ends with spaces", "remove them")


def windows_line_end(project: Project) -> Iterator[Finding]:
    """Lines end as everywhere else in the project, or every one of them shows as changed."""
    for file in project.features:
        if "\r" in file.text:
            number = file.text[: file.text.index("\r")].count("\n") + 1
            yield Finding(file.path, number, "lines end with a carriage return", "save the file with Unix line ends")


def long_line(project: Project) -> Iterator[Finding]:
    """A line is read at once, and fits into a report."""
    for file, number, line in _lines(project):
        if len(line) > LONGEST_LINE:
            why = f"the line has {len(line)} characters, more than {LONGEST_LINE}"
            yield Finding(file.path, number, why, "shorten it, or make it two steps")


def overlooked(project: Project) -> Iterator[Finding]:
    """A feature, hook or step under a name that nothing looks for is never run, and nothing says so."""
    folders = {FEATURES, *(file.path.parent for file in project.features)}
    platforms = [folder for name in platform_names() for folder in (STEPS / name, *inner_folders(STEPS / name))]
    for each in find_overlooked(sorted(folders), Path(), [STEPS, STEPS / COMMON, *platforms]):
        yield Finding(each.path, each.line, each.why, each.what_to_do)


RULES = (tab, trailing_space, windows_line_end, long_line, overlooked)


def _lines(project: Project) -> Iterator[tuple[FeatureFile, int, str]]:
    """Every line but those of a step's text, which belong to the data."""
    for file in project.features:
        closing = ""
        for number, line in enumerate(file.text.splitlines(), 1):
            start = line.strip()[:3]
            if closing:
                closing = "" if start == closing else closing
            elif start in ('"""', "```"):
                closing = start
            else:
                yield file, number, line
