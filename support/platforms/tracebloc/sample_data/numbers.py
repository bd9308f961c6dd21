"""Toy tables whose label is a number, and toy time series: seeded, small, and learnable within one epoch."""

import csv
import datetime
import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.platforms.tracebloc.sample_data.datasets import class_names, feature_names

NOISE = 0.1
_PULLS = (0.8, -0.6, 0.4, 0.0)  # how strongly each feature pulls the number; the last one tells nothing
_RISKS = (4.0, -3.0, 0.0, 0.0)
_CENSORED_AFTER = 1.5
_STEPS_A_PERIOD = 12
_REACHES = ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0))  # of each class, to the left and to the right
_FIRST_HOUR = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)

Row = dict[str, Any]


def sums(rows: int, seed: int) -> list[Row]:
    """Four numbers, and `amount`: a weighted sum of them, with a little noise."""
    random_numbers = random.Random(seed)  # noqa: S311 (toy data)
    return [{**row, "amount": round(_weighted(row, _PULLS) + random_numbers.gauss(0, NOISE), 4)} for row in _features(rows, seed)]


def lifetimes(rows: int, seed: int) -> list[Row]:
    """Four numbers that set the risk, `time` (until the event, or until nobody looked any more) and `event` (1: it was seen)."""
    random_numbers = random.Random(seed)  # noqa: S311 (toy data)
    table = []
    for row in _features(rows, seed):
        lifetime = random_numbers.expovariate(math.exp(_weighted(row, _RISKS)))
        seen = lifetime <= _CENSORED_AFTER
        table.append({**row, "time": round(lifetime if seen else _CENSORED_AFTER, 4), "event": int(seen)})
    return table


def waves(rows: int, seed: int) -> list[Row]:
    """One series, an hour a row: `level_seen` and `level_before` are known, `level` is what is forecast for the hours after the window."""
    random_numbers = random.Random(seed)  # noqa: S311 (toy data)
    shift = random_numbers.uniform(0, _STEPS_A_PERIOD)
    levels = [math.sin(2 * math.pi * (hour + shift) / _STEPS_A_PERIOD) + random_numbers.gauss(0, NOISE) for hour in range(-1, rows)]
    hours = [(_FIRST_HOUR + datetime.timedelta(hours=hour)).strftime("%Y-%m-%d %H:%M:%S") for hour in range(rows)]
    return [
        {"timestamp": hour, "level_before": round(before, 4), "level_seen": round(now, 4), "level": round(now, 4)}
        for hour, before, now in zip(hours, levels, levels[1:], strict=False)
    ]


def gestures(sequences: int, seed: int) -> list[Row]:
    """Sequences of 5 to 8 steps of `left` and `right`, whose `label` tells to which side they reach."""
    random_numbers = random.Random(seed)  # noqa: S311 (toy data)
    table = []
    for number in range(sequences):
        chosen = number % len(_REACHES)
        for step in range(random_numbers.randint(5, 8)):
            left, right = (round(random_numbers.gauss(reach, NOISE), 4) for reach in _REACHES[chosen])
            label = class_names(len(_REACHES))[chosen]
            table.append({"sequence_id": f"s{number:03d}", "timestamp": step, "left": left, "right": right, "label": label})
    return table


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    """Write rows with a header line; returns the path."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _features(rows: int, seed: int) -> list[Row]:
    random_numbers = random.Random(f"features of {seed}")  # noqa: S311 (toy data)
    names = feature_names(len(_PULLS))
    return [{name: round(random_numbers.gauss(0, 1), 4) for name in names} for _ in range(rows)]


def _weighted(row: Row, weights: Sequence[float]) -> float:
    return float(sum(weight * row[name] for weight, name in zip(weights, feature_names(len(weights)), strict=True)))
