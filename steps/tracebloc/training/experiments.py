"""Experiments: training with the SDK, and what comes of it."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, empty, equal_to, greater_than, has_item, has_length, not_, only_contains

from environments.platforms.tracebloc.messaging.messages import experiments_queue
from support.platforms.tracebloc.playbook.training import experiments, weights
from support.platforms.tracebloc.playbook.training.chance import chance_on
from support.platforms.tracebloc.playbook.use_cases import naming, people
from support.platforms.tracebloc.sample_data.datasets import class_names
from support.platforms.tracebloc.scene import Scene
from support.waiting import eventually

TEAMS = dict(zip(people.COLLABORATORS, ("two layer CNN", "weak linear"), strict=True))


@step("both teams upload a model and link it to the training dataset with the SDK")
def teams_upload(context: Context) -> None:
    """The first team brings a model that learns, the second one that hardly does."""
    for role, model in TEAMS.items():
        experiments.upload_and_link(context.scene, context.scene.use_case, context.scene.person(role), model)


@step("both teams name their experiment, set {int} epoch/epochs and {int} cycle/cycles and start it")
def teams_start(context: Context, epochs: int, cycles: int) -> None:
    """Starts one experiment a team."""
    for role, model in TEAMS.items():
        experiments.start(context.scene, context.scene.person(role), model, epochs, cycles)


@given('{string} has trained the "{model}" for {int} epoch/epochs and {int} cycle/cycles')
@when('{string} trains the "{model}" for {int} epoch/epochs and {int} cycle/cycles')
def trains(context: Context, role: str, model: str, epochs: int, cycles: int) -> None:
    """Uploads the model, links it to the use case's dataset, starts the experiment and waits until it ended."""
    scene = context.scene
    experiments.wait_until_ended(scene, experiments.upload_and_start(scene, scene.person(role), model, epochs, cycles))


@when('{string} trains the "{model}" on {int} rows of each of the {int} classes')
def trains_on_chosen_rows(context: Context, role: str, model: str, rows: int, classes: int) -> None:
    """Chooses the rows with the SDK, and trains for one epoch and one cycle."""
    scene = context.scene
    names = class_names()
    assert_that(names, has_length(classes), "the toy dataset's classes")
    training = experiments.upload_choose_and_start(scene, scene.person(role), model, dict.fromkeys(names, rows))
    experiments.wait_until_ended(scene, training)


@then("cycle {int} was trained on {int} rows, since one in five is kept back to measure on")
def trained_on_so_many(context: Context, cycle: int, rows: int) -> None:
    """As the platform counts them, over all secure environments."""
    told = experiments.cycle_result(context.scene.trainings[-1], cycle)["rows"]
    assert_that(sum(told.values()), equal_to(rows), "rows trained on")


@then("training jobs are spawned, epoch and cycle metrics, PetaFLOPs and gCO2e appear and the weights are saved")
def training_leaves_its_marks(context: Context) -> None:
    """Every experiment completes; its jobs, metrics, cost and weights are there, and the learning model beats chance."""
    scene = context.scene
    for training in scene.trainings:
        ended = experiments.wait_until_ended(scene, training)
        assert_that(ended["status_display"], equal_to("Completed"), f"the experiment's status; its reason: {ended['reason']}")
        reported = experiments.wait_until_reported(training, jobs=len(scene.environments))
        assert_that([pod["phase"] for pod in reported["pods"]], only_contains("Succeeded"), "the training jobs")
        (cycle,) = reported["cycle_results"]
        assert_that(cycle["epochs"], has_length(training.epochs), "epochs with metrics")
        assert_that(
            scene.object_store.keys(f"experiments/{training.experiment_key}/"),
            has_item(experiments.weights_key(training, 1)),
            "saved weights",
        )
        cost = f"{reported['petaflops']:.2g} PetaFLOPs, {reported['grams_co2e']:.2g} gCO2e"
        scene.story.tell(f"{training.participant.role}: cycle 1", f"accuracy {experiments.accuracy(training, 1):.3f}, {cost}")
    learned, expected = experiments.accuracy(scene.trainings[0], 1), chance_on(scene.use_case, "train")
    assert_that(expected.is_beaten_by(learned), f"the model that learns reached {learned:.3f}, where {expected}")


