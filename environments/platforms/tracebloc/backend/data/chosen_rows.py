"""Training on some of the rows only: so many of each class, or so many in all, divided over the secure environments that hold them.

Source: tracebloc SDK 1.2.63 (`training_classes()`, `training_size()`: what `recalculate_image_count_per_edge` answers is what environments
draw, and they draw whole records); by which share, and which records, is our choice.
"""

from typing import Any

from environments.platforms.tracebloc.backend.errors import Refusal
from environments.platforms.tracebloc.backend.storage.tables import Dataset
from environments.platforms.tracebloc.common.sent_json import parse
from environments.platforms.tracebloc.sabotages import ExperimentSabotage, is_on
from environments.texts import shortened

Choice = dict[str, int]
"""Rows by class; the empty class stands for the whole dataset, as in the SDK."""

WHICHEVER = ""
# where each record is of exactly one class, rows can be drawn by class; elsewhere labels count boxes or tags, or nothing at all
_ONE_CLASS_A_RECORD = frozenset(
    ("tabular_classification", "time_series_classification", "image_classification", "text_classification", "sentence_pair_classification")
)


def read_choice(form: dict[str, Any]) -> Choice:
    """What a training plan chooses, empty for all rows; Refusal INVALID_PLAN."""
    try:
        subdataset: Any = parse(str(form.get("subdataset") or "{}"))
    except ValueError:
        subdataset = None
    classes = subdataset.get("trainingClasses", {}) if isinstance(subdataset, dict) else None
    if not isinstance(classes, dict) or any(type(number) is not int for number in classes.values()):
        raise Refusal(400, "INVALID_PLAN", "subdataset: a JSON object with trainingClasses, whole numbers by class, is needed")
    if more := sorted(subdataset.keys() - {"trainingClasses", "trainingDatasetSize"}):
        raise Refusal(400, "INVALID_PLAN", f"subdataset: {shortened(more[0], 50)} would have no effect; leave it out")
    if subdataset.get("trainingDatasetSize", sum(classes.values())) != sum(classes.values()):
        raise Refusal(400, "INVALID_PLAN", "subdataset: trainingDatasetSize is not what trainingClasses add up to")
    return classes


def divide(datasets: list[Dataset], choice: Choice) -> dict[str, Choice]:
    """How many rows of each class every secure environment (by client id) draws; Refusal INVALID_REQUEST when there are not as many."""
    if any(not isinstance(number, int) or number < 0 for number in choice.values()):
        raise Refusal(400, "INVALID_REQUEST", "data_per_class: a whole number of rows is needed for each class.")
    if choice and datasets[0].category not in _ONE_CLASS_A_RECORD:
        choice = {WHICHEVER: sum(choice.values())}
    divided: dict[str, Choice] = {dataset.environment.client_id: {} for dataset in datasets}
    for label, number in choice.items():
        held = {dataset.environment.client_id: _rows_of(dataset, label) for dataset in datasets}
        if number > sum(held.values()):
            raise Refusal(400, "INVALID_REQUEST", f"data_per_class: {label or 'the dataset'} has {sum(held.values())} rows.")
        for client_id, rows in _shares(held, number).items():
            divided[client_id][label] = rows
    return divided


def refuse_left_out(divided: dict[str, Choice]) -> None:
    """Refusal INVALID_PLAN when rows were chosen and some secure environment would have none to train on."""
    empty = [client_id for client_id, choice in divided.items() if choice and not any(choice.values())]
    if empty:
        words = f"subdataset: so few rows leave none for secure environment {', '.join(empty)}; every one has to train on some"
        raise Refusal(400, "INVALID_PLAN", words)


def _rows_of(dataset: Dataset, label: str) -> int:
    return dataset.record_count if label == WHICHEVER else dataset.labels.get(label, 0)


def _shares(held: dict[str, int], number: int) -> dict[str, int]:
    """`number` rows, divided in proportion to what each holds; what rounding leaves goes to the largest."""
    everything = sum(held.values()) or 1
    shares = {client_id: rows * number // everything for client_id, rows in held.items()}
    if is_on(ExperimentSabotage.CHOSEN_ROWS_LOST_IN_ROUNDING):
        return shares
    for client_id in sorted(held, key=lambda client: (-held[client], client)):
        more = min(number - sum(shares.values()), held[client_id] - shares[client_id])
        shares[client_id] += more
    return shares
