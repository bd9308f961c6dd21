"""What a use case and a team's work in it are to others: each way to see or use them, by the words of a feature."""

from collections.abc import Callable

from support.platforms.tracebloc.clients.backend import Json
from support.platforms.tracebloc.playbook.training.experiments import model_file
from support.platforms.tracebloc.scene import Person, Scene, Training, UseCase

Acts = dict[str, Callable[[], object]]


def ways_in(scene: Scene, use_case: UseCase, training: Training, person: Person) -> Acts:
    """Every way in which somebody could see the use case, or see and use what the experiment's team did in it."""
    return {**_ways_into_the_use_case(scene, use_case, person), **_ways_into_the_work(scene, use_case, training, person)}


def _ways_into_the_use_case(scene: Scene, use_case: UseCase, person: Person) -> Acts:
    backend, sdk, data = person.backend, person.sdk, use_case.training_dataset_key

    def link() -> str:
        sdk.upload_model(model_file("weak linear"))
        sdk.link_dataset(data)
        return "linked"

    def start() -> Json:
        model = backend.keep_model(model_file("weak linear"))["model_name"]
        return backend.start_experiment(data, model, scene.names.unique("experiment"))

    return {
        "finding it among the use cases": lambda: [found for found in backend.use_cases() if found["key"] == use_case.key],
        "opening it": lambda: backend.use_case(use_case.key),
        "joining it": lambda: backend.join(use_case.key),
        "reading the columns of its dataset": lambda: backend.columns(data),
        "linking a model with the SDK": link,
        "starting an experiment": start,
        "reading the leaderboard": lambda: backend.leaderboard(use_case.key),
    }


def _ways_into_the_work(scene: Scene, use_case: UseCase, training: Training, person: Person) -> Acts:
    backend, sdk, key = person.backend, person.sdk, training.experiment_key
    model = model_file(training.model).stem

    def score(kept: str) -> str:
        return sdk.run_inference(use_case.training_dataset_key, kept, scene.names.unique("run"))

    def score_own() -> str:
        backend.keep_model(model_file("weak linear"))
        return score("weak_linear")

    def listed(rows: list[Json]) -> list[Json]:
        return [row for row in rows if row["experiment_key"] == key]

    return {
        "following the experiment with the SDK": lambda: sdk.experiment_status(key),
        "finding the experiment in the list": lambda: listed(backend.experiments(use_case.key)),
        "opening the experiment": lambda: backend.experiment(key),
        "submitting its cycle": lambda: backend.submit_cycle(key, 1),
        "reading its submissions": lambda: listed(backend.my_submissions(use_case.key)),
        "fetching the model with the SDK": lambda: sdk.fetching.model(model),
        "fetching the model's weights": lambda: backend.kept_weights(model),
        "scoring the model with the SDK": lambda: score(model),
        "scoring a model of one's own with the SDK": score_own,
        "stopping the experiment": lambda: backend.stop_experiment(key),
    }
