"""Training with the SDK, and what an experiment leaves behind. Source: tracebloc SDK 1.2.63; statuses as the documents show them."""

from pathlib import Path
from typing import Any

from hamcrest import assert_that, equal_to

from environments.errors import WrongScenario
from support.names import counted
from support.platforms.tracebloc.clients.backend import Json
from support.platforms.tracebloc.clients.notebook_calls import TrainingPlan
from support.platforms.tracebloc.sample_data.tasks import toy_task
from support.platforms.tracebloc.scene import IngestedDataset, Person, Scene, Training, UseCase
from support.waiting import eventually

MODELS = Path(__file__).parents[2] / "sample_data" / "models"
ENDED = ("Completed", "Failed", "Stopped")
POD_ENDED = ("Succeeded", "Failed")
VALIDATION_SHARE = 0.2
FLOPS_PER_PETAFLOP = 1e15


def upload_and_link(scene: Scene, use_case: UseCase, person: Person, model: str) -> None:
    """Somebody logs in with the SDK, uploads one of the toy models and links it to the use case's training dataset."""
    with scene.story.part(f"{person.role} logs in with the SDK"):
        person.sdk.log_in(person.email, person.password.get_secret_value())
    with scene.story.part(f"{person.role} uploads the {model}"):
        person.sdk.upload_model(model_file(model))
    with scene.story.part(f"{person.role} links it to the training dataset"):
        person.sdk.link_dataset(use_case.training_dataset_key)


def upload_and_start(scene: Scene, person: Person, model: str, epochs: int, cycles: int) -> Training:
    """Somebody uploads one of the toy models, links it to the scenario's use case and starts an experiment."""
    upload_and_link(scene, scene.use_case, person, model)
    return start(scene, person, model, epochs, cycles)


def run_inference(scene: Scene, person: Person, model: str) -> Training:
    """Somebody scores a model that is kept on the platform, with the SDK and without training; raises SdkError."""
    with scene.story.part(f"{person.role} starts an inference-only run of the {model}") as part:
        key = person.sdk.run_inference(scene.use_case.training_dataset_key, model_file(model).stem, scene.names.unique("inference"))
        part.detail = f"experiment {key}"
    run = Training(person, model, key, epochs=0, cycles=0)
    scene.inference_runs.append(run)
    return run


def training_of(scene: Scene, role: str) -> Training:
    """The experiment that somebody started last; a WrongScenario when there is none."""
    for training in reversed(scene.trainings):
        if training.participant.role == role:
            return training
    raise WrongScenario(f"{role} has started no experiment; started: {[training.participant.role for training in scene.trainings]}")


def upload_choose_and_start(scene: Scene, person: Person, model: str, rows_of_class: dict[str, int]) -> Training:
    """The same for one epoch and one cycle, on so many rows of each class only."""
    upload_and_link(scene, scene.use_case, person, model)
    with scene.story.part(f"{person.role} chooses rows of {counted(len(rows_of_class), 'class')}"):
        person.sdk.choose_rows(rows_of_class)
    return start(scene, person, model, epochs=1, cycles=1)


def start(scene: Scene, person: Person, model: str, epochs: int, cycles: int) -> Training:
    """Somebody names the experiment, sets epochs and cycles and starts it."""
    with scene.story.part(f"{person.role} starts the experiment with {counted(epochs, 'epoch')} and {counted(cycles, 'cycle')}") as part:
        name = scene.names.unique("experiment")
        task = toy_task(scene.use_case.task)
        plan = TrainingPlan(
            name, epochs, cycles, validation_split=VALIDATION_SHARE, learning_rate=task.learning_rate, loss_function=task.loss_function
        )
        key = person.sdk.start(plan)
        part.detail = f"experiment {key}"
    training = Training(person, model, key, epochs, cycles)
    scene.trainings.append(training)
    return training


def start_by_script(scene: Scene, person: Person, model: str, epochs: int, cycles: int, batch_size: int = 32) -> Training:
    """Somebody keeps one of the toy models on the platform and starts an experiment past the SDK, which takes a fraction of the time."""
    with scene.story.part(f"{person.role} starts the {model} by a script") as part:
        kept = person.backend.keep_model(model_file(model))["model_name"]
        plan = {"epochs": str(epochs), "cycles": str(cycles), "batch_size": str(batch_size)}
        name = scene.names.unique("experiment")
        part.detail = person.backend.start_experiment(scene.use_case.training_dataset_key, kept, name, **plan)["experiment_key"]
    training = Training(person, model, part.detail, epochs, cycles)
    scene.trainings.append(training)
    return training


