"""What every task has in common for a PyTorch model; imported only inside the model process."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from environments.platforms.tracebloc.training.data import Rows
from environments.platforms.tracebloc.training.protocol import ModelFailed


class Objective(ABC):
    """One task: how a model is fed, how far off its answer is, and how good it is."""

    def prepare(self, rows: Rows) -> Rows:
        """All rows, made ready for the model once, before they are split."""
        return rows

    def examination(self, rows: Rows) -> Rows:
        """Prepared rows as they are asked in a test; always the same for the same rows."""
        return rows

    def step(self, model: nn.Module, rows: Rows) -> Tensor:
        """The loss of one batch of prepared rows, to be gone down."""
        loss = self.loss(self.outputs(model, rows), rows)
        if loss is None:
            raise ModelFailed("this task has no loss of its own")
        return loss

    @abstractmethod
    def outputs(self, model: nn.Module, rows: Rows) -> Tensor:
        """What the model says to these rows, row by row; raises ModelFailed when that is nothing the task can use."""

    @abstractmethod
    def loss(self, outputs: Tensor, rows: Rows) -> Tensor | None:
        """How far off the outputs are; None where only the model itself can tell."""

    @abstractmethod
    def measure(self, outputs: Tensor, rows: Rows) -> dict[str, float]:
        """How good the outputs are, by the name of each metric."""


def answer(model: nn.Module, features: npt.NDArray[Any], *inputs: Any, **more: Any) -> Any:  # noqa: ANN401 (whatever it answers)
    """Call the model; raises ModelFailed that says on what it failed."""
    try:
        return model(*inputs, **more)
    except (RuntimeError, ValueError, TypeError, IndexError, AttributeError) as error:
        count, *shape = features.shape
        each = f"{shape[0]} features" if len(shape) == 1 else " x ".join(map(str, shape))
        raise ModelFailed(f"the model fails on {count} rows of {each}: {type(error).__name__}: {error}") from error


def tensor(outputs: object) -> Tensor:
    """The outputs if they are a tensor; raises ModelFailed."""
    if not isinstance(outputs, Tensor):
        raise ModelFailed(f"the model gives a {type(outputs).__name__}, not a tensor")
    return outputs


def wrong_shape(outputs: Tensor, rows: Rows, wanted: str) -> ModelFailed:
    """The refusal of outputs of a shape that the task cannot use."""
    return ModelFailed(f"the model gives outputs of shape {tuple(outputs.shape)} for {len(rows)} rows, where {wanted} are needed")


def choose(known: dict[str, Any], name: str, task: str) -> Any:  # noqa: ANN401 (whatever is chosen among)
    """The loss of that name; raises ModelFailed that names those of the task."""
    if name not in known:
        raise ModelFailed(f"loss {name} does not fit {task}; known: {', '.join(known)}")
    return known[name]


def array(values: Tensor) -> npt.NDArray[Any]:
    """The values as numpy."""
    return np.asarray(values.detach().cpu().numpy())
