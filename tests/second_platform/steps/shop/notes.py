"""Notes: written and read."""

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, equal_to


@when("{string} is noted under {string}")
def is_noted(context: Context, text: str, name: str) -> None:
    """Somebody writes a note."""
    scene = context.scene
    scene.notes.keep(scene.note_name(name), text)


@then("{string} stands under {string}")
def stands(context: Context, text: str, name: str) -> None:
    """Whoever reads the note finds just this text."""
    scene = context.scene
    assert_that(scene.notes.read(scene.note_name(name)), equal_to(text), f"the note '{name}'")
