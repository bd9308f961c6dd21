"""Linear models' predictions, computed apart from the platform from the weights it stored."""

import math

from support.platforms.tracebloc.playbook.training.weights import averaged_weights
from support.platforms.tracebloc.sample_data import datasets, numbers
from support.platforms.tracebloc.scene import IngestedDataset, Scene, Training


def root_mean_squared_error(scene: Scene, training: Training, dataset: IngestedDataset) -> float:
    """Of the first cycle of the toy model `linear regression`, on all rows of a toy dataset."""
    weights = averaged_weights(scene, training, 1)
    slopes, intercept = weights["head.weight"][0].tolist(), float(weights["head.bias"][0])
    errors = []
    for row in numbers.sums(dataset.rows, dataset.seed):
        values = [row[name] for name in datasets.feature_names(len(slopes))]
        errors.append(intercept + sum(slope * value for slope, value in zip(slopes, values, strict=True)) - row["amount"])
    return math.sqrt(sum(error * error for error in errors) / len(errors))
