"""Stub participants behind a requests-proxy: real services around them, canned results from them."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_exactly, equal_to, greater_than_or_equal_to, has_entries, none

from support.platforms.tracebloc.playbook.secure_environments import proxied_stubs
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.sample_data.datasets import class_names, feature_names
from support.waiting import eventually


@given("a/another stub participant behind a requests-proxy with {int} rows to train and {int} rows to test")
def stub_with_data(context: Context, training_rows: int, test_rows: int) -> None:
    """A secure environment that the scenario plays: it is registered, its requests-proxy runs, its datasets are known."""
    proxied_stubs.set_up(context.scene, {"train": training_rows, "test": test_rows})


@given(
    "a/another stub participant behind a requests-proxy that takes {int} bytes of weights, with {int} rows to train and {int} rows to test"
)
def stub_with_limit(context: Context, most: int, training_rows: int, test_rows: int) -> None:
    """The same, whose jobs may hand in so much at most."""
    proxied_stubs.set_up(context.scene, {"train": training_rows, "test": test_rows}, most)


@step("the stub participants train cycle {int}")
def stubs_train(context: Context, cycle: int) -> None:
    """Each takes the work of the cycle and hands in epochs, cost and weights."""
    scene = context.scene
    for stub in scene.stubs:
        proxied_stubs.train(scene, stub, proxied_stubs.take_cycle(scene, stub, cycle))


@step("the {place} stub participant trains cycle {int}")
def one_stub_trains(context: Context, place: str, cycle: int) -> None:
    """Takes the work of the cycle and hands in epochs, cost and weights."""
    scene = context.scene
    stub = proxied_stubs.at_place(scene, place)
    proxied_stubs.train(scene, stub, proxied_stubs.take_cycle(scene, stub, cycle))


@when("the {place} stub participant trains cycle {int} without the Service Bus hearing of it")
def one_stub_never_settles(context: Context, place: str, cycle: int) -> None:
    """The work is done, and its message stays locked until the lock expires."""
    scene = context.scene
    stub = proxied_stubs.at_place(scene, place)
    proxied_stubs.train(scene, stub, proxied_stubs.take_cycle(scene, stub, cycle, done=False))
    stub.queue.open_again()


@when("the stub participants begin cycle {int}")
def stubs_begin(context: Context, cycle: int) -> None:
    """Each takes the work of the cycle and begins its job."""
    context.jobs = [proxied_stubs.begin(context.scene, stub, cycle) for stub in context.scene.stubs]


@when("the {place} stub participant hands in its results")
def one_stub_hands_in(context: Context, place: str) -> None:
    """The job that was begun ends with its results."""
    scene = context.scene
    stub = proxied_stubs.at_place(scene, place)
    proxied_stubs.hand_in(scene, stub, context.jobs[scene.stubs.index(stub)])


@when("the stub participants hand in their results")
def stubs_hand_in(context: Context) -> None:
    """The jobs that were begun end with their results."""
    for stub, job in zip(context.scene.stubs, context.jobs, strict=True):
        proxied_stubs.hand_in(context.scene, stub, job)


@then("each stub participant is asked to train cycle {int}, with the plan, the model and its own dataset")
def work_as_planned(context: Context, cycle: int) -> None:
    """What the participant set with the SDK is what every secure environment is asked to do; their jobs are begun."""
    scene, training = context.scene, context.scene.trainings[-1]
    client_ids = sorted(stub.client_id for stub in scene.stubs)
    tables = {dataset.environment.client_id: dataset.table for dataset in scene.use_case.datasets_for("train")}
    context.jobs = []
    for stub in scene.stubs:
        work = proxied_stubs.take_cycle(scene, stub, cycle)
        assert_that((work.plan.epochs, work.plan.optimizer), equal_to((training.epochs, "adam")), "epochs and optimizer of the plan")
        assert_that(sorted(work.participants), equal_to(client_ids), "who takes part")
        assert_that((work.dataset.table, work.dataset.features), equal_to((tables[stub.client_id], feature_names())), "the dataset")
        assert_that(work.dataset.classes, equal_to(class_names()), "the classes")
        assert_that(scene.object_store.keys(work.model_key), contains_exactly(work.model_key), "the model in the object store")
        assert_that(work.weights_key, none(), "weights to begin with")
        context.jobs.append(stub.begin_job(work))


@then("each stub participant gets the averaged weights of cycle {int} to begin cycle {int} with")
def begins_with_the_average(context: Context, earlier: int, later: int) -> None:
    """What a training job of the next cycle downloads is what was averaged, byte by byte; their jobs are begun."""
    scene, training = context.scene, context.scene.trainings[-1]
    context.jobs = [proxied_stubs.begin(scene, stub, later) for stub in scene.stubs]
    averaged = scene.object_store.read(experiments.weights_key(training, earlier))
    for job in context.jobs:
        # compared first: nobody wants to read bytes in a report
        assert_that(job.requests_proxy.initial_weights() == averaged, "the weights to begin with are not those averaged before")


@then("cycle {int} shows the rows, the epochs and the row-weighted accuracy of the stub participants")
def cycle_shows(context: Context, cycle: int) -> None:
    """The cycle's figures follow from what the stub participants handed in."""
    scene, training = context.scene, context.scene.trainings[-1]
    shown = experiments.cycle_result(training, cycle)
    rows = {stub.client_id: proxied_stubs.trained_rows(stub) for stub in scene.stubs}
    epochs = {(epoch["epoch"], epoch["client_id"]): epoch["metrics"]["accuracy"] for epoch in shown["epochs"]}
    expected = {(number, client): proxied_stubs.epoch_accuracy(number) for number in range(1, training.epochs + 1) for client in rows}
    weighted = sum(count * proxied_stubs.cycle_accuracy(number) for number, count in enumerate(rows.values())) / sum(rows.values())
    assert_that((len(shown["epochs"]), epochs), equal_to((len(expected), expected)), "the epochs and their accuracies")
    assert_that(shown, has_entries(rows=rows, metrics=has_entries(accuracy=close_to(weighted, 1e-9))), "the cycle")


@then("the experiment shows what the stub participants spent, each counted once")
def spent_once(context: Context) -> None:
    """Costs travel on a queue of their own and arrive in order, so the sum is final once it has reached what was spent."""
    scene, training = context.scene, context.scene.trainings[-1]
    spent = training.cycles * sum(proxied_stubs.flops_of(stub) for stub in scene.stubs)
    reached = greater_than_or_equal_to(spent - 0.5)
    shown = eventually("what the experiment has cost", lambda: experiments.flops(training), reached)
    assert_that(shown, close_to(spent, 0.5), "floating point operations")
    grams = proxied_stubs.GRAMS_CO2E * training.cycles * len(scene.stubs)
    assert_that(experiments.experiment(training)["grams_co2e"], close_to(grams, 1e-9), "grams of CO2e")


@step("there is no more work for the stub participants")
def no_more_work(context: Context) -> None:
    """Their queues hold nothing more."""
    for stub in context.scene.stubs:
        proxied_stubs.refuse_more_work(context.scene, stub)
