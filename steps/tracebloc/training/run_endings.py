"""How a run ends before its time: stopped by its team, or by the end of the team's budget."""

from behave import given, step, then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, empty, equal_to, has_entries, has_item, has_length, is_not

from support.platforms.tracebloc.playbook.sdk import data_scientist
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import naming
from support.waiting import eventually


@step('{string} has started the "{model}" for {int} epoch/epochs and {int} cycle/cycles')
def has_started(context: Context, role: str, model: str, epochs: int, cycles: int) -> None:
    """Uploads the model, links it to the use case's dataset and starts the experiment with the SDK."""
    scene = context.scene
    experiments.upload_and_start(scene, scene.person(role), model, epochs, cycles)


@given("{string} has started an experiment of {int} cycle/cycles by a script")
def has_started_by_script(context: Context, role: str, cycles: int) -> None:
    """A small model, one epoch a cycle, past the SDK: for scenarios in which starting is not the point, since it takes less time."""
    scene = context.scene
    experiments.start_by_script(scene, scene.person(role), "weak linear", epochs=1, cycles=cycles)


@given("its first epoch is reported")
def first_epoch_is_reported(context: Context) -> None:
    """The experiment that was started last is at work."""
    training = context.scene.trainings[-1]
    with context.scene.story.part("the first epoch is reported"):
        eventually("the first epoch", lambda: experiments.cycle_result(training, 1)["epochs"], is_not(empty()))


@when("{string} stops {experiment}")
def stops(context: Context, role: str, name: str) -> None:
    """Ends it for good."""
    scene, person = context.scene, context.scene.person(role)
    with scene.story.part(f"{role} stops the experiment"):
        person.backend.stop_experiment(naming.experiment(scene, name).experiment_key)


@then("no training job was started")
def no_training_job(context: Context) -> None:
    """Not even one that was stopped again."""
    scene = context.scene
    labels = {"tracebloc.io/experiment": scene.trainings[-1].experiment_key}
    assert_that([pod.name for pod in scene.environments[-1].client.cluster.pods(labels)], empty(), "training jobs")


@then("its training job ends, and is shown as asked to end")
def training_job_ends(context: Context) -> None:
    """The secure environment runs nothing for the experiment any more, and the team sees why."""
    scene, training = context.scene, context.scene.trainings[-1]
    labels = {"tracebloc.io/experiment": training.experiment_key}
    with scene.story.part("the training job ends"):
        eventually(
            "the training job to end",
            lambda: [pod.phase for environment in scene.environments for pod in environment.client.cluster.pods(labels)],
            equal_to(["Failed"] * len(scene.environments)),
        )
    shown = has_entries(phase="Failed", reason=contains_string("it was asked to end"))
    eventually("the team to see that", lambda: experiments.experiment(training)["pods"], has_item(shown))


@then("the run ended after cycle {int} of {int}, which is completed")
def ended_after_cycle(context: Context, last: int, planned: int) -> None:
    """Every cycle up to that one has its result, and none was begun after it."""
    shown = experiments.experiment(context.scene.trainings[-1])
    cycles = [(result["cycle"], result["status"]) for result in shown["cycle_results"]]
    assert_that(cycles, equal_to([(number, "Completed") for number in range(1, last + 1)]), "the cycles")
    assert_that(shown["cycles"], equal_to(planned), "the cycles that were planned")


@then("the SDK tells the reason {string}")
def reason_is_told(context: Context, reason: str) -> None:
    """Whoever follows the experiment with the SDK reads why it ended."""
    training = context.scene.trainings[-1]
    experiments.log_in_to_follow(training.participant)
    told = training.participant.sdk.experiment_reason(training.experiment_key)
    context.scene.story.tell("the reason", str(told))
    assert_that(told, contains_string(reason), "the reason")


@then("{string} cannot start an experiment: {string}")
def start_is_refused(context: Context, role: str, words: str) -> None:
    """A model is uploaded and linked; its start raises the SDK's error with the platform's words and code, and leaves nothing behind."""
    scene = context.scene
    person = scene.person(role)
    started = len(person.backend.experiments(scene.use_case.key))
    data_scientist.assert_outcome(data_scientist.outcome_of_start(scene, person, "weak linear"), "APIError", words)
    assert_that(person.backend.experiments(scene.use_case.key), has_length(started), "experiments of the team")


@then("{string} can start an experiment")
def can_start(context: Context, role: str) -> None:
    """The platform takes it, and it waits for its secure environment."""
    scene = context.scene
    training = experiments.upload_and_start(scene, scene.person(role), "weak linear", epochs=1, cycles=1)
    assert_that(training.participant.sdk.experiment_status(training.experiment_key), equal_to("Pending"), "the experiment's status")
