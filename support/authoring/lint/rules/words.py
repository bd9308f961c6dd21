"""Rules for the words of features: what somebody achieves, not how a machine is told.

Names, steps, their tables and texts are looked at; descriptions are not, since they may name sources and incidents.
"""

from collections.abc import Iterator

from behave.model import ScenarioOutline, Step

from support.authoring.lint.finding import Finding
from support.authoring.lint.project import Project
from support.authoring.wording import banned_words
from support.gherkin.features import FeatureFile


def banned_word(project: Project) -> Iterator[Finding]:
    """A sentence that speaks of clicks, addresses or codes is broken by every rewrite, and says nothing to its readers."""
    for file in project.features:
        for banned in banned_words():
            sentences = [(line, text) for tags, line, text in _sentences(file) if f"wording.{banned.name}" not in tags]
            found = {line: match[0] for line, text in reversed(sentences) if (match := banned.pattern.search(text))}
            if found:
                first, *more = sorted(found)
                also = f" (also in {'line' if len(more) == 1 else 'lines'} {', '.join(map(str, more))})" if more else ""
                advice = f"{banned.instead}; a feature or scenario that promises just this is tagged @wording.{banned.name}"
                yield Finding(file.path, first, f"'{found[first]}' says how, not what{also}", advice)


def closing_period(project: Project) -> Iterator[Finding]:
    """Steps and names end without a period, or one sentence becomes two."""
    for file in project.features:
        for _, line, text in _sentences(file, tables=False):
            if text.rstrip().endswith("."):
                yield Finding(file.path, line, f"'{text}' ends with a period", "leave the period out")


RULES = (banned_word, closing_period)


def _sentences(file: FeatureFile, *, tables: bool = True) -> Iterator[tuple[set[str], int, str]]:
    """Each name and step with its line and the tags that hold for it."""
    own = {str(tag) for tag in file.feature.tags}
    yield own, int(file.feature.line), str(file.feature.name)
    for holder in (file.feature, *file.feature.rules):
        for step in holder.background.steps if holder.background else []:
            yield from ((own | {str(tag) for tag in holder.tags}, *said) for said in _of_step(step, tables))
    for rule, item in file.written():
        tags = own | {str(tag) for holder in ([rule] if rule else []) for tag in holder.tags} | {str(tag) for tag in item.tags}
        yield tags, int(item.line), str(item.name)
        for step in item.steps:
            yield from ((tags, *said) for said in _of_step(step, tables))
        for examples in item.examples if isinstance(item, ScenarioOutline) and tables else []:
            for row in examples.table.rows if examples.table else []:
                yield tags | {str(tag) for tag in examples.tags}, int(row.line), " | ".join(row.cells)


def _of_step(step: Step, tables: bool) -> Iterator[tuple[int, str]]:
    yield int(step.line), str(step.name)
    if tables and step.text:
        yield from ((int(step.text.line) + number, line) for number, line in enumerate(str(step.text).splitlines(), 1))
    if tables and step.table:
        yield int(step.table.line), " | ".join(step.table.headings)
        yield from ((int(row.line), " | ".join(row.cells)) for row in step.table.rows)
