"""The reference ingestor: the same promises as the real one, where there is no MySQL."""

from typing import Any

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, empty, equal_to, has_entries, has_length, not_

from support.platforms.tracebloc.clients.gateway import Answer, Endpoint
from support.platforms.tracebloc.playbook.ingestion import reference_ingestor
from support.platforms.tracebloc.playbook.ingestion.reference_ingestor import Desk
from support.platforms.tracebloc.playbook.secure_environments import registration, stub_participants
from support.platforms.tracebloc.playbook.use_cases import people
from support.results.comparison import assert_words_said
from support.step_arguments import Rows, takes_table

TYPES = {"age": "INT", "smoker": "BOOLEAN", "weight": "FLOAT", "word": "VARCHAR(20)"}
LABEL = "diagnosis"
NOTHING = "NA"


@given("a file for the reference ingestor, labelled by the diagnosis:")
@takes_table({"age": "string", "smoker": "string", "weight": "string", "word": "string", "diagnosis": "string"})
def file_for_ingestor(context: Context, rows: Rows) -> None:
    """Whole numbers, truths, numbers and words; `NA` stands for an empty cell."""
    scene = context.scene
    environment = registration.register(scene, people.the_owner(scene))
    stub_participants.connect(scene, environment)
    reference_ingestor.set_up(scene, environment, TYPES, LABEL, rows)


@given("an earlier run of the reference ingestor was killed before it registered its rows")
def earlier_run_was_killed(context: Context) -> None:
    """Its rows are in the table."""
    desk = context.scene.kept(Desk)
    reference_ingestor.leave_killed_run(desk)
    assert_that(desk.stored.rows, not_(empty()), "the rows that it left")


@when("the reference ingestor runs")
@when("the reference ingestor runs on the same file again")
def ingestor_runs(context: Context) -> None:
    """To its end."""
    reference_ingestor.run(context.scene, context.scene.kept(Desk))


@step("the platform answers the next registrations with {string}")
def answers_registrations(context: Context, statuses: str) -> None:
    """One after the other; what comes after them is registered. One that is `lost` arrives, and its answer does not come back."""
    scene = context.scene
    answers = [Answer(hangs_up=True, is_heard=True) if status.strip() == "lost" else Answer(int(status)) for status in statuses.split(",")]
    context.gateway = scene.new_gateway()
    scene.kept(Desk).backend_url = context.gateway.url
    context.gateway.answer_first(Endpoint("POST", "/global_meta/summary/.*"), answers)


@then("the registration was answered {int} times with something else, and went through")
def went_through(context: Context, times: int) -> None:
    """The ingestor waits a little and asks again."""
    desk = context.scene.kept(Desk)
    assert_that((context.gateway.asked, desk.exit_code), equal_to((times, 0)), f"other answers and the exit code; it said: {desk.log}")


@then("it says {string}, ends with exit code {int}, and the registration was answered once")
def not_asked_again(context: Context, words: str, exit_code: int) -> None:
    """What was refused for good is not asked again."""
    desk = context.scene.kept(Desk)
    assert_that(desk.log, contains_string(words), "what it said")
    assert_that((context.gateway.asked, desk.exit_code), equal_to((1, exit_code)), "how often it asked, and the exit code")


@when("the file gets {int} more rows, of which {int} are labelled {string} and {int} are labelled {string}")
def more_rows(context: Context, number: int, first: int, label: str, second: int, other: str) -> None:
    """Each unlike every other; the rows of before stay in the file."""
    assert_that(first + second, equal_to(number), "the rows that are labelled")
    desk = context.scene.kept(Desk)
    labels = [label] * first + [other] * second
    reference_ingestor.add_rows(desk, [[str(100 + each), "yes", f"{each}.5", f"of {number}", name] for each, name in enumerate(labels)])


@then("the owner sees these datasets of it, the oldest first:")
@takes_table({"rows": "int", "labels": "string", "samples": "int"})
def sees_datasets(context: Context, rows: Rows) -> None:
    """Each of the rows that were new, with a few samples."""
    backend = context.scene.person("the owner").backend
    told = [backend.dataset(listed["dataset_key"]) for listed in reversed(backend.datasets())]
    shown = [
        {
            "rows": each["record_count"],
            "labels": ", ".join(f"{label}: {count}" for label, count in sorted(each["labels"].items())),
            "samples": len(each["samples"]),
        }
        for each in told
    ]
    assert_that(shown, equal_to(rows), "the datasets")


