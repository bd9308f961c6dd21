"""Secure environments: registering, installing the client, being online."""

from behave import given, step, then
from behave.runner import Context
from hamcrest import assert_that, empty, equal_to, is_not

from support.platforms.tracebloc.playbook.faults import recovery
from support.platforms.tracebloc.playbook.ingestion import datasets
from support.platforms.tracebloc.playbook.secure_environments import registration
from support.platforms.tracebloc.playbook.use_cases import naming, people
from support.platforms.tracebloc.scene import RegisteredEnvironment
from support.step_arguments import Rows, takes_table
from support.story import PartOutcome


@given("the owner registers a secure environment, gets a Client ID and sees it as Pending")
def owner_registers(context: Context) -> None:
    """Registers a secure environment; it has no client yet."""
    environment = registration.register(context.scene, context.scene.person("the owner"))
    assert_that(environment.client_id, is_not(empty()), "the Client ID")
    assert_that(registration.status(environment), equal_to("Pending"), "the environment's status")


@step("the owner installs the client with the one-line installer")
def owner_installs(context: Context) -> None:
    """Runs the installer's stages in the environment registered last; its success does not mean connected."""
    registration.install_client(context.scene, context.scene.environments[-1])


@then("{secure_environment} shows {environment_status}")
def shows_status(context: Context, name: str, status: str) -> None:
    """Online once the platform has heard from the client, Offline when it has not for a while."""
    with context.scene.story.part(f"the platform shows the environment as {status}"):
        registration.wait_until(naming.secure_environment(context.scene, name), status)


@then("the owner sees so many experiments run:")
@takes_table({"environment": "place", "running": "int"})
def sees_running(context: Context, rows: Rows) -> None:
    """In each secure environment, whichever waits for whom."""
    scene = context.scene
    environments = {row["environment"]: recovery.at_place(scene, row["environment"]) for row in rows}
    shown = {place: each.owner.backend.secure_environment(each.identity)["num_running_experiments"] for place, each in environments.items()}
    assert_that(shown, equal_to({row["environment"]: row["running"] for row in rows}), "experiments that run")


@then("every stage of the installer was run")
def every_stage_was_run(context: Context) -> None:
    """No stage was left out by the substrate."""
    left_out = [stage.name for stage in context.scene.environments[-1].client.stages if stage.outcome == PartOutcome.LEFT_OUT]
    assert_that(left_out, empty(), "stages left out")


@given("a/another secure environment is Online")
def environment_online(context: Context) -> None:
    """An owner's secure environment is connected; it holds no data yet."""
    _online(context)


@given("a/another secure environment is Online with {int} rows to train and {int} rows to test")
def environment_with_data(context: Context, training_rows: int, test_rows: int) -> None:
    """An owner's secure environment is connected, with toy tables of its own ingested."""
    registration.connect_with_rows(context.scene, training_rows, test_rows)


@given('a/another secure environment is Online with {int} examples to train and {int} to test of "{task}"')
def environment_with_examples(context: Context, training_examples: int, test_examples: int, task: str) -> None:
    """An owner's secure environment is connected, with toy data for a task ingested: rows, pictures, texts or sequences."""
    environment = _online(context)
    datasets.ingest(context.scene, environment, {"train": training_examples, "test": test_examples}, task)


@given('a secure environment is Online with {int} examples to train and {int} to test of "{task}" in one table')
def environment_with_one_table(context: Context, training_examples: int, test_examples: int, task: str) -> None:
    """An owner's secure environment is connected; toy data to train and to test stands in the same table."""
    environment = _online(context)
    datasets.ingest_into_one_table(context.scene, environment, {"train": training_examples, "test": test_examples}, task)


def _online(context: Context) -> RegisteredEnvironment:
    scene = context.scene
    return registration.connect(scene, people.the_owner(scene))
