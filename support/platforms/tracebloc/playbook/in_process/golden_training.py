"""Losses, seeds and ends of a training that are written down by hand, from the training client's own code, in this process.

Source: our choice.
"""

import errno
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.platforms.tracebloc.playbook.in_process.written_work import CLASSES, training_work

if TYPE_CHECKING:
    from environments.platforms.tracebloc.training.data import Rows
    from environments.platforms.tracebloc.training.objectives.objective import Objective

Numbers = Sequence[Sequence[float]]


def numbers_of(text: str) -> Numbers:
    """`1, 2; 3, 4`: a row each between semicolons."""
    return [[float(number) for number in row.split(",")] for row in text.split(";")]


def loss_of(task: str, loss: str, outputs: str, truth: str, classes: int) -> float:
    """How far off a model's outputs are, a row each."""
    import torch

    objective, rows = _asked(task, loss, truth, classes)
    value = objective.loss(torch.tensor(_squeezed(numbers_of(outputs)), dtype=torch.float32), rows)
    if value is None:
        raise AssertionError(f"{task} has no loss of its own")
    return float(value.item())


def accuracy_of(loss: str, outputs: str, truth: str, classes: int) -> float:
    """How many of a classifier's outputs are right, which depends on the loss that it was trained by."""
    import torch

    objective, rows = _asked("tabular classification", loss, truth, classes)
    return objective.measure(torch.tensor(_squeezed(numbers_of(outputs)), dtype=torch.float32), rows)["accuracy"]


def log_loss_of_estimator(known: str, probabilities: str, truth: str) -> float:
    """Of a scikit-learn estimator that knows some of the three classes only, as it measures its validation rows."""
    import numpy
    from safetensors.numpy import save

    from environments.platforms.tracebloc.training import scikit_learn

    task, rows = _task("tabular_classification", "crossentropy", truth, len(CLASSES))
    _, measure = scikit_learn.examination(task, rows, 0)
    given, classes = numpy.asarray(numbers_of(probabilities)), numpy.asarray([int(each) for each in known.split(",")])
    answers = {"predictions": classes[given.argmax(axis=1)], "probabilities": given, "classes": classes}
    return measure(save(answers))["loss"]


def measured_of_classifier(answers: str, truth: str) -> dict[str, float]:
    """What a scikit-learn estimator that gives classes without probabilities is measured by, as it measures its validation rows."""
    import numpy
    from safetensors.numpy import save

    from environments.platforms.tracebloc.training import scikit_learn

    task, rows = _task("tabular_classification", "crossentropy", truth, len(CLASSES))
    _, measure = scikit_learn.examination(task, rows, 0)
    return measure(save({"predictions": numpy.asarray(_squeezed(numbers_of(answers))).astype(numpy.int64)}))


def measured_of_regressor(answers: str, truth: str) -> dict[str, float]:
    """What a scikit-learn estimator of numbers is measured by, as it measures its validation rows."""
    import numpy
    from safetensors.numpy import save

    from environments.platforms.tracebloc.training import scikit_learn

    task, rows = _task("tabular_regression", "mse", truth, 0)
    _, measure = scikit_learn.examination(task, rows, 0)
    return measure(save({"predictions": numpy.asarray(_squeezed(numbers_of(answers)))}))


def seed_of(experiment: str, seed: int | None, cycle: int = 1) -> int:
    """By which a training draws."""
    from environments.platforms.tracebloc.training import frameworks

    task, _ = _task("tabular_classification", "crossentropy", "0", len(CLASSES), experiment=experiment, seed=seed, cycle=cycle)
    return frameworks.seed_of(task)


def exit_code_of(what: str) -> int:
    """With which a job ends whose model raises this, where `/own` is its folder."""
    from environments.platforms.tracebloc.training.protocol import ModelFailed, cause_of

    def wrapped(error: Exception) -> Exception:
        failed = ModelFailed("the model fails")
        failed.__cause__ = error
        return failed

    errors: Mapping[str, Callable[[], Exception]] = {
        "out of memory": MemoryError,
        "not permitted": lambda: PermissionError(errno.EPERM, "not permitted"),
        "no access": lambda: PermissionError(errno.EACCES, "no access"),
        "no access, told as another error": lambda: wrapped(PermissionError(errno.EACCES, "no access")),
        "a place that is only read": lambda: OSError(errno.EROFS, "read-only"),
        "no network": lambda: OSError(errno.ENETUNREACH, "no network"),
        "a file of somebody else that cannot be seen": lambda: FileNotFoundError(errno.ENOENT, "none", "/others/rows.csv"),
        "a file of its own that is not there": lambda: FileNotFoundError(errno.ENOENT, "none", "/own/rows.csv"),
        "no room left": lambda: OSError(errno.ENOSPC, "no room"),
        "a file too large": lambda: OSError(errno.EFBIG, "too large"),
        "too many files": lambda: OSError(errno.EMFILE, "too many"),
        "too many threads": lambda: RuntimeError("can't start new thread"),
        "out of memory, told as another error": lambda: wrapped(MemoryError()),
        "any other error": lambda: ValueError("wrong"),
    }
    return int(cause_of(errors[what](), [Path("/own")]))


def _asked(task: str, loss: str, truth: str, classes: int) -> "tuple[Objective, Rows]":
    from environments.platforms.tracebloc.training.objectives import objective_of

    made, rows = _task(task.replace(" ", "_"), loss, truth, classes)
    return objective_of(made, loss, seed=1), rows


def _task(category: str, loss: str, truth: str, classes: int, **more: Any) -> Any:  # noqa: ANN401 (a Task and its rows)
    import numpy

    from environments.platforms.tracebloc.training.data import Rows
    from environments.platforms.tracebloc.training.protocol import Task

    kind = numpy.int64 if category.endswith("classification") else numpy.float32
    labels = numpy.asarray(_squeezed(numbers_of(truth)), dtype=kind)
    rows = Rows(numpy.zeros((len(labels), 1), dtype=numpy.float32), labels)
    work = training_work(category=category, loss=loss, classes=CLASSES[:classes], **more)
    return Task(work, rows, "model.py", b""), rows


def _squeezed(rows: Numbers) -> Any:  # noqa: ANN401 (numbers, or lists of them)
    return [row[0] if len(row) == 1 else row for row in rows]
