"""Cycles that are paused, fail, or go on without somebody, with stub participants in the secure environments."""

from behave import then, when
from behave.runner import Context
from hamcrest import (
    assert_that,
    close_to,
    contains_inanyorder,
    contains_string,
    equal_to,
    greater_than,
    has_entries,
    has_item,
    has_length,
)

from environments.platforms.tracebloc.messaging.messages import TrainCycle
from support.platforms.tracebloc.playbook.faults import recovery
from support.platforms.tracebloc.playbook.secure_environments import stub_participants
from support.platforms.tracebloc.playbook.training import experiments, participants
from support.platforms.tracebloc.playbook.use_cases import naming, refusals
from support.platforms.tracebloc.scene import PLACES, RegisteredEnvironment, Scene
from support.step_arguments import Rows, takes_table
from support.waiting import eventually

A_DAY = 86_400.0


@when("{string} pauses {experiment}")
def pauses(context: Context, role: str, name: str) -> None:
    """No new cycle begins until it is resumed."""
    scene = context.scene
    with scene.story.part(f"{role} pauses the experiment"):
        scene.person(role).backend.pause_experiment(naming.experiment(scene, name).experiment_key)


@when("{string} resumes {experiment}")
def resumes(context: Context, role: str, name: str) -> None:
    """It goes on where it stands."""
    scene = context.scene
    with scene.story.part(f"{role} resumes the experiment"):
        scene.person(role).backend.resume_experiment(naming.experiment(scene, name).experiment_key)


@then("{string} can neither pause nor resume nor stop it: it is {string}")
def cannot_change(context: Context, role: str, status: str) -> None:
    """What has ended stays as it ended."""
    training = experiments.training_of(context.scene, role)
    backend, key = training.participant.backend, training.experiment_key
    acts = {"paused": backend.pause_experiment, "resumed": backend.resume_experiment, "stopped": backend.stop_experiment}
    for participle, act in acts.items():
        told = refusals.outcome(lambda act=act: act(key))
        assert_that(told, equal_to(f"An experiment that is {status} cannot be {participle}."), "what the platform says")


@then("{string} cannot {word} it again: {string}")
def cannot_again(context: Context, role: str, verb: str, words: str) -> None:
    """It is what it should become already."""
    training = experiments.training_of(context.scene, role)
    acts = {"pause": training.participant.backend.pause_experiment, "resume": training.participant.backend.resume_experiment}
    told = refusals.outcome(lambda: acts[verb](training.experiment_key))
    assert_that(told, equal_to(words), "what the platform says")


@then("cycle {int} is the last one begun, and is completed")
def last_begun(context: Context, cycle: int) -> None:
    """The platform shows no other behind it, and no secure environment was asked to train one."""
    scene = context.scene
    training = scene.trainings[-1]
    experiments.wait_until_cycle_completed(training, cycle)
    shown = [(result["cycle"], result["status"]) for result in experiments.experiment(training)["cycle_results"]]
    assert_that(shown, equal_to([(number, "Completed") for number in range(1, cycle + 1)]), "the cycles")
    for environment in scene.environments:
        ordered = {work.cycle for work in environment.stub_participant.work if isinstance(work, TrainCycle)}
        assert_that(ordered, equal_to(set(range(1, cycle + 1))), f"the cycles that {environment.client_id} was asked to train")


@when("the training of cycle {int} fails in the {place} environment, with exit code {int}")
def training_fails(context: Context, cycle: int, place: str, exit_code: int) -> None:
    """The latest attempt at it; the pods-monitor would tell it, perhaps twice."""
    environment = recovery.at_place(context.scene, place)
    work = _orders(context.scene, environment, cycle)[-1]
    for _ in range(2):
        environment.stub_participant.report_pod(work, "Failed", exit_code=exit_code)


@then("the {place} environment is asked to train cycle {int} a second time, as it was the first time")
def asked_again(context: Context, place: str, cycle: int) -> None:
    """The same plan, model, rows and weights to begin with: those of the cycle before, or the model's own."""
    scene = context.scene
    environment, training = recovery.at_place(scene, place), scene.trainings[-1]
    first, second = eventually("the second attempt", lambda: _orders(scene, environment, cycle), has_length(2))
    assert_that((first.attempt, second.attempt), equal_to((1, 2)), "the attempts")
    assert_that(second.model_copy(update={"attempt": 1}), equal_to(first), "the second order")
    begins_with = experiments.weights_key(training, cycle - 1) if cycle > 1 else None
    assert_that(second.weights_key, equal_to(begins_with), "the weights to begin with")


