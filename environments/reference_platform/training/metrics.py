"""How good predictions are, in plain numpy."""

from typing import Any

import numpy as np
import numpy.typing as npt

from environments.reference_platform.training.protocol import ModelFailed

Array = npt.NDArray[Any]
METRICS = ("accuracy", "f1", "loss", "rmse", "mae")


def accuracy(predictions: Array, labels: Array) -> float:
    """Share of right predictions, 0 to 1."""
    return float(np.mean(predictions == labels))


def macro_f1(predictions: Array, labels: Array) -> float:
    """Mean over the classes that occur of each class's F1, 0 to 1; a class never predicted nor hit counts 0."""
    scores = []
    for label in np.union1d(predictions, labels):
        right = np.sum((predictions == label) & (labels == label))
        scores.append(2 * right / (np.sum(predictions == label) + np.sum(labels == label)))
    return float(np.mean(scores))


def root_mean_squared_error(predictions: Array, labels: Array) -> float:
    """In the label's unit."""
    return float(np.sqrt(np.mean((predictions.astype(np.float64) - labels) ** 2)))


def mean_absolute_error(predictions: Array, labels: Array) -> float:
    """In the label's unit."""
    return float(np.mean(np.abs(predictions.astype(np.float64) - labels)))


def log_loss(probabilities: Array, labels: Array) -> float:
    """Mean negative logarithm of the probability given to the right class (columns are classes)."""
    right = probabilities[np.arange(len(labels)), labels]
    return float(-np.mean(np.log(np.clip(right, 1e-15, 1.0))))


def score(metric: str, predictions: Array, labels: Array, loss: float) -> float:
    """One metric by name; raises ModelFailed for a name it does not know."""
    if metric == "accuracy":
        return accuracy(predictions, labels)
    if metric == "f1":
        return macro_f1(predictions, labels)
    if metric == "rmse":
        return root_mean_squared_error(predictions, labels)
    if metric == "mae":
        return mean_absolute_error(predictions, labels)
    if metric == "loss":
        return loss
    raise ModelFailed(f"metric {metric} is not known; known: {', '.join(METRICS)}")


def of_epoch(predictions: Array, labels: Array, loss: float, *, regression: bool) -> dict[str, float]:
    """What is reported after an epoch."""
    if regression:
        return {"loss": loss, "rmse": root_mean_squared_error(predictions, labels), "mae": mean_absolute_error(predictions, labels)}
    return {"loss": loss, "accuracy": accuracy(predictions, labels)}
