"""Toy tables: seeded, small, and learnable within one epoch."""

import csv
import random
from pathlib import Path

LABEL_COLUMN = "label"
CLASS_NAMES = ("circle", "square", "triangle", "hexagon", "star")
_SPREAD = 1.0  # standard deviation of each value around its class's pattern
_DISTANCE = 2.0  # how far the patterns reach from zero


def feature_names(features: int = 8) -> list[str]:
    """Names of the feature columns; their alphabetical order, in which the ingestor stores them, is this order."""
    return [f"feature_{number:02d}" for number in range(1, features + 1)]


def class_names(classes: int = 3) -> list[str]:
    """Names of the classes, in the alphabetical order in which a class's index is counted."""
    return sorted(CLASS_NAMES[:classes])


def toy_table(rows: int, seed: int, classes: int = 3, features: int = 8) -> list[dict[str, float | str]]:
    """Rows of numbers with the name of their class, as evenly many of each class as possible, in random order.

    Every seed draws from the same classes: what is learned from one table holds for another. The first feature says nothing about them.
    """
    random_numbers = random.Random(seed)  # noqa: S311 (toy data)
    patterns = _patterns(classes, features)
    names = class_names(classes)
    order = [row % classes for row in range(rows)]
    random_numbers.shuffle(order)
    table: list[dict[str, float | str]] = []
    for chosen in order:
        values = [round(random_numbers.gauss(centre, _SPREAD), 4) for centre in patterns[chosen]]
        table.append({**dict(zip(feature_names(features), values, strict=True)), LABEL_COLUMN: names[chosen]})
    return table


def write_csv(path: Path, rows: int, seed: int, classes: int = 3, features: int = 8) -> Path:
    """Write a toy table with a header line; returns the path."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*feature_names(features), LABEL_COLUMN])
        writer.writeheader()
        writer.writerows(toy_table(rows, seed, classes, features))
    return path


def _patterns(classes: int, features: int) -> list[list[float]]:
    """One fixed row of centres a class, the same whatever the table's seed."""
    fixed = random.Random(f"{classes} classes of {features} features")  # noqa: S311 (toy data)
    return [[0.0, *(fixed.choice((-_DISTANCE, 0.0, _DISTANCE)) for _ in range(features - 1))] for _ in range(classes)]
