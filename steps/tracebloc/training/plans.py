"""Training plans past the SDK, as a script sends them: what is refused, what is followed, what it will cost."""

import json

from behave import given, then, when
from behave.runner import Context
from hamcrest import assert_that, equal_to, has_entries

from environments.platforms.tracebloc.messaging.messages import TrainCycle
from support.platforms.tracebloc.clients.backend import Json
from support.platforms.tracebloc.playbook.secure_environments import stub_participants
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import people, refusals, script_requests
from support.platforms.tracebloc.sample_data.datasets import feature_names
from support.platforms.tracebloc.scene import PLACES, Scene, Training
from support.results.comparison import assert_words_said
from support.step_arguments import Rows, takes_table

MODEL = "weak linear"


@given("a stub participant is Online with these rows:")
@takes_table({"intent": "intent"}, others="int")
def stub_with_rows(context: Context, rows: Rows) -> None:
    """A registered secure environment has a heartbeat and reports two datasets by their classes; no client is installed."""
    _bring_online(context.scene, rows, feature_names())


@given("a stub participant, whose columns stand the other way round, is Online with these rows:")
@takes_table({"intent": "intent"}, others="int")
def stub_with_other_columns(context: Context, rows: Rows) -> None:
    """The same columns as elsewhere, in a table that was made in another order."""
    _bring_online(context.scene, rows, feature_names()[::-1])


@given("{string} has uploaded a model to start by a script")
def has_uploaded(context: Context, role: str) -> None:
    """It is kept on the platform, and a script knows it by its name there."""
    context.model = context.scene.person(role).backend.keep_model(experiments.model_file(MODEL))["model_name"]


@then("the platform answers a script of {string} that sends:")
@takes_table({"request": "string", "sent": "string", "answer": "string"}, may_be_empty=["sent"])
def answers_script(context: Context, role: str, rows: Rows) -> None:
    """DATASET stands for the use case's training data, MODEL for the model that was uploaded."""
    scene = context.scene
    named = {"dataset": scene.use_case.training_dataset_key, "model": context.model}
    person = scene.person(role)
    told = [(f"{row['request']} {row['sent']}", row["answer"], script_requests.answer(scene, person, row, named)) for row in rows]
    assert_words_said("what the platform answers", told)


@then("the platform refuses {string} a plan that says:")
@takes_table({"setting": "word", "value": "string", "words": "string"}, may_be_empty=["value"])
def refuses_plans(context: Context, role: str, rows: Rows) -> None:
    """Each row is sent alone, is refused in these words, and leaves no experiment behind."""
    scene = context.scene
    acts = {f"{row['setting']} {row['value']}": lambda row=row: _send(context, role, {row["setting"]: row["value"]}) for row in rows}
    refusals.assert_outcomes(scene, role, acts, {f"{row['setting']} {row['value']}": row["words"] for row in rows})
    assert_that(scene.person(role).backend.experiments(scene.use_case.key), equal_to([]), "the team's experiments")


@then("the platform takes a plan of {string} that says:")
@takes_table({"setting": "word", "value": "string"})
def takes_plans(context: Context, role: str, rows: Rows) -> None:
    """All of it at once: none of it changes anything."""
    _start(context, role, {row["setting"]: row["value"] for row in rows})


@when("{string} starts an experiment by a script")
def starts_plainly(context: Context, role: str) -> None:
    """Nothing is said but dataset, model and name."""
    _start(context, role, {})


@when("{string} starts an experiment by a script that says:")
@takes_table({"setting": "word", "value": "string"})
def starts_with(context: Context, role: str, rows: Rows) -> None:
    """These settings, and nothing else."""
    _start(context, role, {row["setting"]: row["value"] for row in rows})


