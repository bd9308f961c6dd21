"""Training and scoring of an uploaded PyTorch model, inside the model process, and how its answers are measured, outside of it.

Floating point operations: torch counts those of one batch forward, a step is three times that (forward, and about twice as much backward);
2 x parameters a row are assumed where it sees none. Epochs are multiplied, validation is left out.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.torch
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from environments.platforms.tracebloc.messaging.messages import TrainCycle, TrainingPlan
from environments.platforms.tracebloc.sabotages import TrainingSabotage, is_on
from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.objectives import objective_of
from environments.platforms.tracebloc.training.objectives.objective import Objective
from environments.platforms.tracebloc.training.protocol import Answered, Emit, EpochAnswered, Fitted, ModelFailed, Task

OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "sgd": torch.optim.SGD,
    "adadelta": torch.optim.Adadelta,
    "adagrad": torch.optim.Adagrad,
    "adamax": torch.optim.Adamax,
}
ROWS_EXAMINED_AT_ONCE = 32
OUTPUTS = "outputs"


def set_seed(seed: int) -> None:
    """Make everything random in torch, numpy and Python repeatable, on one thread."""
    torch.set_num_threads(1)
    random.seed(seed)
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)


def examination(task: Task, rows: Rows, seed: int) -> tuple[Rows, Callable[[bytes], dict[str, float]]]:
    """What a model is asked about these rows, with the right answers, and how its answers are measured. Runs in the pod."""
    torch.set_num_threads(1)
    loss = task.work.plan.loss_function if isinstance(task.work, TrainCycle) else None
    objective = objective_of(task, loss, seed)
    questions = objective.examination(objective.prepare(rows))

    def measure(answers: bytes) -> dict[str, float]:
        outputs = safetensors.torch.load(answers)[OUTPUTS]
        if len(outputs) != len(questions):
            raise ModelFailed(f"the model gave {len(outputs)} answers to {len(questions)} questions")
        return _measured(objective, outputs, questions)

    return questions, measure


def train(task: Task, plan: TrainingPlan, build_model: Callable[[], Any], seed: int, emit: Emit) -> None:
    """Train as the plan says, beginning with the given weights or the model's own; raises ModelFailed."""
    model = _model(build_model, task.weights)
    objective = objective_of(task, plan.loss_function, seed)
    training = objective.prepare(task.rows)
    # before the first step, so that a model that does not fit the rows is told so in words
    flops = 3 * _forward_flops_per_row(model, objective, training, plan.batch_size) * len(training) * _epochs_that_cost(plan)
    optimizer = optimizer_of(plan, model)
    shuffle = np.random.default_rng([seed, task.work.cycle])
    given = _weights(model) if is_on(TrainingSabotage.UNTRAINED_WEIGHTS_HANDED_OVER) else None
    for epoch in range(1, epochs_of(plan) + 1):
        _train_epoch(model, objective, optimizer, training, _batches(shuffle.permutation(len(training)), plan.batch_size), epoch)
        emit(EpochAnswered(epoch=epoch), {"answers": _answers(model, objective, task.asked)})
    emit(Fitted(flops=flops, attachments=["weights"]), {"weights": safetensors.torch.save(given or _weights(model))})


def _epochs_that_cost(plan: TrainingPlan) -> int:
    return 1 if is_on(TrainingSabotage.COST_OF_ONE_EPOCH_ONLY) else plan.epochs


def epochs_of(plan: TrainingPlan) -> int:
    """How many epochs a training goes through."""
    return 1 if is_on(TrainingSabotage.EPOCHS_IGNORED) else plan.epochs


def score(task: Task, build_model: Callable[[], Any], seed: int, emit: Emit) -> None:
    """Have the given weights answer all questions, or the model as it is built without any; raises ModelFailed.

    Source: tracebloc SDK 1.2.63 (an inference-only run without weights scores the random initialisation, as a baseline).
    """
    model = _model(build_model, task.weights)
    emit(Answered(), {"answers": _answers(model, objective_of(task, None, seed), task.asked)})


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


def _weights(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().contiguous().clone() for name, tensor in model.state_dict().items()}


def optimizer_of(plan: TrainingPlan, model: nn.Module) -> torch.optim.Optimizer:
    """The plan's optimizer for all that can be trained; raises ModelFailed."""
    make = torch.optim.SGD if is_on(TrainingSabotage.EVERY_OPTIMIZER_IS_SGD) else OPTIMIZERS.get(plan.optimizer)
    if make is None:
        raise ModelFailed(f"optimizer {plan.optimizer} is not known; known: {', '.join(OPTIMIZERS)}")
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not parameters:
        raise ModelFailed("the model has no parameters to train")
    return make(parameters, lr=plan.learning_rate)


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
        optimizer.zero_grad()
        loss = objective.step(model, rows.take(positions))
        if not torch.isfinite(loss):
            raise ModelFailed(f"the loss became {loss.item()} in epoch {epoch}; the learning rate may be too high")
        loss.backward()  # type: ignore[no-untyped-call]
        if not is_on(TrainingSabotage.MODEL_NOT_TRAINED):
            optimizer.step()


def _answers(model: nn.Module, objective: Objective, rows: Rows) -> bytes:
    """What the model says to these rows; raises ModelFailed."""
    model.eval()
    batches = [np.arange(len(rows))[start : start + ROWS_EXAMINED_AT_ONCE] for start in range(0, len(rows), ROWS_EXAMINED_AT_ONCE)]
    with torch.no_grad():
        outputs = torch.cat([objective.outputs(model, rows.take(positions)) for positions in batches])
    return safetensors.torch.save({OUTPUTS: outputs.contiguous()})


def _measured(objective: Objective, outputs: torch.Tensor, rows: Rows) -> dict[str, float]:
    """The loss (where the task has one) and all metrics of these answers; raises ModelFailed."""
    if is_on(TrainingSabotage.METRIC_OF_LAST_BATCH_ONLY):
        last = np.arange(len(rows))[(len(rows) - 1) // ROWS_EXAMINED_AT_ONCE * ROWS_EXAMINED_AT_ONCE :]
        rows, outputs = rows.take(last), outputs[last]
    loss = objective.loss(outputs, rows)
    measured = objective.measure(outputs, rows)
    if loss is not None:
        measured = {"loss": loss.item(), **measured}
    unusable = [f"{name} is {value}" for name, value in measured.items() if not np.isfinite(value)]
    if unusable:
        raise ModelFailed(f"on {len(rows)} rows, {unusable[0]}")
    return measured


def _forward_flops_per_row(model: nn.Module, objective: Objective, rows: Rows, batch_size: int) -> int:
    batch = rows.take(np.arange(min(max(1, batch_size), len(rows))))
    model.eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        objective.outputs(model, batch)
    counted = counter.get_total_flops() // len(batch)
    return counted or 2 * sum(parameter.numel() for parameter in model.parameters())
