"""Makes a scenario of each row of an outline's Examples, with the names that behave gives them."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace

from behave.model import Examples, Row, Scenario, ScenarioOutline, Step, Table, Tag, Text

from support.gherkin.refusals import Refused

Fill = Callable[[str], str]


def give_rows(outline: ScenarioOutline, background: Iterable[Step]) -> None:
    """Give the outline its scenarios, which behave would make otherwise: with other tags than written, and cells filled in twice."""
    rows = []
    for number, examples in enumerate(outline.examples, 1):
        _refuse_placeholders(background, examples)
        examples.index = number
        for place, row in enumerate(examples.table, 1):
            row.index, row.id = place, f"{number}.{place}"
            rows.append(_scenario(outline, examples, row))
        # or behave makes the scenarios anew when it is asked for them
        examples.table.modified = False
    outline._scenarios = rows


def _scenario(outline: ScenarioOutline, examples: Examples, row: Row) -> Scenario:
    # of columns that are named alike, the first counts
    cells = dict(reversed(list(row.items())))
    known = {"examples.index": str(examples.index), "row.index": str(row.index), "row.id": row.id}
    examples_name = _filler({"examples.name": examples.name} | known | cells)(examples.name)
    fill, fill_argument = _filler({"examples.name": examples_name} | known | cells), _filler(cells)
    name = outline.annotation_schema.format(
        name=fill(outline.name),
        examples=SimpleNamespace(name=examples_name, index=examples.index, id=examples_name),
        row=SimpleNamespace(name=row.id, index=row.index, id=row.id),
    )
    scenario = Scenario(
        outline.filename,
        row.line,
        outline.keyword,
        name,
        _tags([*outline.tags, *examples.tags], fill),
        [_step(step, fill, fill_argument) for step in outline.steps],
        description=outline.description,
        parent=outline,
        background=outline.background,
    )
    scenario.feature = outline.feature
    scenario._row = row
    return scenario


def _filler(values: Mapping[str, str]) -> Fill:
    """Puts values in the place of `<name>`, all at once: what a value holds is not filled in again."""
    pattern = re.compile("|".join(re.escape(f"<{name}>") for name in values))
    return lambda text: pattern.sub(lambda found: values[found[0][1:-1]], text) if values and "<" in text else text


def _tags(tags: Iterable[Tag], fill: Fill) -> list[Tag]:
    """Each once; a space in what is filled in becomes `_`, as behave has it, and a tag that comes to nothing is left out."""
    filled = [Tag(re.sub(r"\s", "_", fill(tag)), tag.line) for tag in tags]
    return [tag for tag in dict.fromkeys(filled) if tag]


def _step(step: Step, fill: Fill, fill_argument: Fill) -> Step:
    text, table = step.text, step.table
    if text is not None:
        text = Text(fill_argument(text), fill_argument(text.content_type), text.line)
    if table is not None:
        filled = Table([fill_argument(cell) for cell in table.headings], line=table.line)
        for row in table:
            filled.add_row([fill_argument(cell) for cell in row], row.line)
        table = filled
    return Step(step.filename, step.line, step.keyword, step.step_type, fill(step.name), text, table)


def _refuse_placeholders(background: Iterable[Step], examples: Examples) -> None:
    """behave fills in such steps and Gherkin does not, so that nobody knows what was meant."""
    for step in background:
        for name in examples.table.headings:
            if f"<{name}>" in step.name:
                reason = f"<{name}> is a column of the Examples in line {examples.line}, and a Background is the same for every row"
                raise Refused(step.line, f"{reason}: say this step in the outline")
