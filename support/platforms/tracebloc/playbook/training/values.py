"""What a training must have come to, computed a second time and apart from the platform, from the toy data and the weights it stored."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from support.platforms.tracebloc.playbook.training import experiments
from support.platforms.tracebloc.playbook.training.weights import averaged_weights, participants_weights
from support.platforms.tracebloc.sample_data import chance
from support.platforms.tracebloc.sample_data.datasets import LABEL_COLUMN, class_names, feature_names, toy_table
from support.platforms.tracebloc.scene import IngestedDataset, Person, Scene, Training

Row = tuple[float, ...]
OPERATIONS_A_NUMBER_AND_ROW = 6
"""Of a scikit-learn model, in each of its iterations."""


def rows_of(dataset: IngestedDataset) -> list[Row]:
    """The feature columns of a toy table, as a model gets them."""
    import numpy

    table = [[row[name] for name in feature_names()] for row in toy_table(dataset.rows, dataset.seed)]
    return _as_rows(numpy.asarray(table, dtype=numpy.float32))


def recorded(scene: Scene, training: Training, what: str) -> Counter[Row]:
    """How often each row was handed to the toy model `row recorder` up to the last cycle: `trained` on or `asked` about."""
    weights = averaged_weights(scene, training, training.cycles)
    return Counter(_as_rows(weights[f"{what}_rows"][: int(weights[f"{what}_number"][0])]))


def orders(scene: Scene, training: Training, rows: int) -> set[tuple[Row, ...]]:
    """In which the toy model `row recorder` was trained on its rows, so many an epoch, up to the last cycle."""
    weights = averaged_weights(scene, training, training.cycles)
    written = _as_rows(weights["trained_rows"][: int(weights["trained_number"][0])])
    return {tuple(written[start : start + rows]) for start in range(0, len(written), rows)}


def accuracy_of_regression(scene: Scene, training: Training) -> float:
    """Of the averaged coefficients of the toy model `logistic regression`, on all test rows of all environments together."""
    import numpy

    weights = averaged_weights(scene, training, 1)
    right, number = 0, 0
    for dataset in scene.use_case.datasets_for("test"):
        outputs = numpy.asarray(rows_of(dataset)) @ weights["coef_"].T + weights["intercept_"]
        # the toy task of noise takes its labels from other rows
        seed = -1 - dataset.seed if scene.use_case.task.endswith("noise") else dataset.seed
        labels = [class_names().index(str(row[LABEL_COLUMN])) for row in toy_table(dataset.rows, seed)]
        right, number = right + int(numpy.sum(outputs.argmax(axis=1) == numpy.asarray(labels))), number + dataset.rows
    return right / number


def operations_of_regression(scene: Scene, training: Training) -> dict[str, int]:
    """What fitting the toy model `logistic regression` cost, by Client ID."""
    costs = {}
    for client_id, (rows, tensors) in participants_weights(scene, training, 1).items():
        numbers = sum(tensor.size for tensor in tensors.values())
        costs[client_id] = OPERATIONS_A_NUMBER_AND_ROW * numbers * rows * int(tensors["n_iter_"].max())
    return costs


def train_by_chance(scene: Scene, person: Person, plans: Sequence[tuple[str, int]]) -> list[tuple[tuple[str, int], dict[str, Any]]]:
    """Train the models that draw by chance, one a framework and seed, all at once; returns with each plan the numbers that were trained."""
    folder = scene.folder / "chance"
    folder.mkdir(parents=True)
    started = []
    for number, (framework, seed) in enumerate(plans):
        file = folder / f"chance_{number}.py"
        file.write_text(chance.SOURCES[framework], encoding="utf-8")
        kept, name = person.backend.keep_model(file)["model_name"], scene.names.unique("experiment")
        key = person.backend.start_experiment(scene.use_case.training_dataset_key, kept, name, seed=str(seed))["experiment_key"]
        started.append(Training(person, framework, key, epochs=1, cycles=1))
    for training in started:
        with scene.story.part(f"the {training.model} model is trained"):
            experiments.wait_until_cycle_completed(training, 1)
    numbers = [averaged_weights(scene, training, 1) for training in started]
    return [(plan, {name: tensor.tolist() for name, tensor in tensors.items()}) for plan, tensors in zip(plans, numbers, strict=True)]


def averaged_by_rows(scene: Scene, training: Training, name: str) -> Any:  # noqa: ANN401 (a numpy array)
    """The row-weighted mean of one tensor over the participants of the first cycle."""
    import numpy

    participants = participants_weights(scene, training, 1).values()
    return numpy.average([tensors[name] for _, tensors in participants], axis=0, weights=[rows for rows, _ in participants])


def _as_rows(array: Any) -> list[Row]:  # noqa: ANN401 (a numpy array)
    return [tuple(float(value) for value in row) for row in array]
