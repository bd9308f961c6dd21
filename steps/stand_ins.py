"""Stand-ins for secure environments: real services around them, canned results from them."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_exactly, equal_to, greater_than_or_equal_to, has_entries, none

from support.clients.stand_in import GRAMS_CO2E
from support.eventually import eventually
from support.playbook import experiments, stand_ins
from support.toy.datasets import class_names, feature_names


@given("a/another stand-in secure environment with {int} rows to train and {int} rows to test")
def stand_in_with_data(context: Context, training_rows: int, test_rows: int) -> None:
    """A secure environment that the scenario plays: it is registered, its requests-proxy runs, its datasets are known."""
    stand_ins.set_up(context.scene, {"train": training_rows, "test": test_rows})


@given("{string} has completed a cycle on the stand-ins")
def has_completed(context: Context, role: str) -> None:
    """An experiment of one cycle is done."""
    scene = context.scene
    training = experiments.begin(scene, scene.person(role), epochs=1, cycles=1)
    for stand_in in scene.stand_ins:
        stand_ins.train(scene, stand_in, stand_ins.take_cycle(scene, stand_in, 1))
    assert_that(experiments.wait_until_ended(scene, training)["status_display"], equal_to("Completed"), "the experiment's status")


@step("the stand-in(s) train(s) cycle {int}")
def stand_ins_train(context: Context, cycle: int) -> None:
    """Every stand-in takes the work of a cycle and hands in epochs, cost and weights."""
    scene = context.scene
    for stand_in in scene.stand_ins:
        stand_ins.train(scene, stand_in, stand_ins.take_cycle(scene, stand_in, cycle))


@when("the stand-ins begin cycle {int}")
def stand_ins_begin(context: Context, cycle: int) -> None:
    """Every stand-in takes the work of a cycle and begins its job."""
    context.jobs = [stand_ins.begin(context.scene, stand_in, cycle) for stand_in in context.scene.stand_ins]


@when("the {word} stand-in hands in its results")
def one_stand_in_hands_in(context: Context, place: str) -> None:
    """The job that was begun ends with its results."""
    scene = context.scene
    stand_in = stand_ins.at_place(scene, place)
    stand_ins.hand_in(scene, stand_in, context.jobs[scene.stand_ins.index(stand_in)])


@step("the {word} stand-in trains cycle {int}")
def one_stand_in_trains(context: Context, place: str, cycle: int) -> None:
    """One stand-in takes the work of a cycle and hands in epochs, cost and weights."""
    scene = context.scene
    stand_in = stand_ins.at_place(scene, place)
    stand_ins.train(scene, stand_in, stand_ins.take_cycle(scene, stand_in, cycle))


@when("the {word} stand-in trains cycle {int} without the Service Bus hearing of it")
def one_stand_in_never_settles(context: Context, place: str, cycle: int) -> None:
    """The work is done, and its message stays locked until the lock expires."""
    scene = context.scene
    stand_in = stand_ins.at_place(scene, place)
    stand_ins.train(scene, stand_in, stand_ins.take_cycle(scene, stand_in, cycle, done=False))
    stand_in.queue.open_again()


@when("the stand-ins hand in cycle {int}")
def stand_ins_hand_in(context: Context, cycle: int) -> None:
    """The jobs that were begun end with their results."""
    for stand_in, job in zip(context.scene.stand_ins, context.jobs, strict=True):
        assert_that(job.work.cycle, equal_to(cycle), "the cycle of the job")
        stand_ins.hand_in(context.scene, stand_in, job)


@when("the stand-ins score it with {float} and {float}")
def stand_ins_score(context: Context, first: float, second: float) -> None:
    """Each stand-in scores the submission on its own test rows."""
    scene = context.scene
    for stand_in, value in zip(scene.stand_ins, (first, second), strict=True):
        stand_ins.score(scene, stand_in, value)


@then("each stand-in gets the work of cycle {int} once, with the plan, the model and its own dataset")
def work_as_planned(context: Context, cycle: int) -> None:
    """What the participant set with the SDK is what every secure environment is asked to do."""
    scene, training = context.scene, context.scene.trainings[-1]
    client_ids = [stand_in.client_id for stand_in in scene.stand_ins]
    tables = {dataset.environment.client_id: dataset.table for dataset in scene.use_case.datasets_for("train")}
    for stand_in in scene.stand_ins:
        work = stand_ins.take_cycle(scene, stand_in, cycle)
        stand_ins.refuse_more_work(scene, stand_in)
        expected = {"epochs": training.epochs, "learning_rate": 0.02, "optimizer": "adam", "loss_function": "crossentropy"}
        assert_that(work.plan.model_dump(), has_entries(expected), "the plan")
        assert_that(sorted(work.participants), equal_to(sorted(client_ids)), "who takes part")
        assert_that((work.dataset.table, work.dataset.features), equal_to((tables[stand_in.client_id], feature_names())), "the dataset")
        assert_that(work.dataset.classes, equal_to(class_names()), "the classes")
        assert_that(scene.object_store.keys(work.model_key), contains_exactly(work.model_key), "the model in the object store")
        assert_that(work.weights_key, none(), "weights to begin with")


@then("each stand-in gets the averaged weights of cycle {int} to begin cycle {int} with")
def begins_with_the_average(context: Context, earlier: int, later: int) -> None:
    """What a training job of the next cycle downloads is what was averaged, byte by byte."""
    scene, training = context.scene, context.scene.trainings[-1]
    context.jobs = [stand_ins.begin(scene, stand_in, later) for stand_in in scene.stand_ins]
    averaged = scene.object_store.read(experiments.weights_key(training, earlier))
    for job in context.jobs:
        # compared first: nobody wants to read bytes in a report
        assert_that(job.requests_proxy.initial_weights() == averaged, "the weights to begin with are not those averaged before")


@then("cycle {int} shows the rows, the epochs and the row-weighted accuracy of the stand-ins")
def cycle_shows(context: Context, cycle: int) -> None:
    """The cycle's figures follow from what the stand-ins handed in."""
    scene, training = context.scene, context.scene.trainings[-1]
    shown = experiments.cycle_result(training, cycle)
    rows = {stand_in.client_id: stand_in.trained_rows for stand_in in scene.stand_ins}
    assert_that(shown["rows"], equal_to(rows), "rows trained on")
    epochs = {(epoch["epoch"], epoch["client_id"]): epoch["metrics"]["accuracy"] for epoch in shown["epochs"]}
    expected = {(number, client): stand_ins.epoch_accuracy(number) for number in range(1, training.epochs + 1) for client in rows}
    assert_that((len(shown["epochs"]), epochs), equal_to((len(expected), expected)), "the epochs and their accuracies")
    weighted = sum(count * stand_ins.cycle_accuracy(number) for number, count in enumerate(rows.values())) / sum(rows.values())
    assert_that(shown["metrics"]["accuracy"], close_to(weighted, 1e-9), "the accuracy of the cycle")


@then("the experiment shows what the stand-ins spent, each counted once")
def spent_once(context: Context) -> None:
    """Costs travel on a queue of their own and arrive in order, so the sum is final once it has reached what was spent."""
    scene, training = context.scene, context.scene.trainings[-1]
    spent = training.cycles * sum(stand_ins.flops_of(stand_in) for stand_in in scene.stand_ins)
    shown = eventually(
        "what the experiment has cost",
        lambda: experiments.flops(training),
        greater_than_or_equal_to(spent - 0.5),
    )
    assert_that(shown, close_to(spent, 0.5), "floating point operations")
    grams = GRAMS_CO2E * training.cycles * len(scene.stand_ins)
    assert_that(experiments.experiment(training)["grams_co2e"], close_to(grams, 1e-9), "grams of CO2e")
