"""What the training client's own code says to answers of a model, in this process. Source: our choice."""

from typing import Any

from support.platforms.tracebloc.playbook.in_process.written_work import CLASSES, training_work

TAKEN = "taken"
LOSSES = {"time_to_event_prediction": "coxph"}
PICTURES = ("semantic_segmentation", "keypoint_detection")


def told_of(task: str, classes: int, labels: str, answers: str) -> str:
    """The words in which a model's answers are refused, or that they are taken.

    Args:
        task: its name.
        classes: of the dataset.
        labels: their shape, such as `2 x 3`, where the first number is that of the rows.
        answers: the shape of what the model gives; `text`: it gives no numbers.
    """
    import torch

    from environments.platforms.tracebloc.training.objectives import objective_of
    from environments.platforms.tracebloc.training.protocol import ModelFailed, Task

    category = task.replace(" ", "_")
    loss = LOSSES.get(category, "mse" if not classes else "crossentropy")
    rows = _rows(category, _shape(labels))
    given = "no numbers" if answers == "text" else torch.zeros(_shape(answers))

    class Model(torch.nn.Module):
        def forward(self, _: Any) -> Any:  # noqa: ANN401 (whatever it gives)
            return given

    made = Task(training_work(category=category, loss=loss, classes=CLASSES[:classes]), rows, "model.py", b"")
    try:
        objective_of(made, loss, seed=1).step(Model(), rows)
    except ModelFailed as refused:
        return str(refused)
    return TAKEN


def told_of_loss(task: str, loss: str) -> str:
    """The words in which a loss is refused for a task, or that it is taken."""
    from environments.platforms.tracebloc.training.objectives import objective_of
    from environments.platforms.tracebloc.training.protocol import ModelFailed, Task

    category = task.replace(" ", "_")
    try:
        objective_of(Task(training_work(category=category, loss=loss), _rows(category, (2,)), "model.py", b""), loss, seed=1)
    except ModelFailed as refused:
        return str(refused)
    return TAKEN


def _rows(category: str, labels: tuple[int, ...]) -> Any:  # noqa: ANN401 (the training client's Rows)
    import numpy

    from environments.platforms.tracebloc.training.data import Rows

    whole = category.endswith(("classification", "segmentation"))
    features = numpy.zeros((labels[0], 4, 4, 3), numpy.uint8) if category in PICTURES else numpy.zeros((labels[0], 5), numpy.float32)
    return Rows(features, numpy.zeros(labels, numpy.int64 if whole else numpy.float32))


def _shape(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(" x "))
