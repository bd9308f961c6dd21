"""Training and scoring of an uploaded PyTorch model; imported only inside the model process.

Classification: the model gives one column a class (or a single one for two classes). `crossentropy` and `binarycrossentropy` take the
outputs as logits; `mse` (the SDK's default for every category) and `l1` compare them with the one-hot label. Regression: one column, `mse`
or `l1`.

Floating point operations: torch counts those of one batch forward, a step is three times that (forward, and about twice as much backward);
2 x parameters a row are assumed where it sees none. Epochs are multiplied, validation is left out.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from environments.reference_platform.messages import TrainingPlan
from environments.reference_platform.training import metrics
from environments.reference_platform.training.data import REGRESSION, Rows, split
from environments.reference_platform.training.protocol import EpochDone, ModelFailed, Outcome, Scored, Task, Trained

OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "sgd": torch.optim.SGD,
    "adadelta": torch.optim.Adadelta,
    "adagrad": torch.optim.Adagrad,
    "adamax": torch.optim.Adamax,
}
REGRESSION_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"mse": functional.mse_loss, "l1": functional.l1_loss}
CLASSIFICATION_LOSSES = ("crossentropy", "binarycrossentropy", "mse", "l1")


@dataclass(frozen=True)
class Objective:
    """How a model's outputs are compared with the labels, and what they predict."""

    loss: Callable[[Tensor, Tensor], Tensor]
    predict: Callable[[Tensor], Tensor]
    columns: int
    regression: bool


@dataclass(frozen=True)
class Evaluation:
    """A model's predictions for some rows, and its loss on them."""

    predictions: npt.NDArray[Any]
    loss: float


def set_seed(seed: int) -> None:
    """Make everything random in torch and numpy repeatable, on one thread."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)


def train(task: Task, plan: TrainingPlan, build_model: Callable[[], Any], seed: int, emit: Callable[[EpochDone], None]) -> Outcome:
    """Train as the plan says, beginning with the given weights or the model's own; raises ModelFailed."""
    began = time.process_time()
    model = _model(build_model, task.weights)
    training, validation = split(task.rows, plan.validation_split, seed)
    objective = _objective(task, plan.loss_function)
    # before the first step, so that a model that does not fit the rows is told so in words
    flops = 3 * _forward_flops_per_row(model, objective, training, plan.batch_size) * len(training) * plan.epochs
    optimizer = _optimizer(plan, model)
    shuffle = np.random.default_rng([seed, task.work.cycle])
    measured: dict[str, float] = {}
    for epoch in range(1, plan.epochs + 1):
        _train_epoch(model, objective, optimizer, training, _batches(shuffle.permutation(len(training)), plan.batch_size), epoch)
        evaluation = _evaluate(model, objective, validation)
        measured = metrics.of_epoch(evaluation.predictions, validation.labels, evaluation.loss, regression=objective.regression)
        emit(EpochDone(epoch=epoch, metrics=measured))
    weights = {name: tensor.detach().contiguous().clone() for name, tensor in model.state_dict().items()}
    event = Trained(
        rows=len(training), metrics=measured, flops=flops, processor_seconds=time.process_time() - began, attachments=["weights"]
    )
    return Outcome(event, {"weights": safetensors.torch.save(weights)})


def score(task: Task, metric: str, build_model: Callable[[], Any]) -> Outcome:
    """Score the given weights on all rows, or the model as it is built without any; raises ModelFailed.

    Source: tracebloc SDK 1.2.63 (an inference-only run without weights scores the random initialisation, as a baseline).
    """
    model = _model(build_model, task.weights)
    objective = _objective(task, "mse" if task.work.category == REGRESSION else "crossentropy")
    evaluation = _evaluate(model, objective, task.rows)
    value = metrics.score(metric, evaluation.predictions, task.rows.labels, evaluation.loss)
    return Outcome(Scored(rows=len(task.rows), score=value), {})


def _model(build_model: Callable[[], Any], weights: bytes | None) -> nn.Module:
    model = build_model()
    if not isinstance(model, nn.Module):
        raise ModelFailed(f"the model file builds a {type(model).__name__}, not a torch.nn.Module")
    if weights is not None:
        try:
            model.load_state_dict(safetensors.torch.load(weights))
        except safetensors.SafetensorError as error:
            raise ModelFailed(f"the weights to begin with are not safetensors: {error}") from error
        except RuntimeError as error:
            raise ModelFailed(f"the weights to begin with do not fit the model: {error}") from error
    return model


