"""What a training comes to, by value: rows, costs, scores, and what is wrong with a model that cannot be trained."""

import re
from itertools import combinations

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_string, equal_to, greater_than, has_entries, has_item, has_length, is_in, only_contains

from support.platforms.tracebloc.playbook.faults import recovery
from support.platforms.tracebloc.playbook.training import experiments, values, weights
from support.platforms.tracebloc.playbook.use_cases import submissions
from support.platforms.tracebloc.sample_data.broken_models import broken_model
from support.platforms.tracebloc.scene import Training
from support.step_arguments import Rows, takes_table
from support.waiting import eventually

# Source: our choice, 10 W a core on a grid of 380 g a kWh
GRAMS_CO2E_A_SECOND_OF_A_CORE = 10 / 3_600_000 * 380
CORES_A_JOB = 1


@when('{string} trains the "{model}" by a script for {int} epoch/epochs and {int} cycle/cycles')
def trains_by_script(context: Context, role: str, model: str, epochs: int, cycles: int) -> None:
    """Uploads the model in the Run tab, starts the experiment past the SDK, and waits until it ended."""
    scene = context.scene
    experiments.start_by_script(scene, scene.person(role), model, epochs, cycles, batch_size=8)
    eventually(
        "the experiment to end", lambda: experiments.experiment(scene.trainings[-1])["status_display"], is_in(experiments.ENDED), within=40
    )
    shown = experiments.experiment(scene.trainings[-1])
    assert_that(shown["status_display"], equal_to("Completed"), f"the experiment's status; its reason: {shown['reason']}")


@then("every epoch of every cycle trained on the same {int} rows, each once, in an order of its own, and was measured on the other {int}")
def same_rows(context: Context, trained: int, kept_back: int) -> None:
    """As the model itself wrote them down; the first batch it was asked about besides only to count its operations."""
    scene, training = context.scene, context.scene.trainings[-1]
    (dataset,) = scene.use_case.datasets_for("train")
    table = set(values.rows_of(dataset))
    times = training.epochs * training.cycles
    seen = values.recorded(scene, training, "trained")
    assert_that((len(seen), set(seen.values())), equal_to((trained, {times})), "rows trained on, and how often each")
    assert_that(table.issuperset(seen), equal_to(True), "whether all of them are rows of the dataset")
    measured = {row: number for row, number in values.recorded(scene, training, "asked").items() if row not in seen}
    assert_that((len(measured), set(measured.values())), equal_to((kept_back, {times})), "rows measured on, and how often each")
    assert_that(table == seen.keys() | measured.keys(), equal_to(True), "whether they are the other rows of the dataset")
    assert_that(len(values.orders(scene, training, trained)), equal_to(times), "orders in which the rows were trained on")


@then("the training jobs have cost these operations:")
@takes_table({"environment": "place", "operations": "int"})
def have_cost(context: Context, rows: Rows) -> None:
    """By secure environment, exactly; the experiment shows their sum."""
    scene, training = context.scene, context.scene.trainings[-1]
    shown = experiments.wait_until_reported(training, jobs=len(scene.environments))
    costs = {pod["client_id"]: round(pod["petaflops"] * experiments.FLOPS_PER_PETAFLOP) for pod in shown["pods"]}
    expected = {recovery.at_place(scene, row["environment"]).client_id: row["operations"] for row in rows}
    assert_that(costs, equal_to(expected), "what the jobs cost")
    assert_that(experiments.flops(training), close_to(sum(expected.values()), 0.5), "what the experiment cost")


@then("after its first epoch it measured the same as the experiment before, in each environment")
def same_first_epoch(context: Context) -> None:
    """The same seed gives the same weights to begin with, the same rows kept back and the same order of batches."""
    scene = context.scene
    first = [
        {epoch["client_id"]: epoch["metrics"] for epoch in experiments.cycle_result(training, 1)["epochs"] if epoch["epoch"] == 1}
        for training in scene.trainings[-2:]
    ]
    assert_that(set(first[0]), equal_to({environment.client_id for environment in scene.environments}), "who measured a first epoch")
    assert_that(first[1], equal_to(first[0]), "what was measured after the first epoch")


@then("its cycle shows the row-weighted metrics of the last epoch")
def metrics_of_last_epoch(context: Context) -> None:
    """Of all that was measured, the loss too; an epoch that trains measures other values than the one before."""
    training = context.scene.trainings[-1]
    shown = experiments.cycle_result(training, 1)
    measured = {(epoch["client_id"], epoch["epoch"]): epoch["metrics"] for epoch in shown["epochs"]}
    for client_id in shown["rows"]:
        losses = [measured[client_id, epoch]["loss"] for epoch in range(1, training.epochs + 1)]
        assert_that(set(losses), has_length(training.epochs), f"the losses of {client_id}, epoch after epoch")
    total = sum(shown["rows"].values())
    expected = {
        name: sum(rows * measured[client_id, training.epochs][name] for client_id, rows in shown["rows"].items()) / total
        for name in ("loss", "accuracy", "f1")
    }
    assert_that(shown["metrics"], has_entries({name: close_to(value, 1e-9) for name, value in expected.items()}), "the cycle's metrics")