@then("the stub participant is asked to train with:")
@takes_table({"setting": "word", "value": "string"})
def asked_to_train_with(context: Context, rows: Rows) -> None:
    """What its work says of each of these settings."""
    scene = context.scene
    plan = _work(scene, -1).plan.model_dump()
    assert_that({name: str(plan[name]) for name in plan}, has_entries({row["setting"]: row["value"] for row in rows}), "the plan")


@when("{string} starts a model of {int} parameters by a script, for {int} epochs and {int} cycles")
def starts_large(context: Context, role: str, parameters: int, epochs: int, cycles: int) -> None:
    """As the SDK counts the parameters; what the platform says of the cost is kept for the next step."""
    _start(context, role, {"model_parameters": str(parameters), "epochs": str(epochs), "cycles": str(cycles)})


@then("the platform warns: {string}")
def warns(context: Context, words: str) -> None:
    """The start is taken all the same."""
    assert_that(context.started["budget_warning"], equal_to(words), "the warning")


@then("the platform warns of nothing")
def warns_of_nothing(context: Context) -> None:
    """There is budget enough."""
    assert_that(context.started["budget_warning"], equal_to(None), "the warning")


@when("{string} starts a training by a script on these rows:")
@takes_table({}, others="int")
def starts_on_chosen_rows(context: Context, role: str, rows: Rows) -> None:
    """So many rows of each class, over all secure environments together."""
    (chosen,) = rows
    _start(context, role, {"subdataset": json.dumps({"trainingClasses": chosen})})


@then("the stub participants are asked to train on these rows:")
@takes_table({"stub participant": "place"}, others="int")
def asked_for_rows(context: Context, rows: Rows) -> None:
    """Each its share, by class."""
    asked = {row["stub participant"]: _work(context.scene, PLACES.index(row["stub participant"])).chosen_rows for row in rows}
    expected = {row["stub participant"]: {name: number for name, number in row.items() if name != "stub participant"} for row in rows}
    assert_that(asked, equal_to(expected), "the rows to train on")


@then("the stub participants are told that the classes are {string}, in this order")
def told_of_classes(context: Context, classes: str) -> None:
    """All classes of all environments, whoever holds rows of them."""
    scene = context.scene
    told = [_work(scene, number).dataset.classes for number in range(len(scene.environments))]
    assert_that(told, equal_to([classes.split(", ")] * len(scene.environments)), "the classes")


@then("the stub participants are told to feed the model with the same columns, in the same order")
def told_of_columns(context: Context) -> None:
    """All of them, however they stand in an environment's own table."""
    scene = context.scene
    told = [_work(scene, number).dataset.features for number in range(len(scene.environments))]
    assert_that(told, equal_to([told[0]] * len(told)), "the columns")
    assert_that(sorted(told[0]), equal_to(sorted(feature_names())), "the columns of the first")


def _bring_online(scene: Scene, rows: Rows, columns: list[str]) -> None:
    environment = stub_participants.bring_online(scene, people.the_owner(scene), {})
    by_intent = {row["intent"]: {name: number for name, number in row.items() if name != "intent"} for row in rows}
    stub_participants.tell_of(scene, environment, by_intent, columns)


def _start(context: Context, role: str, plan: dict[str, str]) -> None:
    scene = context.scene
    with scene.story.part(f"{role} starts an experiment by a script") as part:
        context.started = _send(context, role, plan)
        part.detail = context.started["experiment_key"]
    training = Training(scene.person(role), MODEL, part.detail, int(plan.get("epochs", 1)), int(plan.get("cycles", 1)))
    scene.trainings.append(training)


def _send(context: Context, role: str, plan: dict[str, str]) -> Json:
    scene = context.scene
    said = {"name": scene.names.unique("experiment"), **plan}
    started: Json = scene.person(role).backend.start_experiment(scene.use_case.training_dataset_key, context.model, **said)
    return started


def _work(scene: Scene, number: int) -> TrainCycle:
    return stub_participants.ordered_cycle(scene.environments[number].stub_participant, scene.trainings[-1], 1)
