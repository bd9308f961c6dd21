"""Ingestions of tables and images, good ones and bad ones, and what becomes of them."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, empty, equal_to, has_length, is_not

from support.platforms.tracebloc.playbook.ingestion import checks, runs
from support.platforms.tracebloc.sample_data.sources import defects, images, tables
from support.platforms.tracebloc.sample_data.sources.source import UNDECLARED_COLUMN, undeclared_value
from support.step_arguments import Rows, takes_table

TABLE = "table"
SEED, OTHER_SEED = 1, 2


@given("the owner has ingested {int} rows")
def has_ingested(context: Context, rows: int) -> None:
    """A table to classify by, ingested well."""
    scene = context.scene
    runs.wait_until_done(runs.run(scene, scene.names.table(TABLE), lambda folder: tables.classification(folder, SEED, rows)))


@given("the owner has ingested a few images")
def has_ingested_images(context: Context) -> None:
    """Images to classify, ingested well."""
    scene = context.scene
    runs.wait_until_done(runs.run(scene, scene.names.table(TABLE), lambda folder: images.classification(folder, SEED)))


@when("the owner ingests {int} rows")
@when("the owner ingests the same {int} rows into another table")
def ingests(context: Context, rows: int) -> None:
    """Into a table of their own; the same number of rows is always the same rows."""
    scene = context.scene
    runs.run(scene, scene.names.table(TABLE), lambda folder: tables.classification(folder, SEED, rows))


@when("the owner ingests a few images")
def ingests_images(context: Context) -> None:
    """Into a table of their own."""
    runs.run(context.scene, context.scene.names.table(TABLE), lambda folder: images.classification(folder, SEED))


@when("the owner ingests the same {int} rows again")
def ingests_again(context: Context, rows: int) -> None:
    """Into the same table."""
    scene = context.scene
    runs.run(scene, scene.ingestion.table, lambda folder: tables.classification(folder, SEED, rows))


@when("the owner ingests {int} new rows into the same table")
def ingests_more(context: Context, rows: int) -> None:
    """None of them was there before."""
    scene = context.scene
    runs.run(scene, scene.ingestion.table, lambda folder: tables.classification(folder, OTHER_SEED, rows))


@when("the owner ingests rows with other columns into the same table")
def ingests_other_columns(context: Context) -> None:
    """One column has another name."""
    runs.run(context.scene, context.scene.ingestion.table, defects.table_with_other_columns)


@when("the owner ingests the same images again")
def ingests_images_again(context: Context) -> None:
    """Into the same table."""
    runs.run(context.scene, context.scene.ingestion.table, lambda folder: images.classification(folder, SEED))


@when("the owner ingests {int} different rows, two of which stand in the file twice")
def ingests_repeated_rows(context: Context, rows: int) -> None:
    """As a careless export makes them."""
    ingestion = runs.run(context.scene, context.scene.names.table(TABLE), defects.table_with_repeated_rows)
    assert_that(ingestion.source.rows, equal_to(rows), "different rows that are staged")


@when("the owner ingests {int} rows, one of which the database refuses")
def ingests_a_refused_row(context: Context, rows: int) -> None:
    """Its label is longer than the database takes, which is noticed there only."""
    ingestion = runs.run(context.scene, context.scene.names.table(TABLE), defects.table_with_a_label_too_long)
    assert_that(ingestion.source.rows, equal_to(rows), "rows that are staged")


@when("the owner ingests {int} sequences of {int} rows, and the database refuses one row")
def ingests_a_broken_sequence(context: Context, sequences: int, steps: int) -> None:
    """A number is larger than its column takes, which is noticed there only."""
    ingestion = runs.run(context.scene, context.scene.names.table(TABLE), defects.sequences_with_a_number_too_large)
    assert_that((ingestion.source.records, ingestion.source.rows), equal_to((sequences, sequences * steps)), "sequences and rows staged")


@when("the owner ingests rows with a mistyped label column")
def ingests_a_mistyped_label(context: Context) -> None:
    """The configuration names a label column that the file does not have."""
    runs.run(context.scene, context.scene.names.table(TABLE), defects.table_with_a_mistyped_label)


@when("the owner ingests tables, each with a defect:")
@takes_table({"defect": "table_defect"})
def ingests_defective_tables(context: Context, rows: Rows) -> None:
    """All at the same time, each into a table of its own; the step's table names the defects."""
    scene = context.scene
    for row in rows:
        runs.start(scene, scene.names.table(TABLE), lambda folder, defect=row["defect"]: defects.table_with(defect, folder))


