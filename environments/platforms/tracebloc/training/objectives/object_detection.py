"""Objects in a picture: what each is, and its box.

Source: tracebloc SDK 1.2.63 (`torch_object_detector`), family torchvision_detection (and its alias rcnn): in training the model takes a
list of pictures and one of targets (`boxes`, `labels`) and answers with its losses; otherwise it takes pictures and answers, for each,
with `boxes`, `labels` and `scores`. As in the SDK's smoke training, labels count from 0. The family yolo is refused.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from environments.platforms.tracebloc.training import metrics
from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.objectives.feeds import as_pictures
from environments.platforms.tracebloc.training.objectives.objective import Objective, answer, array
from environments.platforms.tracebloc.training.protocol import ModelFailed

FAMILIES = ("torchvision_detection", "rcnn")
MOST_DETECTIONS = 100
"""In one picture, the surest. Source: torchvision's detectors."""


class ObjectDetection(Objective):
    """Metrics: map_50 (mean average precision at an overlap of one half)."""

    def __init__(self, model_type: str) -> None:
        if model_type not in FAMILIES:
            raise ModelFailed(f"detectors of type {model_type or 'none'} cannot be trained here; known: {', '.join(FAMILIES)}")

    def step(self, model: nn.Module, rows: Rows) -> Tensor:
        """The sum of the losses that the model tells."""
        losses = answer(model, rows.features, list(as_pictures(rows.features)), [_target(boxes) for boxes in rows.labels])
        if not isinstance(losses, dict) or not losses or not all(isinstance(loss, Tensor) for loss in losses.values()):
            raise ModelFailed("a detector that is given targets has to answer with a dictionary of its losses")
        return torch.stack([loss.reshape(()) for loss in losses.values()]).sum()

    def outputs(self, model: nn.Module, rows: Rows) -> Tensor:
        """Rows x boxes x [class, left, top, right, bottom, confidence], filled up with NaN."""
        answers = answer(model, rows.features, list(as_pictures(rows.features)))
        if not isinstance(answers, list | tuple) or len(answers) != len(rows):
            raise ModelFailed("a detector has to answer with one dictionary of boxes, labels and scores for each picture")
        return torch.stack([_detections(each) for each in answers])

    def loss(self, outputs: Tensor, rows: Rows) -> None:
        """None: the losses are the model's own."""
        return

    def measure(self, outputs: Tensor, rows: Rows) -> dict[str, float]:
        """Of all the boxes."""
        return {"map_50": metrics.mean_average_precision(array(outputs), rows.labels)}


def _target(boxes: Any) -> dict[str, Tensor]:  # noqa: ANN401 (boxes of one picture, as numpy)
    real = boxes[~np.isnan(boxes[:, 0])]
    return {"boxes": torch.from_numpy(real[:, 1:]), "labels": torch.from_numpy(real[:, 0]).long()}


def _detections(found: Any) -> Tensor:  # noqa: ANN401 (whatever the model answered)
    try:
        columns = [found["labels"].float().unsqueeze(1), found["boxes"].float().reshape(-1, 4), found["scores"].float().unsqueeze(1)]
        boxes = torch.cat(columns, dim=1)
    except (TypeError, KeyError, AttributeError, RuntimeError, IndexError) as error:
        raise ModelFailed("a detector has to answer with boxes, labels and scores of equal number for each picture") from error
    surest = boxes[torch.argsort(boxes[:, 5], descending=True, stable=True)][:MOST_DETECTIONS]
    filled = torch.full((MOST_DETECTIONS, 6), float("nan"))
    filled[: len(surest)] = surest
    return filled
