"""Ingestion: small datasets of every category, and what is checked after each."""

from collections.abc import Callable

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, has_length

from support.platforms.tracebloc.playbook.ingestion import checks, runs
from support.platforms.tracebloc.sample_data import sources
from support.platforms.tracebloc.scene import Ingested, Scene

INTENTS = ("train", "test")


@when('the owner ingests a small dataset for "{data_category}" to train and another one to test')
def ingests_both(context: Context, category: str) -> None:
    """Both run at the same time; each has to end well."""
    scene = context.scene
    for seed, intent in enumerate(INTENTS, start=1):
        runs.start(scene, scene.names.table(intent), lambda folder, seed=seed: sources.make(category, folder, seed), intent)
    for ingestion in scene.ingestions:
        with scene.story.part(f"{ingestion.source.rows} rows to {ingestion.intent} are ingested by {ingestion.job}"):
            runs.wait_until_done(ingestion)
            scene.ingested.append(runs.look(ingestion))


@then("every row of the source is in the table")
def rows_arrived(context: Context) -> None:
    """Check 1 of 10: none is missing, none is there twice."""
    _check(context.scene, checks.rows_arrived)


@then("the table has the labels of the source, each as often")
def labels_arrived(context: Context) -> None:
    """Check 2 of 10: counted in the table, by label."""
    _check(context.scene, checks.labels_are_the_sources)


@then("the table has the columns that were declared and no other")
def columns_are_declared(context: Context) -> None:
    """Check 3 of 10: beside the framework's own, which come first."""
    _check(context.scene, checks.columns_are_the_declared)


@then("the files are where training looks for them, with the right names and modes")
def files_are_in_place(context: Context) -> None:
    """Check 4 of 10: a dataset without files has no folder."""
    _check(context.scene, checks.files_are_in_place)


@then("the platform shows samples with labels of the training data and without labels of the test data")
def samples_are_safe(context: Context) -> None:
    """Check 5 of 10: the test labels are what use cases are scored by."""
    _check(context.scene, checks.samples_tell_no_test_labels)


@then("the platform's statistics cover declared columns only")
def statistics_are_safe(context: Context) -> None:
    """Check 6 of 10: an undeclared column with names of people is in every table that is staged."""
    _check(context.scene, checks.statistics_are_of_declared_columns)


@then("each row has an id of its own, salted by the table")
def ids_are_salted(context: Context) -> None:
    """Check 7 of 10: the salt is another one in each table and is told to nobody."""
    _check(context.scene, checks.ids_are_unique_and_salted)
    salts = {ingested.stored.salt for ingested in context.scene.ingested}
    assert_that(salts, has_length(len(context.scene.ingested)), "different salts")


@then("the journal says that the ingestion is registered")
def journal_is_right(context: Context) -> None:
    """Check 8 of 10: rows of a run that is not registered would be taken for left-overs."""
    _check(context.scene, checks.journal_says_registered)


@then("no second copy of the files is left in staging and no lock is held")
def nothing_is_left(context: Context) -> None:
    """Check 9 of 10: a staged table stays as it is, since the command line removes that one."""
    _check(context.scene, checks.no_copy_and_no_lock_is_left)


@then("the platform knows exactly what the table holds")
def platform_knows(context: Context) -> None:
    """Check 10 of 10: run, purpose, records, labels, columns and size."""
    _check(context.scene, checks.platform_knows_the_table)


def _check(scene: Scene, check: Callable[[Ingested], str]) -> None:
    for ingested in scene.ingested:
        with scene.story.part(f"to {ingested.ingestion.intent}") as part:
            part.detail = check(ingested)
