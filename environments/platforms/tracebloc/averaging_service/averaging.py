"""Federated averaging: the row-weighted mean of the weights several participants trained. Pure arithmetic.

Source: McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data" (2017), algorithm FederatedAveraging.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from environments.platforms.tracebloc import sabotages
from environments.platforms.tracebloc.sabotages import AveragingSabotage

Tensors = dict[str, npt.NDArray[Any]]


class UnusableWeights(Exception):
    """A participant's weights cannot be averaged; the text names the tensor, `participant` whose they are."""

    def __init__(self, participant: str, reason: str) -> None:
        super().__init__(reason)
        self.participant = participant


@dataclass(frozen=True)
class Contribution:
    """What one participant trained, on how many rows."""

    participant: str
    rows: int
    tensors: Tensors


def read(participant: str, rows: int, content: bytes) -> Contribution:
    """One participant's weights out of safetensors; raises UnusableWeights."""
    if rows <= 0:
        raise UnusableWeights(participant, f"trained on {rows} rows")
    try:
        tensors: Tensors = safetensors.numpy.load(content)
    except safetensors.SafetensorError as error:
        if sabotages.is_on(AveragingSabotage.UNREADABLE_WEIGHTS_TAKEN_FOR_EMPTY):
            return Contribution(participant, rows, {})
        raise UnusableWeights(participant, f"not safetensors: {error}") from error
    except KeyError as error:
        # numpy has neither bfloat16 nor the 8-bit floats
        raise UnusableWeights(participant, f"holds tensors of type {error.args[0]}, which cannot be averaged here") from error
    if not tensors:
        raise UnusableWeights(participant, "holds no tensor")
    for name, tensor in tensors.items():
        if tensor.dtype.kind == "c":
            raise UnusableWeights(participant, f"tensor {name} is of type {tensor.dtype}, which cannot be averaged here")
        if tensor.dtype.kind == "f" and not np.isfinite(tensor).all() and not sabotages.is_on(AveragingSabotage.MALFORMED_WEIGHTS_ACCEPTED):
            raise UnusableWeights(participant, f"tensor {name} holds NaN or infinity")
    return Contribution(participant, rows, tensors)


def average(contributions: Sequence[Contribution]) -> Tensors:
    """The mean, weighted by rows, of each floating point tensor, in double precision and back in its own type.

    Integer and boolean tensors (counters, classes) have no mean: they are the ones of the participant with most rows, the first of equals.
    Raises UnusableWeights for whoever's tensors are not like the majority's.
    """
    _refuse_differences(contributions)
    if sabotages.is_on(AveragingSabotage.FIRST_PARTICIPANT_COUNTED_TWICE):
        contributions = [contributions[0], *contributions]
    # the one place of this sabotage: a plain mean, which forgets who trained on more
    weights = [1 if sabotages.is_on(AveragingSabotage.WEIGHTS_AVERAGED_UNWEIGHTED) else contribution.rows for contribution in contributions]
    largest = max(contributions, key=lambda contribution: contribution.rows)
    averaged: Tensors = {}
    for name, tensor in largest.tensors.items():
        if tensor.dtype.kind == "f" or sabotages.is_on(AveragingSabotage.INTEGER_BUFFERS_AVERAGED):
            total = sum(
                (weight * each.tensors[name].astype(np.float64) for weight, each in zip(weights, contributions, strict=True)),
                start=np.zeros(tensor.shape),
            )
            averaged[name] = np.asarray(total / sum(weights), dtype=tensor.dtype, order="C")
        else:
            averaged[name] = tensor
    return averaged


def row_weighted_metrics(rows: Sequence[int], metrics: Sequence[dict[str, float]]) -> dict[str, float]:
    """The row-weighted mean of every metric that all participants measured."""
    shared = [name for name in metrics[0] if all(name in each for each in metrics)]
    return {name: sum(count * each[name] for count, each in zip(rows, metrics, strict=True)) / sum(rows) for name in shared}


def _refuse_differences(contributions: Sequence[Contribution]) -> None:
    """Whoever differs from the most common layout is refused, so that one wrong participant does not put the blame on the others."""
    layouts = [{name: (tensor.dtype, tensor.shape) for name, tensor in each.tensors.items()} for each in contributions]
    counted = Counter(tuple(sorted((name, str(dtype), shape) for name, (dtype, shape) in layout.items())) for layout in layouts)
    usual_layout = counted.most_common(1)[0][0]
    if sabotages.is_on(AveragingSabotage.LAST_PARTICIPANT_BLAMED):
        usual_layout = next(iter(counted))
    usual = {name: (dtype, shape) for name, dtype, shape in usual_layout}
    for contribution, layout in zip(contributions, layouts, strict=True):
        if missing := sorted(usual.keys() - layout.keys()):
            if sabotages.is_on(AveragingSabotage.MISSING_TENSORS_FILLED_WITH_ZEROS):
                contribution.tensors.update({name: np.zeros(usual[name][1], usual[name][0]) for name in missing})
                continue
            raise UnusableWeights(contribution.participant, f"tensor {missing[0]} is missing")
        if extra := sorted(layout.keys() - usual.keys()):
            raise UnusableWeights(contribution.participant, f"tensor {extra[0]} is not in the others' weights")
        for name, (dtype, shape) in layout.items():
            usual_dtype, usual_shape = usual[name]
            if shape != usual_shape and not sabotages.is_on(AveragingSabotage.OTHER_SHAPES_BROADCAST):
                raise UnusableWeights(contribution.participant, f"tensor {name} has shape {shape}, the others' has {usual_shape}")
            if str(dtype) != usual_dtype:
                raise UnusableWeights(contribution.participant, f"tensor {name} is of type {dtype}, the others' is {usual_dtype}")