@then("nobody else is asked again, and nobody a third time")
def nobody_else(context: Context) -> None:
    """Attempts are shown on the web as they were made."""
    scene = context.scene
    training = scene.trainings[-1]
    asked = [[work.attempt for work in environment.stub_participant.work] for environment in scene.environments]
    assert_that(sorted(asked), equal_to([[1]] * (len(asked) - 1) + [[1, 2]]), "the attempts that were asked for")
    shown = [pod["attempt"] for pod in experiments.experiment(training)["pods"] if pod["phase"] == "Failed"]
    assert_that(sorted(shown), equal_to([1, 2]), "the attempts that are shown as failed")


@then("every environment is asked to stop")
def told_to_stop(context: Context) -> None:
    """What they train is wanted no more; each hears it once."""
    scene, key = context.scene, context.scene.trainings[-1].experiment_key
    for place, environment in zip(PLACES, scene.environments, strict=False):
        eventually(f"the order to stop in the {place} environment", lambda one=environment: one.stub_participant.stopped, equal_to([key]))


@then("the reason names the {place} environment and says {string}")
def reason_names(context: Context, place: str, words: str) -> None:
    """In words that name whose machine it was."""
    scene = context.scene
    reason = experiments.experiment(scene.trainings[-1])["reason"]
    client_id = recovery.at_place(scene, place).client_id
    assert_that(client_id in reason, equal_to(True), f"whether the reason names {client_id}; it says: {reason}")
    assert_that(reason, contains_string(words), "the reason")


@when("the {place} environment trains cycle {int} to an accuracy of {float}, and its job ends with exit code {int} afterwards")
def trains_and_fails(context: Context, place: str, cycle: int, accuracy: float, exit_code: int) -> None:
    """Its weights are handed in before the job is shown as failed: nothing of them is missing."""
    scene = context.scene
    environment = recovery.at_place(scene, place)
    stub_participants.hand_in_cycle(scene, environment, scene.trainings[-1], cycle, accuracy, exit_code=exit_code)


@when("the job of cycle {int} ends in the {place} environment before its weights are told")
def ends_early(context: Context, cycle: int, place: str) -> None:
    """As the pods-monitor tells it, which is quicker than the weights' way through the queues."""
    environment = recovery.at_place(context.scene, place)
    environment.stub_participant.report_pod(_orders(context.scene, environment, cycle)[-1], "Succeeded", exit_code=0)


@when("a cycle may take a day again")
def a_day_again(context: Context) -> None:
    """As every use case has it unless its owner says otherwise."""
    participants.set_rounds(context.scene, A_DAY, quorum=0.5)


@when("the stub participants begin cycle {int} of {string}")
def begin(context: Context, cycle: int, role: str) -> None:
    """Each has taken its work, and its job runs."""
    scene, training = context.scene, experiments.training_of(context.scene, role)
    for environment in scene.environments:
        stub = environment.stub_participant
        stub.report_pod(stub_participants.ordered_cycle(stub, training, cycle), "Running")


@when("the {place} environment begins cycle {int} of {string}")
def one_begins(context: Context, place: str, cycle: int, role: str) -> None:
    """It has taken its work, and its job runs."""
    scene = context.scene
    stub = recovery.at_place(scene, place).stub_participant
    stub.report_pod(stub_participants.ordered_cycle(stub, experiments.training_of(scene, role), cycle), "Running")


@when("the end of every job is followed by a late report that it runs")
def told_late(context: Context) -> None:
    """As when two reports overtake each other on the way."""
    for environment in context.scene.environments:
        for work in environment.stub_participant.work:
            environment.stub_participant.report_pod(work, "Running")


@then("no environment was asked to train any cycle a second time")
def nobody_again(context: Context) -> None:
    """Each was asked for each cycle once, in its first attempt."""
    scene = context.scene
    for environment in scene.environments:
        asked = [(work.cycle, work.attempt) for work in environment.stub_participant.work if isinstance(work, TrainCycle)]
        expected = [(number, 1) for number in range(1, scene.trainings[-1].cycles + 1)]
        assert_that(asked, equal_to(expected), f"cycles and attempts that {environment.client_id} was asked for")


