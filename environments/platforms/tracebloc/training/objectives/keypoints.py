"""Key points of a picture: where each is."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from environments.platforms.tracebloc.training import metrics
from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.objectives.feeds import pictures
from environments.platforms.tracebloc.training.objectives.objective import Objective, array, choose, tensor, wrong_shape
from environments.platforms.tracebloc.training.objectives.regression import LOSSES
from environments.platforms.tracebloc.training.protocol import ModelFailed


class KeypointDetection(Objective):
    """Metrics: pck (share found within a tenth of the picture's side), distance (mean, in pixels of the model's picture).

    Source: tracebloc SDK 1.2.63 (`torch_key_point_detector`): the outputs are compared with rows x points x [x, y, visible] in pixels. Its
    other two kinds, heatmap and rcnn, are refused.
    """

    def __init__(self, model_type: str, loss_name: str) -> None:
        if model_type:
            raise ModelFailed(
                f"key point models of type {model_type} cannot be trained here, only those that give each point's x, y, visible"
            )
        self._loss: Callable[[Tensor, Tensor], Tensor] = choose(LOSSES, loss_name, "keypoint detection")

    def outputs(self, model: nn.Module, rows: Rows) -> Tensor:
        """Rows x points x 3."""
        outputs = tensor(pictures(model, rows.features))
        if outputs.shape != rows.labels.shape:
            raise wrong_shape(outputs, rows, f"{rows.labels.shape[1]} points of x, y, visible")
        return outputs

    def loss(self, outputs: Tensor, rows: Rows) -> Tensor:
        """By the plan's loss function."""
        return self._loss(outputs, torch.from_numpy(rows.labels))

    def measure(self, outputs: Tensor, rows: Rows) -> dict[str, float]:
        """Of the visible points."""
        predictions = array(outputs)
        distances = np.hypot(*np.moveaxis(predictions[..., :2] - rows.labels[..., :2], -1, 0))
        found = metrics.share_of_key_points(predictions, rows.labels, side=rows.features.shape[1])
        return {"pck": found, "distance": float(np.mean(distances[rows.labels[..., 2] > 0]))}
