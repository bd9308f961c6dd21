"""One class a pixel."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from environments.platforms.tracebloc.training import metrics
from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.objectives.feeds import pictures
from environments.platforms.tracebloc.training.objectives.objective import Objective, array, choose, tensor, wrong_shape

LOSSES = {"crossentropy": functional.cross_entropy}
CHANNELS = 4


class Segmentation(Objective):
    """Metrics: mean_iou, accuracy (of pixels). Source: tracebloc SDK 1.2.63 (`torch_semantic_segmentation`), with crossentropy only."""

    def __init__(self, classes: int, loss_name: str) -> None:
        self._classes = classes
        self._loss = choose(LOSSES, loss_name, "semantic segmentation")

    def outputs(self, model: nn.Module, rows: Rows) -> Tensor:
        """Rows x classes x height x width; a model may answer in another size than it was asked in."""
        outputs = tensor(_unwrapped(pictures(model, rows.features)))
        if outputs.ndim != CHANNELS or tuple(outputs.shape[:2]) != (len(rows), self._classes):
            raise wrong_shape(outputs, rows, f"pictures of {self._classes} classes")
        return outputs

    def loss(self, outputs: Tensor, rows: Rows) -> Tensor:
        """Cross entropy of every pixel."""
        loss: Tensor = self._loss(outputs, _masks(outputs, rows))
        return loss

    def measure(self, outputs: Tensor, rows: Rows) -> dict[str, float]:
        """Of the most likely class of every pixel."""
        predictions, masks = array(outputs.argmax(dim=1)), array(_masks(outputs, rows))
        overlap = metrics.mean_intersection_over_union(predictions, masks)
        return {"mean_iou": overlap, "accuracy": metrics.accuracy(predictions, masks)}


def _masks(outputs: Tensor, rows: Rows) -> Tensor:
    """In the size of the outputs (SDK: `_align_mask_to_output`, nearest neighbour)."""
    masks = torch.from_numpy(rows.labels)
    if masks.shape[-2:] == outputs.shape[-2:]:
        return masks
    return functional.interpolate(masks.unsqueeze(1).float(), size=outputs.shape[-2:], mode="nearest").squeeze(1).long()


def _unwrapped(outputs: Any) -> Any:  # noqa: ANN401 (whatever the model answered)
    """torchvision's segmentation models answer with a dictionary (SDK: `_unwrap_segmentation_output`)."""
    if isinstance(outputs, dict) and outputs:
        return outputs.get("out", outputs.get("logits", next(iter(outputs.values()))))
    return outputs
