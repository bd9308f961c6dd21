"""Federated averaging done a second time, apart from the platform, to compare with what the platform stored.

Source: McMahan et al. 2017, FedAvg: the mean of the participants' weights, each weighted by its rows.
"""

from collections.abc import Mapping
from typing import Any

from support.platforms.tracebloc.playbook.training.experiments import weights_key
from support.platforms.tracebloc.scene import Scene, Training

Tensors = Mapping[str, Any]


def participants_weights(scene: Scene, training: Training, cycle: int) -> dict[str, tuple[int, Tensors]]:
    """For each participant of a cycle (by Client ID): the rows it trained on, and its tensors."""
    found = {}
    for environment in scene.environments:
        prefix = f"experiments/{training.experiment_key}/cycles/{cycle}/participants/{environment.client_id}/"
        for key in scene.object_store.keys(prefix):
            if key.endswith("weights.safetensors"):
                rows = int(scene.object_store.metadata(key)["rows"])
                found[environment.client_id] = (rows, tensors_in(scene.object_store.read(key)))
    return found


def averaged_weights(scene: Scene, training: Training, cycle: int) -> Tensors:
    """The averaged weights that the platform names for a cycle; an AssertionError when it names none."""
    return tensors_in(scene.object_store.read(weights_key(training, cycle)))


def weighted_mean(participants: Mapping[str, tuple[int, Tensors]]) -> dict[str, Any]:
    """The row-weighted mean of each tensor, in double precision."""
    import numpy

    rows = [count for count, _ in participants.values()]
    names = next(iter(participants.values()))[1].keys()
    return {
        name: numpy.average([tensors[name].astype(numpy.float64) for _, tensors in participants.values()], axis=0, weights=rows)
        for name in names
    }


def largest_difference(left: Tensors, right: Tensors) -> float:
    """The largest absolute difference between two sets of tensors; an AssertionError when their names differ."""
    import numpy

    if left.keys() != right.keys():
        raise AssertionError(f"the tensors differ by name: {sorted(left.keys() ^ right.keys())}")
    return max(float(numpy.max(numpy.abs(left[name] - right[name]))) for name in left)


def tensors_in(content: bytes) -> Tensors:
    """The tensors in a safetensors file."""
    from safetensors.numpy import load

    tensors: Tensors = load(content)
    return tensors