@then("all work was taken off the queue and nothing was dead-lettered")
def all_work_was_taken(context: Context) -> None:
    """The environment's queue is empty, its dead letters too."""
    scene = context.scene
    for environment in scene.environments:
        _wait_until_empty(scene, experiments_queue(environment.client_id))


@then("one training job ran in each secure environment and succeeded")
def one_job_each(context: Context) -> None:
    """The platform's own list of jobs, and the cluster's, agree: one each in its first attempt, and both say Succeeded."""
    scene, training = context.scene, context.scene.trainings[-1]
    reported = experiments.wait_until_reported(training, jobs=len(scene.environments))
    shown = {pod["client_id"]: pod["phase"] for pod in reported["pods"]}
    assert_that([pod["attempt"] for pod in reported["pods"]], only_contains(1), "attempts of the training jobs")
    for environment in scene.environments:
        labels = {"tracebloc.io/experiment": training.experiment_key, "tracebloc.io/client-id": environment.client_id}
        ran = [pod.phase for pod in environment.client.cluster.pods(labels)]
        assert_that(ran, equal_to(["Succeeded"]), f"training pods in {environment.client_id}")
        assert_that(shown.get(environment.client_id), equal_to("Succeeded"), f"what the platform shows of {environment.client_id}")


@then("the accuracy of cycle {int} is {float}")
def accuracy_is(context: Context, cycle: int, expected: float) -> None:
    """The cycle's own metric, as its team sees it."""
    assert_that(experiments.accuracy(context.scene.trainings[-1], cycle), close_to(expected, 1e-9), "the cycle's accuracy")


@step('{experiment} is "{experiment_status}"')
def experiment_is(context: Context, name: str, status: str) -> None:
    """Waits until it is so; whoever uses the SDK and whoever looks at the web see the same. An experiment that ended otherwise fails."""
    experiments.wait_for_status(context.scene, naming.experiment(context.scene, name), status)


@then("the weights of each participating environment are in the object store")
def weights_are_stored(context: Context) -> None:
    """One set of weights an environment, noted with the rows it trained on: all that the validation split left."""
    scene = context.scene
    stored = {client_id: rows for client_id, (rows, _) in weights.participants_weights(scene, scene.trainings[-1], 1).items()}
    expected = {
        dataset.environment.client_id: dataset.rows - experiments.rows_kept_back(dataset)
        for dataset in scene.use_case.datasets_for("train")
    }
    assert_that(stored, equal_to(expected), "rows noted beside the weights")


@then("the trained weights differ between the environments")
def weights_differ(context: Context) -> None:
    """Each environment trained on rows of its own."""
    (_, left), (_, right) = weights.participants_weights(context.scene, context.scene.trainings[-1], 1).values()
    assert_that(weights.largest_difference(left, right), greater_than(1e-4), "the largest difference")


@then("the averaged weights equal the row-weighted mean of the trained weights")
def averaged_by_rows(context: Context) -> None:
    """What the platform stored for each completed cycle equals an independent computation, to single precision."""
    scene, training = context.scene, context.scene.trainings[-1]
    completed = [result["cycle"] for result in experiments.experiment(training)["cycle_results"] if result["status"] == "Completed"]
    assert_that(completed, not_(empty()), "completed cycles")
    for cycle in completed:
        expected = weights.weighted_mean(weights.participants_weights(scene, training, cycle))
        difference = weights.largest_difference(weights.averaged_weights(scene, training, cycle), expected)
        scene.story.tell(f"cycle {cycle}: largest difference to the independent mean", f"{difference:.1e}")
        assert_that(difference < 1e-6, f"the averaged weights of cycle {cycle} differ from the row-weighted mean by up to {difference:.3g}")


def _wait_until_empty(scene: Scene, queue: str) -> None:
    eventually(f"the queue {queue} to be empty", lambda: tuple(scene.service_bus.state(queue)), equal_to((0, 0)))
