"""Time to an event, which for some has not come yet: the model says how much at risk each row is."""

import torch
from torch import Tensor, nn

from environments.platforms.tracebloc.training import metrics
from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.objectives.feeds import numbers
from environments.platforms.tracebloc.training.objectives.objective import Objective, array, choose, tensor, wrong_shape


class TimeToEvent(Objective):
    """Metrics: concordance. Source: tracebloc SDK 1.2.63 (`training/loss.py`): the one loss is coxph, Cox's partial likelihood."""

    def __init__(self, loss_name: str) -> None:
        self._loss = choose({"coxph": negative_log_partial_likelihood}, loss_name, "time to event prediction")

    def outputs(self, model: nn.Module, rows: Rows) -> Tensor:
        """One number a row: the logarithm of its hazard."""
        outputs = tensor(numbers(model, rows.features))
        if tuple(outputs.shape) not in ((len(rows),), (len(rows), 1)):
            raise wrong_shape(outputs, rows, "one number a row")
        return outputs.reshape(len(rows))

    def loss(self, outputs: Tensor, rows: Rows) -> Tensor:
        """Of these rows, among themselves."""
        durations, events = torch.from_numpy(rows.labels).unbind(dim=1)
        loss: Tensor = self._loss(outputs, durations, events)
        return loss

    def measure(self, outputs: Tensor, rows: Rows) -> dict[str, float]:
        """Of all pairs that can be compared."""
        return {"concordance": metrics.concordance(array(outputs), rows.labels[:, 0], rows.labels[:, 1])}


def negative_log_partial_likelihood(log_hazards: Tensor, durations: Tensor, events: Tensor) -> Tensor:
    """Mean over the events of how unlikely it was that this row had it, among all that could still have it; 0 without events.

    Source: Cox 1972, ties as Breslow 1974.
    """
    at_risk = durations.unsqueeze(0) >= durations.unsqueeze(1)
    of_all = torch.logsumexp(log_hazards.unsqueeze(0).masked_fill(~at_risk, float("-inf")), dim=1)
    return ((of_all - log_hazards) * events).sum() / events.sum().clamp(min=1)