def _optimizer(plan: TrainingPlan, model: nn.Module) -> torch.optim.Optimizer:
    make = OPTIMIZERS.get(plan.optimizer)
    if make is None:
        raise ModelFailed(f"optimizer {plan.optimizer} is not known; known: {', '.join(OPTIMIZERS)}")
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not parameters:
        raise ModelFailed("the model has no parameters to train")
    return make(parameters, lr=plan.learning_rate)


def _objective(task: Task, loss_name: str) -> Objective:
    if task.work.category == REGRESSION:
        if loss_name not in REGRESSION_LOSSES:
            raise ModelFailed(f"loss {loss_name} does not fit regression; known: {', '.join(REGRESSION_LOSSES)}")
        return Objective(REGRESSION_LOSSES[loss_name], lambda outputs: outputs, columns=1, regression=True)
    if loss_name not in CLASSIFICATION_LOSSES:
        raise ModelFailed(f"loss {loss_name} does not fit classification; known: {', '.join(CLASSIFICATION_LOSSES)}")
    classes = len(task.work.dataset.classes)

    def loss(outputs: Tensor, labels: Tensor) -> Tensor:
        if outputs.ndim == 1:  # one column for two classes
            return _binary_loss(loss_name)(outputs, labels.to(outputs.dtype))
        if loss_name == "crossentropy":
            return functional.cross_entropy(outputs, labels)
        return _binary_loss(loss_name)(outputs, functional.one_hot(labels, classes).to(outputs.dtype))

    def predict(outputs: Tensor) -> Tensor:
        if outputs.ndim == 1:
            return (outputs > (0.0 if "crossentropy" in loss_name else 0.5)).long()
        return outputs.argmax(dim=1)

    return Objective(loss, predict, classes, regression=False)


def _binary_loss(name: str) -> Callable[[Tensor, Tensor], Tensor]:
    return functional.binary_cross_entropy_with_logits if "crossentropy" in name else REGRESSION_LOSSES[name]


def _outputs(model: nn.Module, objective: Objective, features: npt.NDArray[np.float32]) -> Tensor:
    try:
        outputs = model(torch.from_numpy(features))
    except (RuntimeError, ValueError, TypeError, IndexError, AttributeError) as error:
        rows, columns = features.shape
        raise ModelFailed(f"the model fails on {rows} rows of {columns} features: {type(error).__name__}: {error}") from error
    if not isinstance(outputs, Tensor):
        raise ModelFailed(f"the model gives a {type(outputs).__name__}, not a tensor")
    rows = len(features)
    single = objective.regression or objective.columns == 2
    if single and tuple(outputs.shape) in ((rows,), (rows, 1)):
        return outputs.reshape(rows)
    if not objective.regression and tuple(outputs.shape) == (rows, objective.columns):
        return outputs
    wanted = "one number a row" if objective.regression else f"{objective.columns} classes"
    raise ModelFailed(f"the model gives outputs of shape {tuple(outputs.shape)} for {rows} rows, where {wanted} are needed")


def _batches(order: npt.NDArray[np.intp], size: int) -> Iterator[npt.NDArray[np.intp]]:
    """Batches of `size`; a last one of a single row goes with the one before it, since batch normalisation cannot train on one row."""
    starts = list(range(0, len(order), max(1, size)))
    if len(starts) > 1 and len(order) - starts[-1] == 1:
        starts.pop()
    for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
        yield order[start:end]


def _train_epoch(
    model: nn.Module,
    objective: Objective,
    optimizer: torch.optim.Optimizer,
    rows: Rows,
    batches: Iterator[npt.NDArray[np.intp]],
    epoch: int,
) -> None:
    model.train()
    for positions in batches:
        batch = rows.take(positions)
        optimizer.zero_grad()
        loss = objective.loss(_outputs(model, objective, batch.features), torch.from_numpy(batch.labels))
        if not torch.isfinite(loss):
            raise ModelFailed(f"the loss became {loss.item()} in epoch {epoch}; the learning rate may be too high")
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _evaluate(model: nn.Module, objective: Objective, rows: Rows) -> Evaluation:
    model.eval()
    with torch.no_grad():
        outputs = _outputs(model, objective, rows.features)
        loss = objective.loss(outputs, torch.from_numpy(rows.labels)).item()
    if not np.isfinite(loss):
        raise ModelFailed(f"the loss on {len(rows)} rows is {loss}")
    return Evaluation(objective.predict(outputs).numpy(), loss)


def _forward_flops_per_row(model: nn.Module, objective: Objective, rows: Rows, batch_size: int) -> int:
    batch = rows.features[: max(1, batch_size)]
    model.eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        _outputs(model, objective, batch)
    counted = counter.get_total_flops() // len(batch)
    return counted or 2 * sum(parameter.numel() for parameter in model.parameters())
