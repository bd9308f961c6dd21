"""Limits of what the platform takes: at the limit it does, one beyond it does not, and says so."""

from behave import then
from behave.runner import Context

from support.platforms.tracebloc.playbook.faults import limits
from support.results.comparison import assert_words_said
from support.step_arguments import Rows, takes_table


@then("the platform says of these model files of {string}:")
@takes_table({"file": "string", "words": "string"})
def says_of_files(context: Context, role: str, rows: Rows) -> None:
    """Each is kept on the platform alone; `an archive` has the model beside other files."""
    scene = context.scene
    backend = scene.person(role).backend
    told = [(row["file"], row["words"], str(backend.keep_model(limits.model_file(scene, row["file"]))["text"])) for row in rows]
    assert_words_said("what the platform says of model files", told)


@then("the platform says to these requests:")
@takes_table({"who": "string", "request": "string", "words": "string"})
def says_to_requests(context: Context, rows: Rows) -> None:
    """Each asks to make a use case, whose title is what the row says or fills the body; `nobody` is not logged in."""
    scene = context.scene
    told = [(f"{row['who']}: {row['request']}", row["words"], limits.answer(scene, row["who"], row["request"])) for row in rows]
    assert_words_said("what the platform says", told)
