"""Participants that misbehave: malformed weights, silence, tokens that expire; and the rule by which a round closes."""

from behave import then, when
from behave.runner import Context
from hamcrest import all_of, assert_that, contains_string, empty, equal_to, has_item, has_properties

from environments.platforms.tracebloc.messaging.messages import AVERAGING_QUEUE, participant_weights_key
from support.platforms.tracebloc.clients.proxied_stub import Job, canned_weights
from support.platforms.tracebloc.playbook.secure_environments import proxied_stubs
from support.platforms.tracebloc.playbook.training import experiments, participants, weights
from support.waiting import eventually

# seconds: enough for one report, short enough to wait for its end
SHORT_LIFE = 0.7
LONG_OVER = 0.001


@when("the {place} stub participant hands in a text instead of weights")
def hands_in_text(context: Context, place: str) -> None:
    """The job sends what is no safetensors file."""
    job = _job(context, place)
    context.refusal = participants.refusal_of(lambda: job.requests_proxy.weights(b"these are no weights", 1, {}, flops=1, grams_co2e=0.0))


@when("the {place} stub participant hands in weights that hold NaN")
def hands_in_nan(context: Context, place: str) -> None:
    """The weights of a training that diverged."""
    scene = context.scene
    proxied_stubs.hand_in(scene, proxied_stubs.at_place(scene, place), _job(context, place), participants.diverged(canned_weights(seed=1)))


@then("it is told {string}")
def is_told(context: Context, words: str) -> None:
    """The job gets an answer in words."""
    assert_that(context.refusal, has_properties(message=contains_string(words)), "what the job was told")


@then("nothing of the {place} stub participant is in the object store")
def nothing_stored(context: Context, place: str) -> None:
    """What was refused was not kept."""
    assert_that(_stored(context, place), empty(), "weights in the object store")


@then("the reason names the {place} stub participant and says {string}")
def reason_says(context: Context, place: str, words: str) -> None:
    """The participant is told in words whose fault it is."""
    reason = experiments.experiment(context.scene.trainings[-1])["reason"]
    client_id = proxied_stubs.at_place(context.scene, place).client_id
    assert_that(reason, all_of(contains_string(client_id), contains_string(words)), "the reason that the experiment shows")


@then("the message of the {place} stub participant's weights was put aside with the reason {string}")
def weights_put_aside(context: Context, place: str, words: str) -> None:
    """The message is a dead letter of the averaging queue, and says why."""
    client_id = proxied_stubs.at_place(context.scene, place).client_id
    expected = has_properties(reason="PoisonMessage", description=all_of(contains_string(client_id), contains_string(words)))
    eventually("the dead letter", lambda: context.scene.service_bus.dead_letters(AVERAGING_QUEUE), has_item(expected))


@when("the time of the cycle is up, and half of the environments are enough")
def time_is_up_half(context: Context) -> None:
    """The owner's rule for the rounds of the use case says so from now on."""
    participants.set_rounds(context.scene, LONG_OVER, quorum=0.5)


@when("the time of the cycle is up, and all of the environments are needed")
def time_is_up_all(context: Context) -> None:
    """The owner's rule for the rounds of the use case says so from now on."""
    participants.set_rounds(context.scene, LONG_OVER, quorum=1.0)


@then("cycle {int} uses the weights of the {place} stub participant alone and names the {place} as left out")
def stands_on_one_alone(context: Context, cycle: int, present: str, missing: str) -> None:
    """Rows, averaged weights and the list of those left out agree."""
    scene, training = context.scene, context.scene.trainings[-1]
    there, left_out = proxied_stubs.at_place(scene, present), proxied_stubs.at_place(scene, missing)
    shown = experiments.cycle_result(training, cycle)
    assert_that(shown["rows"], equal_to({there.client_id: proxied_stubs.trained_rows(there)}), "rows trained on")
    assert_that(shown["left_out"], equal_to([left_out.client_id]), "who was left out")
    _, own = weights.participants_weights(scene, training, cycle)[there.client_id]
    difference = weights.largest_difference(weights.averaged_weights(scene, training, cycle), own)
    assert_that(difference, equal_to(0.0), "how far the averaged weights are from those of the only participant")


@when("the {place} stub participant's job reports an epoch, and then its token expires")
def token_expires(context: Context, place: str) -> None:
    """The job's token is good for one report and for nothing after that."""
    scene = context.scene
    stub = proxied_stubs.at_place(scene, place)
    job = stub.begin_job(proxied_stubs.take_cycle(scene, stub, 1), token_lasts=SHORT_LIFE)
    job.requests_proxy.epoch(1, {"accuracy": proxied_stubs.epoch_accuracy(1)})
    context.jobs = [job]
    context.refusal = participants.wait_for_refusal(job)


@then("its weights are refused and nothing of the {place} stub participant is in the object store")
def weights_refused(context: Context, place: str) -> None:
    """Whatever the job does with that token, it is too late."""
    (job,) = context.jobs
    refusal = participants.refusal_of(lambda: job.requests_proxy.weights(canned_weights(seed=1), 1, {}, flops=1, grams_co2e=0.0))
    assert_that(refusal, has_properties(code="TOKEN_EXPIRED"), "the refusal of the weights")
    assert_that(_stored(context, place), empty(), "weights in the object store")


@when("the {place} stub participant's job ends with an error")
def job_fails(context: Context, place: str) -> None:
    """The pods-monitor would report it as failed."""
    (job,) = context.jobs
    proxied_stubs.at_place(context.scene, place).edge.report_pod(job.work, "Failed", exit_code=1)


@then("the {place} stub participant gets the work of cycle {int} a second time")
def second_attempt(context: Context, place: str, cycle: int) -> None:
    """The platform orders the cycle anew from that secure environment alone; all jobs are begun."""
    scene = context.scene
    context.jobs = [proxied_stubs.begin(scene, stub, cycle) for stub in scene.stubs]
    expected = {stub.client_id: 2 if stub is proxied_stubs.at_place(scene, place) else 1 for stub in scene.stubs}
    attempts = {stub.client_id: job.work.attempt for stub, job in zip(scene.stubs, context.jobs, strict=True)}
    assert_that(attempts, equal_to(expected), "attempts by secure environment")


def _job(context: Context, place: str) -> Job:
    job: Job = context.jobs[context.scene.stubs.index(proxied_stubs.at_place(context.scene, place))]
    return job


def _stored(context: Context, place: str) -> list[str]:
    scene = context.scene
    key = participant_weights_key(scene.trainings[-1].experiment_key, 1, proxied_stubs.at_place(scene, place).client_id)
    return scene.object_store.keys(key)
