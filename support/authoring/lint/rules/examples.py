"""Rules for outlines: their placeholders and the columns of their Examples belong together."""

import re
from collections.abc import Iterator

from behave.model import ScenarioOutline

from support.authoring.lint.finding import Finding
from support.authoring.lint.project import Project
from support.gherkin.features import FeatureFile

PLACEHOLDER = re.compile(r"<([^<>\n]+)>")


def unknown_column(project: Project) -> Iterator[Finding]:
    """A placeholder without a column stays as it is written, angle brackets and all."""
    for file, outline in _outlines(project):
        for examples in outline.examples:
            columns = list(examples.table.headings) if examples.table else []
            for name, line in _placeholders(outline):
                if name not in columns:
                    why = f"<{name}> has no column in the Examples of line {examples.line}, which has {', '.join(columns) or 'none'}"
                    yield Finding(file.path, line, why, f"add the column {name}, or put the name of a column there")


def unused_column(project: Project) -> Iterator[Finding]:
    """A column that nothing uses makes rows look different that are the same."""
    for file, outline in _outlines(project):
        used = {name for name, _ in _placeholders(outline)} | {"examples.name", "examples.index", "row.index", "row.id"}
        for examples in outline.examples:
            tagged = {name for tag in examples.tags for name in PLACEHOLDER.findall(str(tag))}
            for column in examples.table.headings if examples.table else []:
                if column not in used | tagged:
                    why = f"no step uses the column {column}"
                    yield Finding(file.path, int(examples.table.line), why, f"use <{column}> in a step or in the name, or remove it")


RULES = (unknown_column, unused_column)


def _outlines(project: Project) -> Iterator[tuple[FeatureFile, ScenarioOutline]]:
    for file in project.features:
        yield from ((file, item) for _, item in file.written() if isinstance(item, ScenarioOutline))


def _placeholders(outline: ScenarioOutline) -> list[tuple[str, int]]:
    built_in = ("examples.", "row.")
    texts = [(str(outline.name), int(outline.line))]
    texts += [(str(tag), int(tag.line)) for tag in outline.tags]
    for step in outline.steps:
        cells = [cell for row in [step.table.headings, *step.table.rows] for cell in row] if step.table else []
        texts += [(str(text), int(step.line)) for text in (step.name, step.text or "", *cells)]
    return [(name, line) for text, line in texts for name in PLACEHOLDER.findall(text) if not name.startswith(built_in)]