@when("the owner ingests images, each with a defect:")
@takes_table({"defect": "image_defect"})
def ingests_defective_images(context: Context, rows: Rows) -> None:
    """All at the same time, each into a table of its own; the step's table names the defects."""
    scene = context.scene
    for row in rows:
        runs.start(scene, scene.names.table(TABLE), lambda folder, defect=row["defect"]: defects.images_with(defect, folder))


@then("each ingestion fails for its reason:")
@takes_table({"reason": "string"})
def each_fails(context: Context, rows: Rows) -> None:
    """In the order of the ingestions, the step's table tells what their logs must say."""
    assert_that(rows, has_length(len(context.scene.ingestions)), "reasons, one for each ingestion")
    for row, ingestion in zip(rows, context.scene.ingestions, strict=True):
        with context.scene.story.part(f"{ingestion.job} fails") as part:
            runs.wait_until_failed(ingestion, row["reason"])
            part.detail = row["reason"]


@step("the ingestion ends well")
def ends_well(context: Context) -> None:
    """The pod succeeded."""
    runs.wait_until_done(context.scene.ingestion)


@step("the ingestion fails, since {string}")
def fails(context: Context, reason: str) -> None:
    """The pod's exit code says that it did not finish clean, and its log holds these words."""
    runs.wait_until_failed(context.scene.ingestion, reason)


@step("the ingestion fails, since the platform refuses the dataset")
def fails_since_refused(context: Context) -> None:
    """The platform says that it may not be registered."""
    runs.wait_until_failed(context.scene.ingestion, "HTTP 403")


@step("the ingestion fails, since the platform refuses a dataset without labels")
def fails_without_labels(context: Context) -> None:
    """The platform says what is wrong with it."""
    runs.wait_until_failed(context.scene.ingestion, "NO_LABELS")


@then("the table holds {int} rows")
def table_holds(context: Context, rows: int) -> None:
    """Counted in the secure environment."""
    assert_that(runs.count(context.scene.ingestion), equal_to(rows), "rows in the table")


@then("nothing of it is left in the secure environment but what was staged")
def nothing_is_left(context: Context) -> None:
    """No row, no file and no lock of any ingestion; the data can be put right and ingested again."""
    for ingestion in context.scene.ingestions:
        checks.nothing_came_of_it(ingestion)


@then("the owner has no dataset")
def no_dataset(context: Context) -> None:
    """The platform lists none."""
    assert_that(runs.records_of_datasets(context.scene), empty(), "records of the datasets that the platform lists")


@then("the owner has one dataset with {int} records")
def one_dataset(context: Context, records: int) -> None:
    """The platform lists it once."""
    assert_that(runs.records_of_datasets(context.scene), equal_to([records]), "records of the datasets that the platform lists")


@then("the owner has two datasets, with {int} and {int} records")
def two_datasets(context: Context, first: int, second: int) -> None:
    """The platform lists both, the older one first."""
    assert_that(runs.records_of_datasets(context.scene), equal_to([first, second]), "records of the datasets that the platform lists")


@then("the owner is told of {int} failed ingestion/ingestions")
def told_of_failures(context: Context, number: int) -> None:
    """The platform knows that they ended without a dataset."""
    assert_that(runs.failures(context.scene), equal_to(["ingestion_failed"] * number), "what the platform knows of failures")


@then("the owner is told that the ingestion was cancelled")
def told_of_cancellation(context: Context) -> None:
    """The platform knows that it ended without a dataset, and why."""
    assert_that(runs.failures(context.scene), equal_to(["cancelled"]), "what the platform knows of failures")


@then("no row has the same id in both tables")
def ids_differ(context: Context) -> None:
    """Ids are salted by table, so that nobody can tell from them which rows are the same."""
    first, second = ({row["data_id"] for row in runs.stored(ingestion).rows} for ingestion in context.scene.ingestions)
    assert_that((len(first), len(second)), equal_to((context.scene.ingestion.source.rows,) * 2), "ids in the two tables")
    assert_that(first & second, empty(), "ids that are in both tables")


@then("the undeclared column with names of people was staged, and is neither in the table nor known to the platform")
def undeclared_stays(context: Context) -> None:
    """Looked for in all rows, and in all that the platform was told."""
    ingestion = context.scene.ingestion
    staged = (runs.staging_folder(ingestion.environment, ingestion.table) / "table.csv").read_text(encoding="utf-8")
    assert_that(staged.splitlines()[0].split(",")[-1], equal_to(UNDECLARED_COLUMN), "the last column that was staged")
    assert_that(staged, contains_string(undeclared_value(0)), "the rows that were staged")
    ingested = runs.look(ingestion)
    assert_that(ingested.stored.rows, is_not(empty()), "rows in the table")
    checks.columns_are_the_declared(ingested)
    checks.statistics_are_of_declared_columns(ingested)
