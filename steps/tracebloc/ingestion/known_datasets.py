"""What the platform knows of datasets: who sees and changes it, and the ingestions that came to nothing."""

from collections.abc import Callable

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, equal_to

from support.platforms.tracebloc.playbook.faults import recovery
from support.platforms.tracebloc.playbook.secure_environments import registration, stub_participants, told_summaries
from support.platforms.tracebloc.playbook.use_cases import people, refusals
from support.platforms.tracebloc.sample_data.datasets import class_names, feature_names
from support.platforms.tracebloc.scene import IngestedDataset, Scene
from support.results.comparison import assert_words_said
from support.step_arguments import Rows, takes_table


@given("{string} owns a secure environment that a stub participant plays")
def owns_an_environment(context: Context, role: str) -> None:
    """Somebody else than the owner of the scenario's data; the scenario's own secure environments stay those that are meant."""
    scene = context.scene
    ours = list(scene.environments)
    environment = registration.register(scene, people.somebody(scene, role))
    stub_participants.connect(scene, environment)
    scene.environments[:] = ours
    context.strangers_environment = environment


@then("the training dataset is closed to {string} in each of these ways:")
@takes_table({"way": "string", "words": "string"})
def is_closed_to(context: Context, role: str, rows: Rows) -> None:
    """Each way is tried, by somebody who knows its key, its table and the id of its ingestion."""
    scene = context.scene
    dataset, stranger = _training_dataset(scene), scene.person(role)
    stub = context.strangers_environment.stub_participant

    def attach() -> object:
        draft = stranger.backend.create_use_case(scene.names.unique("use case"), "tabular_classification")
        return stranger.backend.attach_datasets(draft["key"], training=[dataset.dataset_key], test=[])

    acts: dict[str, Callable[[], object]] = {
        "finding it among the datasets": stranger.backend.datasets,
        "opening it": lambda: stranger.backend.dataset(dataset.dataset_key),
        "attaching it to a use case of one's own": attach,
        "having one's environment read its columns": lambda: stub.told_of(stub_participants.ingestion_of(dataset)),
        "having one's environment change its columns": lambda: stub.tell_again(dataset.table, {"stolen": {"dtype": "int"}}),
    }
    refusals.assert_outcomes(scene, role, acts, {row["way"]: row["words"] for row in rows})
    shown = dataset.environment.owner.backend.dataset(dataset.dataset_key)
    assert_that("stolen" in shown["schema"], equal_to(False), "whether its columns were changed")


@given("a second dataset stands in the table of the training dataset")
def stands_in_the_same_table(context: Context) -> None:
    """Of another ingestion, as when data to train and to test come into one table."""
    scene = context.scene
    dataset, ingestion = _training_dataset(scene), scene.names.unique("ingestion")
    stub_participants.tell_of(scene, dataset.environment, {"test": {class_names()[0]: 5}}, table=dataset.table, ingestor_id=ingestion)


@then("the owner's own environment can change the columns of that table's datasets, and of no other, which the owner sees")
def can_be_changed(context: Context) -> None:
    """All columns are counted anew; what they were is gone."""
    dataset = _training_dataset(context.scene)
    stub, told = dataset.environment.stub_participant, {feature_names()[0]: {"dtype": "int"}}
    assert_that(stub.told_of(stub_participants.ingestion_of(dataset))["table_name"], equal_to(dataset.table), "the table")
    stub.tell_again(dataset.table, told)
    backend, datasets = dataset.environment.owner.backend, context.scene.datasets
    changed = [(each.dataset_key, backend.dataset(each.dataset_key)["schema"] == told) for each in datasets]
    assert_that(changed, equal_to([(each.dataset_key, each.table == dataset.table) for each in datasets]), "which columns were changed")


@then("what {string} tells of an ingestion with the same id is a dataset of their own")
def same_id_elsewhere(context: Context, role: str) -> None:
    """Ids are each environment's own: nobody learns from them what others have."""
    scene = context.scene
    ours = list(scene.datasets)
    ingestion = stub_participants.ingestion_of(_training_dataset(scene))
    stub_participants.tell_of(scene, context.strangers_environment, {"train": {class_names()[0]: 5}}, ingestor_id=ingestion)
    told, scene.datasets[:] = scene.datasets[-1], ours
    listed = [dataset["dataset_key"] for dataset in scene.person(role).backend.datasets()]
    assert_that(listed, equal_to([told.dataset_key]), f"the datasets of {role}")


@when("the {place} environment reports of its ingestions:")
@takes_table({"ingestion": "string", "reason": "string"})
def reports_failures(context: Context, place: str, rows: Rows) -> None:
    """Each ended, it says, without a dataset: for `the registered one` that is wrong."""
    scene = context.scene
    environment = recovery.at_place(scene, place)
    known = next(dataset for dataset in scene.datasets if dataset.environment is environment)
    for row in rows:
        ingestion = stub_participants.ingestion_of(known) if row["ingestion"] == "the registered one" else scene.names.unique("ingestion")
        environment.stub_participant.tell_failure(ingestion, row["reason"])


@then("the owner sees these failures of the {place} environment, and none of the {place}: {string}")
def sees_failures(context: Context, place: str, other: str, reasons: str) -> None:
    """In the order in which they were told."""
    scene = context.scene
    for each, expected in ((place, reasons.split(", ")), (other, [])):
        environment = recovery.at_place(scene, each)
        shown = [failure["reason"] for failure in environment.owner.backend.ingest_failures(environment.identity)]
        assert_that(shown, equal_to(expected), f"the failures of the {each} environment")


@then("{string} cannot see the failures of the {place} environment: {string}")
def cannot_see_failures(context: Context, role: str, place: str, words: str) -> None:
    """It is as if it were not there."""
    scene = context.scene
    identity = recovery.at_place(scene, place).identity
    told = refusals.outcome(lambda: scene.person(role).backend.ingest_failures(identity))
    assert_that(told, contains_string(words), "what the platform says")


def _training_dataset(scene: Scene) -> IngestedDataset:
    return next(dataset for dataset in scene.datasets if dataset.intent == "train")


@then("the platform answers what the environment tells of a dataset:")
@takes_table({"told": "string", "answer": "string"})
def answers_summaries(context: Context, rows: Rows) -> None:
    """All else of it is as an ingestor tells it."""
    told = [(row["told"], row["answer"], told_summaries.answer(context.scene, row["told"])) for row in rows]
    assert_words_said("what the platform says", told)
