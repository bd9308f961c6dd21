"""What an ingestion needs and may find out of order: its database, the platform's certificate, an answer in time."""

from dataclasses import replace

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, equal_to

from environments.platforms.tracebloc.edge.secure_environment import CLIENT_SERVICES, DATABASE_SERVICE
from support.platforms.tracebloc.clients.dataset_store import DatasetStore
from support.platforms.tracebloc.playbook.faults import services
from support.platforms.tracebloc.playbook.ingestion import runs
from support.platforms.tracebloc.playbook.secure_environments import registration
from support.platforms.tracebloc.playbook.use_cases import people
from support.redaction import learn_secret


@given("a secure environment whose database can go away is Online")
def environment_whose_database_can_go_away(context: Context) -> None:
    """Its database has an address that no other secure environment uses."""
    scene = context.scene
    registration.connect(scene, people.sign_up(scene, "the owner"), services=CLIENT_SERVICES | {DATABASE_SERVICE})


@given("a secure environment whose ingestions wait {float} seconds for an answer is Online")
def impatient_environment(context: Context, seconds: float) -> None:
    """By the ingestor's own setting; it would wait five minutes."""
    scene = context.scene
    registration.connect(scene, people.sign_up(scene, "the owner"), ingestion_read_seconds=seconds)


@step("the secure environment's database goes away")
def database_goes_away(context: Context) -> None:
    """What was connected to it is cut off, and nothing listens any more."""
    services.stop(context.scene, services.of_environment(context.scene, DATABASE_SERVICE))


@step("the secure environment's database is back")
def database_is_back(context: Context) -> None:
    """Where it was, with what was in it."""
    services.start(context.scene, services.of_environment(context.scene, DATABASE_SERVICE))


@when("the database goes away as soon as the first of {int} rows are in the table")
def database_goes_away_in_the_middle(context: Context, rows: int) -> None:
    """While the ingestion is connected to it."""
    runs.start_and_see_first_rows(context.scene, rows)
    services.stop(context.scene, services.of_environment(context.scene, DATABASE_SERVICE))


@given("the password of the secure environment's database was changed")
def password_was_changed(context: Context) -> None:
    """Only the scenario knows the new one; the secure environment still has the old one."""
    scene, environment = context.scene, context.scene.environments[-1]
    password = scene.names.password()
    learn_secret(password)
    database_url = DatasetStore(environment.client.database_url).change_password(password)
    environment.installed = replace(environment.client, database_url=database_url)


@given("ingestions trust a different authority from the one that vouches for the platform")
def platform_is_not_trusted(context: Context) -> None:
    """As behind a firewall that opens what is encrypted, or once the authority was replaced."""
    context.scene.environments[-1].client.egress.be_distrusted()


@given("the answer to the next registration in the secure environment never comes")
def answer_never_comes(context: Context) -> None:
    """The platform registers the dataset; the connection stays open, and nothing comes back."""
    context.scene.environments[-1].client.egress.keep_answers(1)


@then("its log does not tell the database's password")
def password_is_not_told(context: Context) -> None:
    """Not even in the traceback."""
    ingestion = context.scene.ingestion
    password = DatasetStore(ingestion.environment.client.database_url).password
    assert_that(password in ingestion.environment.client.cluster.pod_log(ingestion.job), equal_to(False), "whether the log tells it")


@then("the journal says that the ingestion is not registered")
def journal_says_unregistered(context: Context) -> None:
    """By which the next ingestion knows these rows for left-overs."""
    journal = runs.stored(context.scene.ingestion).runs
    assert_that([run["registered"] for run in journal], equal_to([0]), "runs in the journal, registered or not")
