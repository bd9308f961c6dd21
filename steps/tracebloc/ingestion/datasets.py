"""Datasets: ingesting them where the data is."""

from behave import given, step
from behave.runner import Context
from hamcrest import assert_that, equal_to

from support.platforms.tracebloc.playbook.ingestion import datasets


@step("the owner ingests {int} rows to train and {int} rows to test, and the inserted rows equal the source rows")
def owner_ingests(context: Context, training_rows: int, test_rows: int) -> None:
    """Ingests two toy datasets; the secure environment's table and the platform both count every row."""
    scene = context.scene
    ingested = datasets.ingest(scene, scene.environments[-1], {"train": training_rows, "test": test_rows})
    assert_that([dataset.intent for dataset in ingested], equal_to(["train", "test"]), "what was ingested")


@given("a picture of the training data is damaged")
def picture_is_damaged(context: Context) -> None:
    """Its file on the secure environment's volume ends after a few bytes, as after a failing disk."""
    (dataset,) = (dataset for dataset in context.scene.datasets if dataset.intent == "train")
    context.damaged = datasets.damage_a_file(dataset)
