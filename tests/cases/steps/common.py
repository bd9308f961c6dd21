"""Steps of all cases that bring none of their own; expected values are JSON, so that nothing about them is a matter of Gherkin."""

import json

from behave import step
from behave.runner import Context


@step("it passes")
def passes(context: Context) -> None: ...


@step("it fails")
def fails(context: Context) -> None:
    raise AssertionError("one is not two")


@step("the tags are {tags}")
def tags_are(context: Context, tags: str) -> None:
    assert sorted(context.scenario.effective_tags) == json.loads(tags), sorted(context.scenario.effective_tags)
    assert len(context.scenario.tags) == len(set(context.scenario.tags)), context.scenario.tags


@step("{found} stays as it was written")
def stays(context: Context, found: str) -> None:
    assert found == "<b>x</b>", found


@step("the table is {rows}")
def table_is(context: Context, rows: str) -> None:
    found = [list(context.table.headings), *(list(row) for row in context.table)]
    assert found == json.loads(rows), found


@step("the text is {text}")
def text_is(context: Context, text: str) -> None:
    assert context.text == json.loads(text), repr(context.text)


@step("there are the text {text} and the table {rows}")
def both_are(context: Context, text: str, rows: str) -> None:
    text_is(context, text)
    table_is(context, rows)


@step('"{found}" is "{expected}"')
def is_that(context: Context, found: str, expected: str) -> None:
    assert found == expected


@step('it notes "{word}"')
def notes(context: Context, word: str) -> None:
    context.notes = [*getattr(context, "notes", []), word]


@step("the notes are {words}")
def notes_are(context: Context, words: str) -> None:
    assert context.notes == json.loads(words), context.notes


@step("it runs steps")
def runs_steps(context: Context) -> None:
    context.execute_steps(context.text)
