"""Models that the platform keeps, and those of its zoo: fetching, linking and scoring them with the SDK."""

from behave import step, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_inanyorder, empty

from support.platforms.tracebloc.playbook.sdk import data_scientist
from support.platforms.tracebloc.playbook.training import experiments


@step('{string} keeps the "{model}" {kept_weights} on the platform')
def keeps(context: Context, role: str, model: str, weights: str) -> None:
    """In the Run tab, where only they can fetch it; trained weights are the average of the first cycle of their experiment."""
    context.kept = data_scientist.keep_on_platform(context.scene, context.scene.person(role), model, weights)


@when('{string} fetches the "{model}" with the SDK')
def fetches(context: Context, role: str, model: str) -> None:
    """All its parts come into a new folder."""
    with context.scene.story.part(f"{role} fetches the {model}"):
        context.fetched = context.scene.person(role).sdk.fetching.model(experiments.model_file(model).stem)


@when('{string} tries to fetch the "{model}" with the SDK')
def tries_to_fetch(context: Context, role: str, model: str) -> None:
    """What the SDK raises is kept for the next step."""
    session, name = context.scene.person(role).sdk, experiments.model_file(model).stem
    context.outcome = data_scientist.outcome_of(context.scene, f"{role} fetches {name}", session, lambda: session.fetching.model(name))


@then("the fetched files are those that were kept, byte by byte")
def fetched_as_kept(context: Context) -> None:
    """Names and contents are the same."""
    fetched = [(file.name, file.read_bytes()) for file in context.fetched.values()]
    assert_that(fetched, contains_inanyorder(*((file.name, file.read_bytes()) for file in context.kept)), "the fetched files")


@then("nothing was fetched by {string}")
def nothing_fetched(context: Context, role: str) -> None:
    """No file is left in the folder that was made for it."""
    assert_that(context.scene.person(role).sdk.fetching.files(), empty(), "files")


@when('{string} has the "{model}" scored without training')
def has_scored(context: Context, role: str, model: str) -> None:
    """Starts an inference-only run of a model that the platform keeps; its score comes later."""
    experiments.run_inference(context.scene, context.scene.person(role), model)


@when("{string} fetches the template {string} and its pretrained weights")
def fetches_template(context: Context, role: str, template: str) -> None:
    """Both come into one folder, where the SDK looks for them together."""
    scene = context.scene
    session = scene.person(role).sdk
    with scene.story.part(f"{role} fetches {template} and its weights"):
        context.template = session.fetching.template(template, scene.use_case.training_dataset_key)["model"]
        session.fetching.seed_weights(template, context.template.parent)


@when("{string} uploads the template without these weights")
def uploads_bare_template(context: Context, role: str) -> None:
    """As a model of one's own."""
    data_scientist.upload(context.scene, context.scene.person(role), context.template)


@when("{string} uploads the template with these weights")
def uploads_template(context: Context, role: str) -> None:
    """The SDK checks that they fit before it uploads them."""
    data_scientist.upload(context.scene, context.scene.person(role), context.template, weights=True)


@when("{string} links the template {string} itself")
def links_template(context: Context, role: str, template: str) -> None:
    """Without uploading it: the platform makes a copy."""
    with context.scene.story.part(f"{role} links {template}"):
        context.scene.person(role).sdk.link_template(context.scene.use_case.training_dataset_key, template)
