"""The toy tables."""

import csv
from collections import Counter
from pathlib import Path

from support.platforms.tracebloc.sample_data import datasets


def test_a_seed_gives_the_same_table_and_another_seed_another() -> None:
    assert datasets.toy_table(20, seed=1) == datasets.toy_table(20, seed=1)
    assert datasets.toy_table(20, seed=1) != datasets.toy_table(20, seed=2)


def test_classes_are_evenly_many() -> None:
    counts = Counter(row["label"] for row in datasets.toy_table(80, seed=1))
    assert sorted(counts) == datasets.class_names() == ["circle", "square", "triangle"]
    assert max(counts.values()) - min(counts.values()) <= 1


def test_features_stand_in_alphabetical_order() -> None:
    assert datasets.feature_names(12) == sorted(datasets.feature_names(12))
    assert list(datasets.toy_table(1, seed=1, features=12)[0]) == [*datasets.feature_names(12), "label"]


def test_the_file_holds_the_table(tmp_path: Path) -> None:
    path = datasets.write_csv(tmp_path / "toys.csv", rows=10, seed=1, classes=2, features=4)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [{name: value if name == "label" else float(value) for name, value in row.items()} for row in rows] == datasets.toy_table(
        10, 1, 2, 4
    )
