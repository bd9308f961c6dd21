"""The SDK: uploading, linking, planning, starting, and what it says."""

from behave import step, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, equal_to, has_entries, has_length

from support.platforms.tracebloc.playbook.sdk import data_scientist
from support.platforms.tracebloc.playbook.sdk.acts import WITH_ENDED_TOKEN, Desk
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import naming
from support.platforms.tracebloc.sample_data.datasets import class_names, feature_names
from support.platforms.tracebloc.scene import Scene
from support.step_arguments import Rows, takes_table

ANY_KEY = "unknown"


@step('{string} uploads the "{model}" with the SDK')
def uploads(context: Context, role: str, model: str) -> None:
    """The SDK checks the file on its own machine before it uploads it."""
    data_scientist.upload(context.scene, context.scene.person(role), experiments.model_file(model))


@when('{string} tries to upload the "{model}" with the SDK')
def tries_to_upload(context: Context, role: str, model: str) -> None:
    """What the SDK raises or prints is kept for the next step."""
    scene, person = context.scene, context.scene.person(role)
    file = experiments.model_file(model)
    context.outcome = data_scientist.outcome_of(scene, f"{role} uploads", person.sdk, lambda: data_scientist.upload(scene, person, file))


@step("{string} links it to {training_dataset}")
def links(context: Context, role: str, dataset: str) -> None:
    """Links what was uploaded last to the use case's training dataset, or to the one of that name; the SDK gives a plan."""
    data_scientist.link(context.scene, context.scene.person(role), naming.training_dataset_key(context.scene, dataset))


@step("{string} chooses {int} rows of each class to train on")
def chooses_rows(context: Context, role: str, rows: int) -> None:
    """The platform says how many rows of each secure environment that makes."""
    scene = context.scene
    with scene.story.part(f"{role} chooses {rows} rows of each class"):
        scene.person(role).sdk.choose_rows(dict.fromkeys(class_names(), rows))


@step("{string} starts the linked model for {int} epoch/epochs and {int} cycle/cycles")
def starts_linked(context: Context, role: str, epochs: int, cycles: int) -> None:
    """Names the experiment, sets the plan and starts it."""
    experiments.start(context.scene, context.scene.person(role), "linked model", epochs, cycles)


@when("{string} tries to start the same plan again")
def tries_again(context: Context, role: str) -> None:
    """What the SDK raises or prints is kept for the next step."""
    session = context.scene.person(role).sdk
    context.outcome = data_scientist.outcome_of(context.scene, f"{role} starts again", session, session.start_again)


@then("the SDK raises {string} and says {string}")
def raises_and_says(context: Context, error: str, words: str) -> None:
    """The type of the error that the data scientist sees, and its words."""
    data_scientist.assert_outcome(context.outcome, error, words)


@then("the SDK raises nothing and only says {string}")
def only_says(context: Context, words: str) -> None:
    """What was asked for is not done, and the reason is printed."""
    data_scientist.assert_outcome(context.outcome, data_scientist.ONLY_PRINTED, words)


@then("the SDK says {string} to {string}")
def says(context: Context, words: str, role: str) -> None:
    """The last call printed these words."""
    assert_that(context.scene.person(role).sdk.printed, contains_string(words), "what the SDK printed")


@then("the SDK tells {string} that the outputs of the model mean {string}")
def names_outputs(context: Context, role: str, classes: str) -> None:
    """The order of the classes that a model's outputs must follow, as the link prints it."""
    assert_that(data_scientist.classes_named(context.scene.person(role).sdk.printed), equal_to(classes), "what the SDK printed")


@then("the SDK offers {string} every column of the dataset")
def offers_columns(context: Context, role: str) -> None:
    """All that a model may see of a toy dataset."""
    session = context.scene.person(role).sdk
    session.show_columns()
    assert_that([name for name in feature_names() if name in session.printed], equal_to(feature_names()), "the columns")


@then("the SDK refuses links like this:")
@takes_table(
    {"who": "string", "model": "model", "with": "string", "dataset": "dataset_choice", "error": "string", "words": "string"},
    may_be_empty=["with"],
)
def refuses_links(context: Context, rows: Rows) -> None:
    """Each row uploads a toy model, with another header if the row says so, and links it; all rows that differ are told."""
    scene, verdicts = context.scene, data_scientist.Verdicts()
    for row in rows:
        person = scene.person(row["who"])
        name, _, value = row["with"].partition(" = ")
        person.sdk.upload_model(data_scientist.variant_of(scene, row["model"], **({name: value} if name else {})))
        key = scene.use_case.training_dataset_key if row["dataset"] == "the training dataset" else ANY_KEY
        what = f"{row['who']} links the {row['model']} {row['with']} to {row['dataset']}"
        outcome = data_scientist.outcome_of(scene, what, person.sdk, lambda person=person, key=key: person.sdk.link_dataset(key))
        verdicts.check(what, outcome, row["error"], row["words"])
    verdicts.assert_all()


@then("with the ended token the SDK tells {string}:")
@takes_table({"while": "act_on_ended_token", "error": "string", "words": "string"})
def tells_of_ended_token(context: Context, role: str, rows: Rows) -> None:
    """Each row does one thing with the SDK; all rows that differ are told."""
    scene, verdicts = context.scene, data_scientist.Verdicts()
    person = scene.person(role)
    desk = Desk(person.sdk, person, scene.use_case.training_dataset_key, scene.names)
    for row in rows:
        act = WITH_ENDED_TOKEN[row["while"]]
        outcome = data_scientist.outcome_of(scene, row["while"], person.sdk, lambda act=act: act(desk))
        verdicts.check(row["while"], outcome, row["error"], row["words"])
    verdicts.assert_all()


@then("the team of {string} has {int} experiment/experiments")
def team_has(context: Context, role: str, number: int) -> None:
    """Those that the web shows in the use case, whatever became of them."""
    scene = context.scene
    assert_that(scene.person(role).backend.experiments(scene.use_case.key), has_length(number), "the team's experiments")


@then("the platform has the plan of {int} epoch/epochs and {int} cycle/cycles")
def platform_has_plan(context: Context, epochs: int, cycles: int) -> None:
    """What the web shows of the experiment is what was set in the SDK."""
    shown = experiments.experiment(context.scene.trainings[-1])
    assert_that(shown, has_entries(epochs=epochs, cycles=cycles), "the plan on the web")


def _upload_and_link(scene: Scene, role: str, model: str) -> None:
    data_scientist.upload(scene, scene.person(role), experiments.model_file(model))
    data_scientist.link(scene, scene.person(role))
