"""Numbers: one a row (tables), or one a step that is foretold (time series)."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from environments.platforms.tracebloc.training import metrics
from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.objectives.feeds import Feed
from environments.platforms.tracebloc.training.objectives.objective import Objective, array, choose, tensor, wrong_shape

LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"mse": functional.mse_loss, "l1": functional.l1_loss}


class Regression(Objective):
    """Metrics: rmse, mae, both in the label's unit."""

    def __init__(self, feed: Feed, loss_name: str) -> None:
        self._feed = feed
        self._loss: Callable[[Tensor, Tensor], Tensor] = choose(LOSSES, loss_name, "regression")

    def outputs(self, model: nn.Module, rows: Rows) -> Tensor:
        """Of the labels' shape, or with one more column of width 1 (SDK: outputs are squeezed)."""
        outputs = tensor(self._feed(model, rows.features))
        if outputs.numel() == rows.labels.size and outputs.shape[:1] == rows.labels.shape[:1]:
            return outputs.reshape(rows.labels.shape)
        each = "one number a row" if rows.labels.ndim == 1 else f"{rows.labels.shape[1]} numbers a row"
        raise wrong_shape(outputs, rows, each)

    def loss(self, outputs: Tensor, rows: Rows) -> Tensor:
        """By the plan's loss function."""
        return self._loss(outputs, torch.from_numpy(rows.labels))

    def measure(self, outputs: Tensor, rows: Rows) -> dict[str, float]:
        """Of the numbers themselves."""
        return metrics.regression(array(outputs), rows.labels)