@then("{int} rows of {int} registered ingestions are stored")
def rows_of_ingestions(context: Context, rows: int, ingestions: int) -> None:
    """What one ingestion has stored, the next one leaves alone."""
    stored = context.scene.kept(Desk).stored
    registered = {run["ingestor_id"] for run in stored.runs if run["registered"]}
    assert_that(len(stored.rows), equal_to(rows), "the rows")
    assert_that({row["ingestor_id"] for row in stored.rows}, equal_to(registered), "the ingestions that they are of")
    assert_that(registered, has_length(ingestions), "the ingestions that are registered")


@when("the reference ingestor runs on it as rows to test with")
def ingestor_runs_on_tests(context: Context) -> None:
    """The configuration says what the rows are for."""
    desk = context.scene.kept(Desk)
    desk.config["intent"] = "test"
    reference_ingestor.run(context.scene, desk)


@when("the reference ingestor runs on the same file for a second table")
def ingestor_runs_on_second_table(context: Context) -> None:
    """In the same database."""
    desk = context.scene.kept(Desk)
    reference_ingestor.turn_to_second_table(context.scene, desk)
    reference_ingestor.run(context.scene, desk)


@then("no row has the id that it has in the first table")
def other_ids(context: Context) -> None:
    """Whoever knows the ids of one table finds nobody in the other."""
    desk = context.scene.kept(Desk)
    ids = [{row["data_id"] for row in stored.rows} for stored in (desk.first_stored, desk.stored)]
    assert_that(all(ids), equal_to(True), "rows in both tables")
    assert_that(ids[0] & ids[1], empty(), "ids that both tables have")


@then("it ends well, and these rows are stored:")
@takes_table({"age": "string", "smoker": "string", "weight": "string", "word": "string", "label": "string"})
def rows_are_stored(context: Context, rows: Rows) -> None:
    """Each cell in its own type, in the order of the file, once; each row is marked as one to train on, of a run that is registered."""
    _assert_stored(context.scene.kept(Desk), rows, "train")


@then("it ends well, and these rows to test with are stored:")
@takes_table({"age": "string", "smoker": "string", "weight": "string", "word": "string", "label": "string"})
def tests_are_stored(context: Context, rows: Rows) -> None:
    """The same, marked as rows to test with."""
    _assert_stored(context.scene.kept(Desk), rows, "test")


@then("the owner sees one dataset to test with, of {int} rows, whose samples have no labels")
def owner_sees_tests(context: Context, number: int) -> None:
    """Samples are ids alone; how many rows there are of each label is told."""
    backend = context.scene.person("the owner").backend
    (listed,) = backend.datasets()
    told = backend.dataset(listed["dataset_key"])
    assert_that(told, has_entries(intent="test", record_count=number), "the dataset")
    assert_that([list(sample) for sample in told["samples"]], equal_to([["data_id"]] * number), "what the samples tell")


def _assert_stored(desk: Desk, rows: Rows, intent: str) -> None:
    assert_that(desk.exit_code, equal_to(0), f"the exit code; it said: {desk.log}")
    stored = desk.stored
    kept = [{name: row[name] for name in (*TYPES, "label")} for row in stored.rows]
    assert_that(kept, equal_to([{name: _cell(name, text) for name, text in row.items()} for row in rows]), "the rows")
    assert_that(stored.columns[-len(TYPES) :], equal_to(tuple(TYPES)), "the columns of the data, in their order")
    assert_that({row["data_intent"] for row in stored.rows}, equal_to({intent}), "what they are for")
    assert_that({row["data_id"] for row in stored.rows}, has_length(len(rows)), "their ids, each its own")
    registered = [run["ingestor_id"] for run in stored.runs if run["registered"]]
    assert_that({row["ingestor_id"] for row in stored.rows}, equal_to(set(registered)), "the runs that they are of")


