"""Stored models that are scored without training, past the SDK."""

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, close_to, contains_string, ends_with, equal_to, has_entries, has_properties, none

from support.platforms.tracebloc.clients.backend import Json
from support.platforms.tracebloc.playbook.secure_environments import stub_participants
from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.use_cases import refusals, submissions
from support.platforms.tracebloc.scene import Scene, Training
from support.waiting import eventually

MODEL = "weak linear"
SOURCES = {"with": "upload", "without": "random_init"}
"""By the words of a feature: which weights the platform says are scored."""


@when("{string} has a model {word} weights and tokenizer scored by a script")
def has_scored(context: Context, role: str, word: str) -> None:
    """What the platform says of it is kept for the next steps."""
    scene = context.scene
    backend = scene.person(role).backend
    parts = {"weights": b"weights", "tokenizer": b"{}"} if word == "with" else {}
    stored = backend.keep_model(experiments.model_file(MODEL), **parts)["model_name"]
    with scene.story.part(f"{role} has the {MODEL} {word} weights scored") as part:
        name = scene.names.unique("inference")
        context.told = backend.start_inference(scene.use_case.training_dataset_key, stored, name)
        part.detail = context.told["experiment_key"]
    assert_that(context.told, has_entries(weights_source=SOURCES[word], pre_trained_weights=bool(parts)), "what is scored")
    scene.inference_runs.append(Training(scene.person(role), MODEL, part.detail, epochs=0, cycles=0))
    scene.submissions.append(context.told["inference_id"])


@then("they are told the classes {string}, in this order")
def told_of_classes(context: Context, classes: str) -> None:
    """As the columns of the model's output stand for them."""
    assert_that(", ".join(context.told["class_order"]), equal_to(classes), "the classes")


@then("the stub participant is asked to score the model {word} weights and tokenizer on the test dataset")
def asked_to_score(context: Context, word: str) -> None:
    """The model as it was uploaded, of no cycle."""
    scene, run = context.scene, context.scene.inference_runs[-1]
    (dataset,) = scene.use_case.datasets_for("test")
    work = stub_participants.ordered_scoring(scene.environments[-1].stub_participant, scene.submissions[-1])
    expected = has_properties(
        experiment_key=run.experiment_key,
        cycle=0,
        weights_key=ends_with("/weights.safetensors") if word == "with" else none(),
        tokenizer_key=ends_with("/tokenizer.json") if word == "with" else none(),
        model_key=contains_string(f"_{experiments.model_file(MODEL).stem}/model.py"),
        metric="accuracy",
        dataset=has_properties(table=dataset.table, intent="test"),
    )
    assert_that(work, expected, "the work")


@then("{string} can neither pause nor resume the run, which is {string}")
def cannot_pause(context: Context, role: str, status: str) -> None:
    """It has no cycles between which it could wait."""
    scene = context.scene
    backend, key = scene.person(role).backend, scene.inference_runs[-1].experiment_key
    acts = {"paused": lambda: backend.pause_experiment(key), "resumed": lambda: backend.resume_experiment(key)}
    words = {participle: f"An experiment that is {status} cannot be {participle}." for participle in acts}
    refusals.assert_outcomes(scene, role, acts, words)


@when("the stub participant scores the model with {float}")
def scores_model(context: Context, value: float) -> None:
    """On its test rows."""
    scene = context.scene
    stub_participants.score(scene, scene.submissions[-1], [value])


@then("the run is {string}, and My Submissions shows it as {submission_status} with {float}")
def has_ended(context: Context, status: str, submission_status: str, score: float) -> None:
    """Under the run's name, of no cycle, and for no reason."""
    shown, mine = _settled(context.scene, status)
    assert_that(shown, has_entries(run_kind="inference", cycles=0, reason=None, category=None), "the run")
    about = {"status": submission_status, "run_kind": "inference", "cycle": 0, "experiment_name": shown["name"], "reason": None}
    assert_that(mine, has_entries({**about, "score": close_to(score, 1e-9)}), "the submission")


@then("the run is {string}, and it and My Submissions say {string}")
def has_failed(context: Context, status: str, words: str) -> None:
    """The same reason stands at both."""
    shown, mine = _settled(context.scene, status)
    assert_that(mine, has_entries(status="Failed", score=None, reason=contains_string(words)), "the submission")
    assert_that(shown, has_entries(category="infra", reason=mine["reason"]), "the run")


@then("{string} finds what they start under names of {int} and {int} letters, trained or not; a longer one is refused: {string}")
def named_so(context: Context, role: str, shortest: int, longest: int, words: str) -> None:
    """Names with blanks around them are shown whole and without the blanks."""
    scene = context.scene
    backend, key = scene.person(role).backend, scene.use_case.training_dataset_key
    stored = backend.keep_model(experiments.model_file(MODEL))["model_name"]
    letters = "".join(chr(ord("a") + number % 26) for number in range(longest + 1))
    for start in (backend.start_experiment, backend.start_inference):
        for name in (letters[:shortest], letters[:longest]):
            started = start(key, stored, f"  {name} ")["experiment_key"]
            assert_that(backend.experiment(started)["name"], equal_to(name), f"the name of {len(name)} letters")
        told = refusals.outcome(lambda start=start: start(key, stored, letters))
        assert_that(told, equal_to(words), "what the platform says to a longer one")


def _settled(scene: Scene, status: str) -> tuple[Json, Json]:
    run = scene.inference_runs[-1]
    mine = submissions.wait_until_settled(scene, scene.use_case, run.participant, scene.submissions[-1])
    shown = eventually(f"the run to be {status}", lambda: experiments.experiment(run), has_entries(status_display=status))
    return shown, mine
