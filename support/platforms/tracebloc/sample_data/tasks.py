"""The tasks that toy data and toy models exist for: what is ingested, how it is learned, and what a constant answer would reach."""

import statistics
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments.errors import WrongScenario
from support.platforms.tracebloc.sample_data import datasets, numbers, pictures, texts

ACCURACY = "accuracy"
SHAPES = tuple(pictures.COLOURS)
SEGMENTS = (pictures.BACKGROUND, *SHAPES[:2])
VEHICLES = SHAPES[1:]
_IMAGE_OPTIONS = {"target_size": [pictures.SIDE, pictures.SIDE], "spec": {"file_options": {"extension": pictures.EXTENSION}}}
_NEAR = 0.1 * pictures.SIDE
_OVERLAP = 0.5


@dataclass(frozen=True)
class ToyTask:
    """One task of the SDK with toy material.

    `stage(folder, rows, seed)` writes data and returns what an ingest configuration says of it, with paths that begin in that folder
    (Source: tracebloc-ingestor 0.8.94).
    `constant(rows, seed)` is what the best answer that is the same for every row reaches in the metric; `classes`, where rows have one of
    several equally frequent classes, says so instead.
    """

    category: str
    metric: str
    stage: Callable[[Path, int, int], dict[str, Any]]
    constant: Callable[[int, int], float] | None = None
    classes: int = 0
    perfect: float = 1.0
    loss_function: str = "crossentropy"
    learning_rate: float = 0.02

    @property
    def higher_is_better(self) -> bool:
        """Whether a better model has the higher metric."""
        return self.perfect > 0


def toy_task(name: str) -> ToyTask:
    """The task of that name, such as `image classification`; a WrongScenario says which there are."""
    if name not in TASKS:
        raise WrongScenario(f"there is no toy data for the task '{name}'; there is for: {', '.join(TASKS)}")
    return TASKS[name]