@then("the owner sees one dataset of {int} rows, with the labels {string}, and what is known of its columns:")
@takes_table({"column": "word", "type": "word", "known": "string"})
def owner_sees(context: Context, number: int, labels: str, rows: Rows) -> None:
    """Counts and sums of numbers, the words that occur; no row but samples leaves the secure environment."""
    scene = context.scene
    desk = scene.kept(Desk)
    backend = scene.person("the owner").backend
    (listed,) = backend.datasets()
    told = backend.dataset(listed["dataset_key"])
    counted = ", ".join(f"{label}: {count}" for label, count in sorted(told["labels"].items()))
    assert_that((told["record_count"], counted), equal_to((number, labels)), "rows and labels")
    assert_that(told, has_entries(table_name=desk.table, intent="train", data_format="tabular"), "the dataset")
    assert_that(told["size_bytes"], equal_to((desk.folder / "rows.csv").stat().st_size), "its size in bytes")
    statistics = told["meta_data"]["attributes"]["feature_stats"]
    seen = {name: (told["schema"][name]["dtype"], _known(statistics.get(name))) for name in TYPES}
    assert_that(seen, equal_to({row["column"]: (row["type"], row["known"]) for row in rows}), "the columns")
    assert_that(told["meta_data"]["number_of_columns"], equal_to(len(rows)), "columns to learn from")
    assert_that(told["schema"]["label"]["role"], equal_to("target"), "the part of the label")
    assert_that([sample["label"] for sample in told["samples"]], equal_to([row["label"] for row in desk.stored.rows]), "the samples")


@then("the reference ingestor refuses:")
@takes_table({"what": "string", "words": "string"})
def ingestor_refuses(context: Context, rows: Rows) -> None:
    """Each configuration or file is tried alone, with the ingestor's own code; all that differ are told."""
    desk = context.scene.kept(Desk)
    header, first, second = ["age", "smoker", "weight", "word", LABEL], ["41", "yes", "70.5", "a", "sick"], ["9", "no", "8", "b", "well"]

    def other(place: int, cell: str) -> list[list[str]]:
        return [header, first, [*second[:place], cell, *second[place + 1 :]]]

    attempts: dict[str, tuple[dict[str, Any], list[list[str]] | None]] = {
        "another task": ({"category": "tabular_regression"}, None),
        "no such file": ({"csv": str(desk.folder / "missing.csv")}, None),
        "an unknown type": ({"schema": {**TYPES, "age": "GEOMETRY"}}, None),
        "a setting that is none": ({"colour": "blue"}, None),
        "a column of the framework's name": ({"schema": {**TYPES, "status": "INT"}}, None),
        "a label that is no column": ({"label": "verdict"}, None),
        "a fraction for a whole number": ({}, other(0, "9.5")),
        "a truth that is none": ({}, other(1, "perhaps")),
        "an endless number": ({}, other(2, "inf")),
        "a word for a number": ({}, other(2, "heavy")),
        "no label": ({}, other(4, "NA")),
        "one label only": ({}, other(4, "sick")),
        "a cell too many": ({}, [header, first, [*second, "more"]]),
        "a cell too few": ({}, [header, first, second[:-1]]),
    }
    told = [(row["what"], row["words"], reference_ingestor.refusal(desk, *attempts[row["what"]])) for row in rows]
    assert_words_said("what the reference ingestor refuses", told)


@when("the platform does not know the secure environment any more, and the reference ingestor runs")
def runs_revoked(context: Context) -> None:
    """Its credential was taken away between reading and registering."""
    scene = context.scene
    desk = scene.kept(Desk)
    desk.environment.owner.backend.revoke_secure_environment(desk.environment.identity)
    reference_ingestor.run(scene, desk)


@then("it says {string}, ends with exit code {int}, and no row is left behind")
def nothing_left(context: Context, words: str, exit_code: int) -> None:
    """What was not registered is nobody's."""
    desk = context.scene.kept(Desk)
    assert_that(desk.log, contains_string(words), "what it said")
    assert_that(desk.exit_code, equal_to(exit_code), "the exit code")
    assert_that(list(desk.stored.rows), empty(), "the rows")


def _cell(name: str, text: str) -> object:
    if text == NOTHING:
        return None
    casters = {"age": int, "weight": float, "smoker": lambda truth: int(truth == "true")}
    return casters.get(name, str)(text)


def _known(statistics: dict[str, Any] | None) -> str:
    if statistics is None:
        return "nothing"
    if "categories" in statistics:
        return ", ".join(statistics["categories"])
    return " ".join(f"{name} {statistics[name]:g}" for name in ("count", "sum", "sum_sq", "min", "max"))
