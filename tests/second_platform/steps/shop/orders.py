"""Orders, which the shop keeps as notes."""

from behave import given, when
from behave.runner import Context


@given("the owner signs up, verifies the e-mail address and logs in")
def owner(context: Context) -> None:
    """The shop asks nobody who they are; the first platform has the same sentence, and means more by it."""
    context.owner = "the owner of the shop"


@when("the owner orders {string}")
def orders(context: Context, text: str) -> None:
    """An order is placed by the owner whom the sentence above made."""
    scene = context.scene
    scene.story.tell(f"{context.owner} orders {text}")
    scene.notes.keep(scene.note_name("order"), text)