def wait_until_ended(scene: Scene, training: Training, within: float = 60) -> Json:
    """Wait until the SDK's user sees the experiment ended (seconds); returns it as the web shows it."""
    with scene.story.part(f"the experiment of {training.participant.role} ends") as part:
        status = eventually(
            f"the experiment {training.experiment_key} to end",
            lambda: training.participant.sdk.experiment_status(training.experiment_key),
            _has_ended,
            within=within,
        )
        part.detail = str(status)
    return experiment(training)


def wait_for_status(scene: Scene, training: Training, status: str, within: float = 20) -> None:
    """Wait until the experiment has a status in the SDK (seconds); an AssertionError when it ended otherwise, or the web shows another."""

    def reached(seen: str | None) -> bool:
        return seen == status or _has_ended(seen)

    reached.__doc__ = status
    log_in_to_follow(training.participant)
    with scene.story.part(f"the experiment of {training.participant.role} is {status}"):
        seen = eventually(
            f"the experiment {training.experiment_key} to be {status}",
            lambda: training.participant.sdk.experiment_status(training.experiment_key),
            reached,
            within=within,
        )
    shown = experiment(training)
    assert_that(seen, equal_to(status), f"the status in the SDK; its reason: {shown['reason']}")
    assert_that(shown["status_display"], equal_to(status), f"the status on the web; its reason: {shown['reason']}")


def log_in_to_follow(person: Person) -> None:
    """Somebody who has not used the SDK yet logs in with it, to follow an experiment that was started by a script."""
    if not person.sdk.process.is_in_use:
        person.sdk.log_in(person.email, person.password.get_secret_value())


def wait_until_reported(training: Training, jobs: int) -> Json:
    """Wait until the platform has heard how the training jobs ended and what they cost; returns the experiment.

    The jobs are reported by the pods-monitor and the cost over a queue of its own, both after the weights that end the experiment.
    """

    def reported(shown: Json) -> bool:
        ended = [pod for pod in shown["pods"] if pod["phase"] in POD_ENDED]
        return len(ended) == len(shown["pods"]) == jobs and bool(shown["petaflops"]) and bool(shown["grams_co2e"])

    reported.__doc__ = f"{counted(jobs, 'job')} that ended, with PetaFLOPs and gCO2e"
    return eventually(f"the jobs and the cost of the experiment {training.experiment_key}", lambda: experiment(training), reported)


def wait_until_cycle_completed(training: Training, cycle: int) -> None:
    """Wait until the experiment shows a cycle as completed."""

    def completed(shown: Json) -> bool:
        return any((result["cycle"], result["status"]) == (cycle, "Completed") for result in shown["cycle_results"])

    completed.__doc__ = f"cycle {cycle} completed"
    eventually(f"cycle {cycle} of {training.experiment_key} to be completed", lambda: experiment(training), completed)


def experiment(training: Training) -> Json:
    """The experiment as its team sees it on the web."""
    return training.participant.backend.experiment(training.experiment_key)


def job_logs(scene: Scene, training: Training) -> list[str]:
    """The log of each of the experiment's jobs, all attempts; an AssertionError when there was none."""
    logs = [
        environment.client.cluster.pod_log(pod.name)
        for environment in scene.environments
        for pod in environment.client.cluster.pods({"tracebloc.io/experiment": training.experiment_key})
    ]
    if not logs:
        raise AssertionError(f"no job of the experiment {training.experiment_key} was ever started")
    return logs


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


def model_file(model: str) -> Path:
    """The file of a toy model; a WrongScenario says which there are."""
    file = MODELS / f"{model.lower().replace(' ', '_')}.py"
    if not file.exists():
        raise WrongScenario(f"there is no toy model '{model}'; there are: {', '.join(sorted(path.stem for path in MODELS.glob('*.py')))}")
    return file


def accuracy(training: Training, cycle: int) -> float:
    """The accuracy a cycle reached (0 to 1)."""
    return metric(training, cycle, "accuracy")


def metric(training: Training, cycle: int, name: str) -> float:
    """A metric of a cycle; an AssertionError says what the cycle shows when it has none of that name."""
    result = cycle_result(training, cycle)
    if name not in result["metrics"]:
        raise AssertionError(f"cycle {cycle} is {result['status']} and shows no {name}; its metrics: {result['metrics']}")
    return float(result["metrics"][name])


def rows_kept_back(dataset: IngestedDataset) -> int:
    """How many of a dataset's rows the plans of this playbook keep back from training, to measure on."""
    return round(dataset.rows * VALIDATION_SHARE)


def weights_key(training: Training, cycle: int) -> str:
    """Where the platform says a cycle's weights are; an AssertionError when it names none."""
    result = cycle_result(training, cycle)
    if not result["weights_key"]:
        raise AssertionError(f"cycle {cycle} is {result['status']}, but the platform names no weights for it")
    return str(result["weights_key"])
