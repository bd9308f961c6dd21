"""Metrics of answers written down by hand, measured with the training client's own code, in this process. Source: our choice."""

from collections.abc import Callable, Mapping
from typing import Any

from environments.errors import WrongScenario

Measures = Mapping[str, Callable[[Any, Any], float]]


def of_answers(metric: str, answers: str, truth: str) -> float:
    """A metric of numbers separated by commas; a WrongScenario says which metrics there are."""
    import numpy

    from environments.platforms.tracebloc.training import metrics

    measures: Measures = {
        "accuracy": metrics.accuracy,
        "f1": metrics.macro_f1,
        "mean_iou": metrics.mean_intersection_over_union,
        "rmse": metrics.root_mean_squared_error,
        "mae": metrics.mean_absolute_error,
    }
    if metric not in measures:
        raise WrongScenario(f"no metric of plain numbers is called {metric}; there are: {', '.join(measures)}")
    return measures[metric](*(numpy.array([float(value) for value in text.split(",")]) for text in (answers, truth)))


def share_of_key_points(points: list[dict[str, float]], side: int) -> float:
    """The share found of one picture's key points: x, y, visible, and where they were said to be."""
    import numpy

    from environments.platforms.tracebloc.training import metrics

    said = numpy.array([[[point["said x"], point["said y"], 1.0] for point in points]])
    truth = numpy.array([[[point["x"], point["y"], point["visible"]] for point in points]])
    return metrics.share_of_key_points(said, truth, side)


def concordance(patients: list[dict[str, float]]) -> float:
    """Of risks, durations and events."""
    import numpy

    from environments.platforms.tracebloc.training import metrics

    columns = [numpy.array([patient[name] for patient in patients]) for name in ("risk", "duration", "event")]
    return metrics.concordance(*columns)


def average_precision(found: list[dict[str, float]], there: list[dict[str, float]]) -> float:
    """The mean average precision of boxes that were found, with their confidence, where these boxes are."""
    import numpy

    from environments.platforms.tracebloc.training import metrics

    pictures = int(max(box["picture"] for box in (*found, *there)))

    def filled(boxes: list[dict[str, float]], names: tuple[str, ...]) -> Any:  # noqa: ANN401 (a numpy array)
        table = numpy.full((pictures, len(boxes), len(names)), numpy.nan)
        for place, box in enumerate(boxes):
            table[int(box["picture"]) - 1, place] = [box[name] for name in names]
        return table

    corners = ("class", "left", "top", "right", "bottom")
    return metrics.mean_average_precision(filled(found, (*corners, "confidence")), filled(there, corners))


def steps_of(optimizer: str) -> tuple[float, float]:
    """Where a weight of 1 is after gradients of 1 and then of 2, at a learning rate of 0.1."""
    import torch

    from environments.platforms.tracebloc.messaging.messages import TrainingPlan
    from environments.platforms.tracebloc.training.pytorch import optimizer_of

    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.ones_(model.weight)
    plan = TrainingPlan(epochs=1, batch_size=1, optimizer=optimizer, learning_rate=0.1, loss_function="mse", validation_split=0.0)
    steps, weights = optimizer_of(plan, model), []
    for gradient in (1.0, 2.0):
        model.weight.grad = torch.full_like(model.weight, gradient)
        steps.step()
        weights.append(float(model.weight.item()))
    return weights[0], weights[1]


def grams_co2e(seconds: float) -> float:
    """Of so much time of one processor core."""
    from environments.platforms.tracebloc.training import emissions

    return emissions.grams_co2e(seconds)


def reason_of(exit_code: int) -> str:
    """What the pods-monitor says of a pod that ended with this code."""
    from environments.platforms.tracebloc.pods_monitor import exit_reasons

    return exit_reasons.reason(exit_code)
