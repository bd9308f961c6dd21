"""Training with the SDK, and what an experiment leaves behind. Source: tracebloc SDK 1.2.63; statuses as the documents show them."""

from pathlib import Path
from typing import Any

from support.clients.backend import Json
from support.clients.notebook_calls import Plan, SdkError
from support.eventually import eventually
from support.names import counted
from support.scene import Person, Scene, Training, UseCase

MODELS = Path(__file__).parent.parent / "toy" / "models"
USUAL_MODEL = "two layer CNN"
VALIDATION_SHARE = 0.2
FLOPS_PER_PETAFLOP = 1e15
ENDED = ("Completed", "Failed", "Stopped")
POD_ENDED = ("Succeeded", "Failed")


def upload_and_link(scene: Scene, use_case: UseCase, person: Person, model: str) -> None:
    """Somebody logs in with the SDK, uploads one of the toy models and links it to the use case's training dataset."""
    with scene.story.part(f"{person.role} logs in with the SDK"):
        person.sdk.log_in(person.email, person.password.get_secret_value())
    with scene.story.part(f"{person.role} uploads the {model}"):
        person.sdk.upload_model(_model_file(model))
    with scene.story.part(f"{person.role} links it to the training dataset"):
        person.sdk.link_dataset(use_case.training_dataset_key)


def start(scene: Scene, person: Person, model: str, epochs: int, cycles: int) -> Training:
    """Somebody names the experiment, sets epochs and cycles and starts it."""
    with scene.story.part(f"{person.role} starts the experiment with {counted(epochs, 'epoch')} and {counted(cycles, 'cycle')}") as part:
        name = scene.names.unique("experiment")
        key = person.sdk.start(Plan(name=name, epochs=epochs, cycles=cycles))
        part.detail = f"experiment {key}"
    training = Training(person, model, key, epochs, cycles)
    scene.trainings.append(training)
    return training


def begin(scene: Scene, person: Person, epochs: int, cycles: int, model: str = USUAL_MODEL) -> Training:
    """Somebody does all that is needed to start an experiment in the scenario's use case."""
    upload_and_link(scene, scene.use_case, person, model)
    return start(scene, person, model, epochs, cycles)


def refusal_of_a_start(scene: Scene, person: Person) -> SdkError | None:
    """Somebody tries to start an experiment; returns what the SDK raised, or None when it was started after all."""
    try:
        begin(scene, person, epochs=1, cycles=1)
    except SdkError as error:
        scene.story.tell("refused", error.text)
        return error
    return None


def wait_until_ended(scene: Scene, training: Training, within: float = 60.0) -> Json:
    """Wait until the SDK's user sees the experiment ended; returns it as the web shows it."""
    with scene.story.part(f"the experiment of {training.participant.role} ends") as part:
        status = eventually(
            f"the experiment {training.experiment_key} to end",
            lambda: training.participant.sdk.experiment_status(training.experiment_key),
            _has_ended,
            within=within,
        )
        part.detail = str(status)
    return experiment(training)


def wait_until_reported(training: Training, jobs: int) -> Json:
    """Wait until the platform has heard how the training jobs ended and what they cost; returns the experiment.

    The jobs are reported by the pods-monitor and the cost over a queue of its own, both after the weights that end the experiment.
    """

    def reported(shown: Json) -> bool:
        ended = [pod for pod in shown["pods"] if pod["phase"] in POD_ENDED]
        return len(ended) == len(shown["pods"]) == jobs and bool(shown["petaflops"]) and bool(shown["grams_co2e"])

    reported.__doc__ = f"{counted(jobs, 'job')} that ended, with PetaFLOPs and gCO2e"
    return eventually(f"the jobs and the cost of the experiment {training.experiment_key}", lambda: experiment(training), reported)


def experiment(training: Training) -> Json:
    """The experiment as its team sees it on the web."""
    return training.participant.backend.experiment(training.experiment_key)


def flops(training: Training) -> float:
    """What the experiment has cost so far, in floating point operations."""
    return float(experiment(training)["petaflops"]) * FLOPS_PER_PETAFLOP


def cycle_result(training: Training, cycle: int) -> dict[str, Any]:
    """One cycle's result; an AssertionError says which cycles there are when it is missing."""
    results: list[dict[str, Any]] = experiment(training)["cycle_results"]
    for result in results:
        if result["cycle"] == cycle:
            return result
    raise AssertionError(f"no cycle {cycle} in the experiment {training.experiment_key}; cycles: {[r['cycle'] for r in results]}")


def _has_ended(status: str | None) -> bool:
    """Completed, Failed or Stopped"""
    return status in ENDED


def _model_file(model: str) -> Path:
    file = MODELS / f"{model.lower().replace(' ', '_')}.py"
    if not file.exists():
        raise LookupError(f"there is no toy model '{model}'; there are: {', '.join(sorted(path.stem for path in MODELS.glob('*.py')))}")
    return file


def accuracy(training: Training, cycle: int) -> float:
    """The accuracy a cycle reached (0 to 1); an AssertionError says what the cycle shows when it has none."""
    result = cycle_result(training, cycle)
    if "accuracy" not in result["metrics"]:
        raise AssertionError(f"cycle {cycle} is {result['status']} and shows no accuracy; its metrics: {result['metrics']}")
    return float(result["metrics"]["accuracy"])


def weights_key(training: Training, cycle: int) -> str:
    """Where the platform says a cycle's weights are; an AssertionError when it names none."""
    result = cycle_result(training, cycle)
    if not result["weights_key"]:
        raise AssertionError(f"cycle {cycle} is {result['status']}, but the platform names no weights for it")
    return str(result["weights_key"])
