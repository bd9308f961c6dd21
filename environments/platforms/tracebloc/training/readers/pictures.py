"""Pictures, as bytes (rows x height x width x channels), resized to the model's `image_size`, and what is marked on them.

Source: tracebloc SDK 1.2.63 (`user.py`: an image model's data_shape is its image_size, and the engine resizes every picture to it).
"""

import io
import json
import math
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from environments.platforms.tracebloc.sabotages import TrainingSabotage, is_on
from environments.platforms.tracebloc.training.data import Rows, UnreadableRows
from environments.platforms.tracebloc.training.readers.storage import Record, Source, class_indices, needed

FILE_COLUMNS = ("filename", "extension")
MASK_COLUMN, MASK_EXTENSION = "mask_id", ".png"
MODES = {"rgb": "RGB", "grayscale": "L"}
VISIBLE = 1.0


def classification(source: Source) -> Rows:
    """Pictures, and the class of each."""
    records = source.records(["label", *FILE_COLUMNS])
    pictures, _ = _pictures(source, records)
    return Rows(pictures, class_indices([record["label"] for record in records], source.dataset.classes))


def segmentation(source: Source) -> Rows:
    """Pictures, and for each pixel the index of its class in the dataset's order (our choice: masks say so by their pixel values)."""
    records = source.records([*FILE_COLUMNS, MASK_COLUMN])
    side = needed(source.model_input.data_shape, "image_size")
    pictures, _ = _pictures(source, records)
    # classes have no mean: a pixel between two of them is one or the other
    nearest = Image.Resampling.BILINEAR if is_on(TrainingSabotage.MASKS_BLURRED) else Image.Resampling.NEAREST
    masks = []
    for record in records:
        name = str(record[MASK_COLUMN]).removesuffix(MASK_EXTENSION)
        mask = _opened(source.file(name, MASK_EXTENSION), name).convert("L").resize((side, side), nearest)
        masks.append(np.asarray(mask, dtype=np.int64))
    labels = np.stack(masks)
    if labels.max() >= len(source.dataset.classes):
        raise UnreadableRows(f"a mask holds the value {labels.max()}, where the dataset has {len(source.dataset.classes)} classes")
    return Rows(pictures, labels)


def keypoint_detection(source: Source) -> Rows:
    """Pictures, and each one's key points, in the order of their names: x, y (pixels of the resized picture), visible or not."""
    records = source.records([*FILE_COLUMNS, "annotation"])
    pictures, scales = _pictures(source, records)
    points = [_points(record) for record in records]
    if len({tuple(sorted(named)) for named in points}) > 1:
        raise UnreadableRows("the pictures' annotations do not all name the same key points")
    labels = [[(*np.multiply(named[name], scale), VISIBLE) for name in sorted(named)] for named, scale in zip(points, scales, strict=True)]
    return Rows(pictures, np.asarray(labels, dtype=np.float32))


def object_detection(source: Source) -> Rows:
    """Pictures, and each one's boxes: class, left, top, right, bottom (pixels of the resized picture), filled up with rows of NaN."""
    records = source.records(FILE_COLUMNS)
    pictures, scales = _pictures(source, records)
    boxes = [
        _boxes(source.file(record["filename"], ".xml"), str(record["filename"]), source.dataset.classes, scale)
        for record, scale in zip(records, scales, strict=True)
    ]
    most = max(len(of_picture) for of_picture in boxes)
    labels = np.full((len(boxes), most, 5), np.nan, dtype=np.float32)
    for row, of_picture in zip(labels, boxes, strict=True):
        row[: len(of_picture)] = of_picture
    return Rows(pictures, labels)


def _pictures(source: Source, records: Sequence[Record]) -> tuple[npt.NDArray[np.uint8], list[tuple[float, float]]]:
    """The pictures, and by how much each one was stretched in width and height."""
    side = needed(source.model_input.data_shape, "image_size")
    mode = MODES[source.model_input.data_type]
    pictures, scales = [], []
    for record in records:
        picture = _opened(source.file(record["filename"], record["extension"]), str(record["filename"]))
        stretched = (side / picture.width, side / picture.height)
        scales.append((1.0, 1.0) if is_on(TrainingSabotage.KEY_POINTS_NOT_SCALED) else stretched)
        resized = picture.convert(mode).resize((side, side), Image.Resampling.BILINEAR)
        pictures.append(np.asarray(resized, dtype=np.uint8).reshape(side, side, -1))
    return np.stack(pictures), scales


def _opened(content: bytes, name: str) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content))
        picture.load()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        if is_on(TrainingSabotage.DAMAGED_PICTURES_TAKEN_FOR_BLACK):
            return Image.new("RGB", (1, 1))
        raise UnreadableRows(f"file {name} is not a picture that can be read: {type(error).__name__}") from error
    return picture


def _points(record: Record) -> dict[str, tuple[float, float]]:
    """Source: tracebloc-ingestor 0.8.94 (`KeypointAnnotationValidator`): {name: [x, y]} or {name: {"x": x, "y": y}}."""
    try:
        annotation: dict[str, Any] = json.loads(record["annotation"])
        pairs = {name: (at["x"], at["y"]) if isinstance(at, dict) else at for name, at in annotation.items()}
        return {name: (float(x), float(y)) for name, (x, y) in pairs.items()}
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise UnreadableRows(f"the annotation of {record['filename']} does not give each key point's x and y") from error


def _boxes(content: bytes, name: str, classes: Sequence[str], scale: tuple[float, float]) -> npt.NDArray[np.float32]:
    """Source: Pascal VOC, as tracebloc-ingestor 0.8.94 takes it."""
    try:
        objects = ElementTree.fromstring(content).findall(".//object")  # noqa: S314 (the owner's own data)
        corners = [[float(found.findtext(f"bndbox/{corner}", "")) for corner in ("xmin", "ymin", "xmax", "ymax")] for found in objects]
    except (ElementTree.ParseError, ValueError) as error:
        raise UnreadableRows(f"the annotation of {name} is not Pascal VOC with numbers for its boxes") from error
    if not all(math.isfinite(value) for box in corners for value in box):
        raise UnreadableRows(f"the annotation of {name} has a box without bounds")
    indices = class_indices([(found.findtext("name") or "").strip() for found in objects], classes)
    boxes = np.asarray(corners, dtype=np.float32).reshape(-1, 4) * np.asarray([*scale, *scale], dtype=np.float32)
    return np.column_stack([indices, boxes]).astype(np.float32)