def _table_of_classes(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    csv = datasets.write_csv(folder / "rows.csv", rows=rows, seed=seed)
    return {"csv": csv.name, "schema": dict.fromkeys(datasets.feature_names(), "FLOAT"), "label": datasets.LABEL_COLUMN}


def _table_of_noise(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    """The labels of other rows: they can be learned by heart only."""
    table = datasets.toy_table(rows, seed)
    labels = [row[datasets.LABEL_COLUMN] for row in datasets.toy_table(rows, seed=-1 - seed)]
    mixed = [{**row, datasets.LABEL_COLUMN: label} for row, label in zip(table, labels, strict=True)]
    csv = numbers.write_csv(folder / "rows.csv", mixed)
    return {"csv": csv.name, "schema": dict.fromkeys(datasets.feature_names(), "FLOAT"), "label": datasets.LABEL_COLUMN}


def _sums(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    return _table(folder, numbers.sums(rows, seed), {"amount": "FLOAT"}, "amount")


def _lifetimes(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    return _table(folder, numbers.lifetimes(rows, seed), {"event": "INT", "time": "FLOAT"}, "event")


def _waves(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    return _table(folder, numbers.waves(rows, seed), {"timestamp": "TIMESTAMP", "level": "FLOAT"}, "level")


def _gestures(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    staged = _table(
        folder, numbers.gestures(rows, seed), {"sequence_id": "VARCHAR(20)", "timestamp": "INT", "label": "VARCHAR(20)"}, "label"
    )
    return {**staged, "label": "label"}


def _table(folder: Path, rows: list[numbers.Row], types: dict[str, str], label: str) -> dict[str, Any]:
    schema = {column: types.get(column, "FLOAT") for column in rows[0] if column != label}
    csv = numbers.write_csv(folder / "rows.csv", rows)
    return {"csv": csv.name, "schema": schema, "label": {"column": label, "policy": "bucket"}}


def _classified_pictures(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    drawn = pictures.drawings(rows, seed, SHAPES)
    images = _drawn(folder, drawn, seed)
    return {**_manifest(folder, [{"filename": each.name, "label": each.shape} for each in drawn]), **images, "label": "label"}


def _segmented_pictures(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    drawn = pictures.drawings(rows, seed, SEGMENTS)
    images, masks = _drawn(folder, drawn, seed), _made(folder / "masks")
    listed = [{"filename": each.name, "mask_id": pictures.save_mask(each, masks, sorted(SEGMENTS)), "label": each.shape} for each in drawn]
    staged = {"masks": masks.name, "schema": {"mask_id": "VARCHAR(255)"}, "label": "label"}
    return {**_manifest(folder, listed), **images, **staged}


def _pointed_pictures(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    images, listed = _made(folder / "images"), []
    visibility = '{"head": 1, "tail": 1}'
    for number, marked in enumerate(pictures.points(rows, seed)):
        name = f"picture_{number:03d}"
        annotation = pictures.draw_points(name, marked, images, seed)
        label = "leftward" if marked["head"][0] < marked["tail"][0] else "rightward"
        listed.append({"filename": name, "Annotation": annotation, "Visibility": visibility, "label": label})
    staged = {"images": images.name, "number_of_keypoints": len(pictures.KEY_POINTS), "label": "label"}
    return {**_manifest(folder, listed), **staged, **_IMAGE_OPTIONS}


def _boxed_pictures(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    drawn, annotations = pictures.drawings(rows, seed, VEHICLES), _made(folder / "annotations")
    for each in drawn:
        pictures.write_annotation(each, annotations)
    return {"annotations": annotations.name, **_drawn(folder, drawn, seed)}


def _drawn(folder: Path, drawn: list[pictures.Drawn], seed: int) -> dict[str, Any]:
    images = _made(folder / "images")
    for each in drawn:
        pictures.draw(each, images, seed)
    return {"images": images.name, **_IMAGE_OPTIONS}


def _topics(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    told = texts.of_topics(rows, seed)
    names = texts.write(_made(folder / "texts"), [text for _, text in told])
    listed = [{"filename": name, "label": topic} for name, (topic, _) in zip(names, told, strict=True)]
    return {**_manifest(folder, listed), "texts": "texts", "label": "label"}


def _ring(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    names = texts.write(_made(folder / "sequences"), texts.of_the_ring(rows, seed))
    return {**_manifest(folder, [{"filename": name} for name in names]), "sequences": "sequences"}


def _manifest(folder: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"csv": numbers.write_csv(folder / "labels.csv", rows).name}


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _spread(rows: list[numbers.Row], label: str) -> float:
    """The root mean squared error of whoever always says the mean."""
    return float(statistics.pstdev(row[label] for row in rows))


def _all_ground(rows: int, seed: int) -> float:
    """The mean overlap of whoever takes every pixel for the ground: that of the ground, and none with the other classes."""
    classes = sorted(SEGMENTS)
    ground = sum(
        pictures.mask(drawn, classes).histogram()[classes.index(pictures.BACKGROUND)] for drawn in pictures.drawings(rows, seed, SEGMENTS)
    )
    return ground / (rows * pictures.SIDE**2) / len(classes)


def _points_in_the_middle(rows: int, seed: int) -> float:
    """The share of points near enough to the middle of the picture."""
    middle = (pictures.SIDE - 1) / 2
    places = [at for marked in pictures.points(rows, seed) for at in marked.values()]
    return statistics.fmean((x - middle) ** 2 + (y - middle) ** 2 <= _NEAR**2 for x, y in places)


def _always_the_mean_box(rows: int, seed: int) -> float:
    """The share of boxes that overlap by half with the mean of all: the most that one box could reach, were each class guessed right."""
    boxes = [drawn.box for drawn in pictures.drawings(rows, seed, VEHICLES)]
    mean = [statistics.fmean(side) for side in zip(*boxes, strict=True)]
    return statistics.fmean(_overlap(mean, list(map(float, box))) >= _OVERLAP for box in boxes)


def _overlap(left: list[float], right: list[float]) -> float:
    width, height = (max(0.0, min(left[axis + 2], right[axis + 2]) - max(left[axis], right[axis])) for axis in (0, 1))
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (left, right))
    return width * height / (areas - width * height)


def _commonest_word(rows: int, seed: int) -> float:
    words = Counter(word for text in texts.of_the_ring(rows, seed) for word in text.split())
    return words.most_common(1)[0][1] / words.total()


TASKS = {
    "tabular classification": ToyTask("tabular_classification", ACCURACY, _table_of_classes, classes=3),
    "tabular classification of noise": ToyTask("tabular_classification", ACCURACY, _table_of_noise, classes=3),
    "tabular regression": ToyTask(
        "tabular_regression", "rmse", _sums, lambda rows, seed: _spread(numbers.sums(rows, seed), "amount"),
        perfect=0.0, loss_function="mse", learning_rate=0.07,
    ),
    "time series forecasting": ToyTask(
        "time_series_forecasting", "rmse", _waves, lambda rows, seed: _spread(numbers.waves(rows, seed), "level"),
        perfect=0.0, loss_function="mse",
    ),
    "time series classification": ToyTask("time_series_classification", ACCURACY, _gestures, classes=3, learning_rate=0.05),
    "time to event prediction": ToyTask(
        "time_to_event_prediction", "concordance", _lifetimes, lambda _rows, _seed: 0.5, loss_function="coxph", learning_rate=0.1
    ),
    "image classification": ToyTask("image_classification", ACCURACY, _classified_pictures, classes=3),
    "semantic segmentation": ToyTask("semantic_segmentation", "mean_iou", _segmented_pictures, _all_ground, learning_rate=0.05),
    "keypoint detection": ToyTask("keypoint_detection", "pck", _pointed_pictures, _points_in_the_middle, loss_function="mse"),
    "object detection": ToyTask(
        "object_detection", "map_50", _boxed_pictures, _always_the_mean_box, loss_function="mse", learning_rate=0.1
    ),
    "text classification": ToyTask("text_classification", ACCURACY, _topics, classes=3, learning_rate=0.1),
    "masked language modeling": ToyTask("masked_language_modeling", ACCURACY, _ring, _commonest_word),
}  # fmt: skip