@then("its gCO2e fit the processor time that its jobs can have taken")
def grams_by_time(context: Context) -> None:
    """More than nothing, and no more than all cores of a job could emit while it ran."""
    scene, training = context.scene, context.scene.trainings[-1]
    labels = {"tracebloc.io/experiment": training.experiment_key}
    pods = [pod for environment in scene.environments for pod in environment.client.cluster.pods(labels)]
    seconds = sum((pod.finished_at or 0) - (pod.started_at or 0) for pod in pods)
    grams = experiments.wait_until_reported(training, jobs=len(pods))["grams_co2e"]
    most = CORES_A_JOB * GRAMS_CO2E_A_SECOND_OF_A_CORE * (seconds + 1)
    scene.story.tell("gCO2e", f"{grams:.2g}, where {seconds:.1f} s of jobs can emit up to {most:.2g}")
    assert_that(grams, greater_than(0.01 * GRAMS_CO2E_A_SECOND_OF_A_CORE), "grams of CO2e")
    assert_that(most, greater_than(grams), "the most that the jobs can have emitted")


@then("the averaged coefficients are the row-weighted mean, and fitting them cost what its iterations cost")
def coefficients_are_averaged(context: Context) -> None:
    """Computed apart from the platform, of coefficients and intercepts; the operations exactly."""
    scene, training = context.scene, context.scene.trainings[-1]
    averaged = weights.averaged_weights(scene, training, 1)
    for name in ("coef_", "intercept_"):
        expected = values.averaged_by_rows(scene, training, name)
        assert_that(float(abs(averaged[name] - expected).max()), close_to(0, 1e-6), f"how far {name} is from the mean")
    costs = values.operations_of_regression(scene, training)
    assert_that(round(experiments.flops(training)), equal_to(sum(costs.values())), "what the experiment cost")


@then("the score is the accuracy that the averaged coefficients give on all test rows")
def score_of_average(context: Context) -> None:
    """Computed apart from the platform, over all secure environments together."""
    scene, training = context.scene, context.scene.trainings[-1]
    expected = values.accuracy_of_regression(scene, training)
    (row,) = submissions.wait_until_scored(scene, scene.use_case, training, 1)
    assert_that(row["score"], close_to(expected, 1e-9), "the score")


@when("{string} trains models that draw by chance:")
@takes_table({"framework": "word", "seed": "int"})
def trains_by_chance(context: Context, role: str, rows: Rows) -> None:
    """All at once, for one epoch and one cycle; waits until each has completed."""
    scene = context.scene
    context.by_chance = values.train_by_chance(scene, scene.person(role), [(row["framework"], row["seed"]) for row in rows])


@then("those of the same framework and seed have the same weights, and no others")
def same_weights_for_same_seed(context: Context) -> None:
    """The weights that were trained, number by number."""
    for (plan, one), (other_plan, other) in combinations(context.by_chance, 2):
        assert_that(one == other, equal_to(plan == other_plan), f"whether {plan} and {other_plan} have the same weights")


@then("the jobs' logs tell {string} why these models cannot be trained:")
@takes_table({"a model that": "string", "words": "string"})
def told_by_logs(context: Context, role: str, rows: Rows) -> None:
    """All are started at once; each fails, after two attempts, and the log of the job that is blamed says why, as does every other one.

    A job that is still at it when the experiment fails is ended, and has nothing to say.
    """
    scene = context.scene
    backend, key = scene.person(role).backend, scene.use_case.training_dataset_key
    folder = scene.folder / "broken models"
    folder.mkdir(parents=True)
    started = {}
    for number, row in enumerate(rows):
        file = folder / f"broken_{number}.py"
        file.write_bytes(broken_model(row["a model that"]))
        kept = backend.keep_model(file)["model_name"]
        experiment = backend.start_experiment(key, kept, scene.names.unique("experiment"))["experiment_key"]
        started[row["a model that"]] = Training(scene.person(role), row["a model that"], experiment, 1, 1)
    for row in rows:
        training = started[row["a model that"]]
        with scene.story.part(f"the model that {training.model}") as part:
            shown = eventually(
                f"the experiment with a model that {training.model} to fail",
                lambda training=training: experiments.experiment(training),
                has_entries(status_display="Failed"),
                within=40,
            )
            part.detail = shown["reason"]
            logs = experiments.job_logs(scene, training)
            (blamed,) = re.findall(r"\btrain-[a-z0-9-]+", shown["reason"])
            told = [log for log in logs if "failed:" in log]
            assert_that(told, has_item(contains_string(f"{blamed} failed: ")), "logs of the jobs that failed")
            assert_that(told, only_contains(contains_string(row["words"])), "logs of the jobs that failed")


@then("the owner sees the processors and the memory of the machine")
def sees_the_machine(context: Context) -> None:
    """As this machine's own system counts them, where the secure environment runs."""
    import psutil

    environment = context.scene.environments[-1]
    shown = environment.owner.backend.secure_environment(environment.identity)
    total = psutil.virtual_memory().total
    assert_that(shown, has_entries(cpu_count=psutil.cpu_count(), memory_total_bytes=total), "what the owner sees")
    assert_that(0 <= shown["cpu_percent"] <= 100 * shown["cpu_count"], equal_to(True), f"whether {shown['cpu_percent']} % is a share")
    # it changes all the time, but not by a tenth of the machine
    used = psutil.virtual_memory().used
    assert_that(shown["memory_used_bytes"], close_to(used, total * 0.1), "the memory in use")