@then("the jobs are shown as they ended:")
@takes_table({"environment": "place", "cycle": "int", "phase": "word"})
def shown_as_ended(context: Context, rows: Rows) -> None:
    """All jobs of the experiment, and no others."""
    scene = context.scene
    shown = [(pod["client_id"], pod["cycle"], pod["phase"]) for pod in experiments.experiment(scene.trainings[-1])["pods"]]
    expected = [(recovery.at_place(scene, row["environment"]).client_id, row["cycle"], row["phase"]) for row in rows]
    assert_that(shown, contains_inanyorder(*expected), "the jobs")


@when("the {place} environment tells an epoch of cycle {int} with an accuracy of {float}")
def tells_an_epoch(context: Context, place: str, cycle: int, accuracy: float) -> None:
    """The first one of its latest attempt, before anything goes wrong; the platform shows it."""
    scene, training = context.scene, context.scene.trainings[-1]
    environment = recovery.at_place(scene, place)
    orders = eventually(f"the work of cycle {cycle}", lambda: _orders(scene, environment, cycle), has_length(greater_than(0)))
    stub_participants.tell_epoch(environment.stub_participant, orders[-1], accuracy)
    shown = has_item(has_entries(client_id=environment.client_id, metrics=has_entries(accuracy=accuracy)))
    eventually("the epoch", lambda: experiments.cycle_result(training, cycle)["epochs"], shown)


@then("the environments' epochs of cycle {int} had accuracies of {float} and {float}")
def epochs_had(context: Context, cycle: int, first: float, second: float) -> None:
    """One epoch in each environment, in the order in which they were registered; what an earlier attempt told is gone."""
    scene, training = context.scene, context.scene.trainings[-1]
    ids = [environment.client_id for environment in scene.environments]
    expected = dict(zip(ids, (first, second), strict=True))

    def told() -> list[tuple[str, float]]:
        return [(epoch["client_id"], epoch["metrics"]["accuracy"]) for epoch in experiments.cycle_result(training, cycle)["epochs"]]

    eventually("the epochs", told, contains_inanyorder(*expected.items()))


@then("the stub participant is asked to train cycle {int} of {string}, beginning with the weights of cycle {int}")
def begins_with(context: Context, cycle: int, role: str, earlier: int) -> None:
    """The average of that cycle and of no other."""
    scene = context.scene
    training = experiments.training_of(scene, role)
    work = stub_participants.ordered_cycle(scene.environments[-1].stub_participant, training, cycle)
    assert_that(work.weights_key, equal_to(experiments.weights_key(training, earlier)), "the weights to begin with")


@then("the reason does not name the {place} environment")
def reason_does_not_name(context: Context, place: str) -> None:
    """Whoever has done their part is not blamed."""
    scene = context.scene
    reason = experiments.experiment(scene.trainings[-1])["reason"]
    client_id = recovery.at_place(scene, place).client_id
    assert_that(client_id in reason, equal_to(False), f"whether the reason names {client_id}; it says: {reason}")


@when("{int} of the {int} environments train cycle {int}, each to an accuracy of {float}")
def some_train(context: Context, number: int, of: int, cycle: int, accuracy: float) -> None:
    """Those that were registered first; they hand in weights, and the others nothing."""
    scene = context.scene
    assert_that(scene.environments, has_length(of), "the secure environments")
    for environment in scene.environments[:number]:
        stub_participants.hand_in_cycle(scene, environment, scene.trainings[-1], cycle, accuracy)


@then("cycle {int} averages {int} environment/environments and leaves out {int}, with an accuracy of {float}")
def stands_on(context: Context, cycle: int, number: int, missing: int, accuracy: float) -> None:
    """Those that trained it, by their rows; the others are named."""
    scene = context.scene
    experiments.wait_until_cycle_completed(scene.trainings[-1], cycle)
    shown = experiments.cycle_result(scene.trainings[-1], cycle)
    ids = [environment.client_id for environment in scene.environments]
    assert_that(list(shown["rows"]), contains_inanyorder(*ids[:number]), "whose weights it stands on")
    assert_that(shown["left_out"], contains_inanyorder(*ids[number:]), "who was left out")
    assert_that((len(shown["left_out"]), len(ids)), equal_to((missing, number + missing)), "how many were left out")
    assert_that(shown["metrics"], has_entries(accuracy=close_to(accuracy, 1e-9)), "the cycle's metrics")


def _orders(scene: Scene, environment: RegisteredEnvironment, cycle: int) -> list[TrainCycle]:
    stub = environment.stub_participant
    stub_participants.ordered_cycle(stub, scene.trainings[-1], cycle)
    return [work for work in stub.work if isinstance(work, TrainCycle) and work.cycle == cycle]
