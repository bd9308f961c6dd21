"""Stub participants: secure environments whose part the scenario plays, so that it says what was measured."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, equal_to, has_length

from support.platforms.tracebloc.playbook.secure_environments import proxied_stubs, registration, stub_participants
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import naming, people
from support.step_arguments import Rows, takes_table


@given("a/another stub participant is Online with {int} rows to train and {int} rows to test")
def stub_is_online(context: Context, training_rows: int, test_rows: int) -> None:
    """A registered secure environment has a heartbeat and reports two datasets for tabular classification; nothing trains in it."""
    scene = context.scene
    owner = scene.people.get("the owner") or people.sign_up(scene, "the owner")
    environment = stub_participants.bring_online(scene, owner, {"train": training_rows, "test": test_rows})
    registration.wait_until_online(environment)


@given("a/another secure environment without a client has reported these rows:")
@takes_table({"intent": "intent"}, others="int")
def has_told_of_rows(context: Context, rows: Rows) -> None:
    """An owner's secure environment reports toy datasets, one a row of the table, by their classes; it takes no work."""
    scene = context.scene
    owner = scene.people.get("the owner") or people.sign_up(scene, "the owner")
    environment = registration.register(scene, owner)
    stub_participants.connect(scene, environment)
    by_intent = {row["intent"]: {name: number for name, number in row.items() if name != "intent"} for row in rows}
    stub_participants.tell_of(scene, environment, by_intent)


@step("a stub participant takes the part of the registered secure environment")
def stub_takes_part(context: Context) -> None:
    """Logs in as the environment registered last; it has not been heard of yet."""
    stub_participants.connect(context.scene, context.scene.environments[-1])


@when("{secure_environment} is heard from")
def is_heard(context: Context, name: str) -> None:
    """It sends a heartbeat; the next one is due in half a minute."""
    naming.secure_environment(context.scene, name).stub_participant.heartbeat(stub_participants.HEARTBEAT_SECONDS)


@when("{secure_environment} falls silent")
def falls_silent(context: Context, name: str) -> None:
    """Its last heartbeat announces the next for a moment later, which never comes."""
    naming.secure_environment(context.scene, name).stub_participant.heartbeat(stub_participants.LAST_HEARTBEAT_SECONDS)


@when("the stub participants train cycle {int} of {string} to accuracies of {float} and {float}")
def two_train(context: Context, cycle: int, role: str, first: float, second: float) -> None:
    """Each tells an epoch's accuracy and hands in weights; the platform averages them."""
    stub_participants.train(context.scene, experiments.training_of(context.scene, role), cycle, [first, second])


@step("the stub participants score it with {float} and {float}")
def two_score(context: Context, first: float, second: float) -> None:
    """Each scores the submission made last on its own test rows."""
    scene = context.scene
    if scene.stubs:
        for stub, value in zip(scene.stubs, (first, second), strict=True):
            proxied_stubs.score(scene, stub, value)
    else:
        stub_participants.score(scene, scene.submissions[-1], [first, second])


@then("the stub participant is asked to train cycle {int} of each with its own model, for {int} epochs, on the training dataset")
def is_told_to_train(context: Context, cycle: int, epochs: int) -> None:
    """What came over the environment's queue is what each team asked for; nothing else came."""
    scene = context.scene
    stub = scene.environments[-1].stub_participant
    (dataset,) = scene.use_case.datasets_for("train")
    for training in scene.trainings:
        work = stub_participants.ordered_cycle(stub, training, cycle)
        assert_that(work.model_key, contains_string(f"_{experiments.model_file(training.model).stem}/model.py"), "the model")
        assert_that((work.plan.epochs, work.dataset.table), equal_to((epochs, dataset.table)), "epochs and dataset")
    assert_that(stub.work, has_length(len(scene.trainings)), "pieces of work")


@when("the stub participant trains cycle {int} of {string}, which costs {float} PetaFLOPs")
def trains_at_a_cost(context: Context, cycle: int, role: str, petaflops: float) -> None:
    """It tells what the cycle cost, and hands in weights."""
    stub_participants.train(context.scene, experiments.training_of(context.scene, role), cycle, [0.5], petaflops)


@step("the training of {string} has cost {float} PetaFLOPs so far")
def has_cost(context: Context, role: str, petaflops: float) -> None:
    """A pod of the running cycle tells what it spent; the cycle goes on."""
    training = experiments.training_of(context.scene, role)
    stub = context.scene.environments[-1].stub_participant
    stub_participants.spend(context.scene, training, stub_participants.ordered_cycle(stub, training, 1), stub, petaflops)


@given("{string} has trained cycle 1 of {int}")
def has_trained(context: Context, role: str, cycles: int) -> None:
    """Starts an experiment by a script, whose first cycle the stub participants complete."""
    scene = context.scene
    training = experiments.start_by_script(scene, scene.person(role), "weak linear", epochs=1, cycles=cycles)
    stub_participants.train(scene, training, 1, [0.5] * len(scene.environments))
