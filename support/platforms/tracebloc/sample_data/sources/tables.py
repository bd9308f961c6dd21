"""Small tables: one CSV or JSON file, nothing else."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from support.platforms.tracebloc.sample_data.sources.source import Cell, Source, counted, write_objects, write_table

ROWS = 20
SEQUENCES, STEPS = 4, 5
FIRST_DAY = datetime(2024, 1, 1)
CITIES = ("Berlin", "Zürich", "Łódź")
CUSTOMERS = {"age": "INT", "spent": "FLOAT", "city": "VARCHAR(50)", "member": "BOOLEAN"}


def classification(folder: Path, seed: int, count: int = ROWS) -> Source:
    """Customers who stay or leave: numbers, texts with accents and truth values."""
    return _source("tabular_classification", folder, _customers(seed, count), CUSTOMERS, "label")


def classification_as_json(folder: Path, seed: int) -> Source:
    """The same customers as objects in a JSON file, whose numbers and truth values are no texts."""
    rows = [row | {"member": row["member"] == "true"} for row in _customers(seed, ROWS)]
    return _source("tabular_classification", folder, rows, CUSTOMERS, "label", kind="json")


def _customers(seed: int, count: int) -> list[dict[str, Cell]]:
    dice = random.Random(seed)  # noqa: S311 (toy data)
    return [
        {
            "age": dice.randint(18, 90),
            # no two rows are the same
            "spent": number + dice.randint(0, 99) / 100,
            "city": dice.choice(CITIES),
            "member": dice.choice(("true", "false")),
            "label": ("stays", "leaves")[number % 2],
        }
        for number in range(count)
    ]


def regression(folder: Path, seed: int) -> Source:
    """Prices of flats, which leave only in buckets."""
    dice = random.Random(seed)  # noqa: S311 (toy data)
    rows: list[dict[str, Cell]] = [
        {"rooms": dice.randint(1, 6), "area": round(dice.uniform(20, 200), 1), "price": round(dice.uniform(100, 900), 2)}
        for _ in range(ROWS)
    ]
    return _source("tabular_regression", folder, rows, {"rooms": "INT", "area": "FLOAT"}, {"column": "price", "policy": "bucket"})


def forecasting(folder: Path, seed: int) -> Source:
    """Power drawn, hour by hour."""
    dice = random.Random(seed)  # noqa: S311 (toy data)
    rows: list[dict[str, Cell]] = [
        {"timestamp": _hour(number), "temperature": round(dice.gauss(12, 4), 2), "power": round(dice.uniform(50, 90), 2)}
        for number in range(ROWS)
    ]
    schema = {"timestamp": "TIMESTAMP", "temperature": "FLOAT"}
    return _source("time_series_forecasting", folder, rows, schema, {"column": "power", "policy": "passthrough"})


def sequences(folder: Path, seed: int) -> Source:
    """Heartbeats of some patients, each patient healthy or not."""
    dice = random.Random(seed)  # noqa: S311 (toy data)
    rows: list[dict[str, Cell]] = [
        {
            "sequence_id": f"patient-{seed}-{patient}",
            "timestamp": step,
            "rate": dice.randint(50, 120),
            "label": ("healthy", "ill")[patient % 2],
        }
        for patient in range(SEQUENCES)
        for step in range(STEPS)
    ]
    schema = {"sequence_id": "VARCHAR(64)", "timestamp": "INT", "rate": "INT"}
    return _source("time_series_classification", folder, rows, schema, "label", records=SEQUENCES)


def time_to_event(folder: Path, seed: int) -> Source:
    """How long machines ran, and whether they broke."""
    dice = random.Random(seed)  # noqa: S311 (toy data)
    rows: list[dict[str, Cell]] = [
        {"time": dice.randint(1, 400), "load": round(dice.uniform(0, 1), 3), "broke": number % 2} for number in range(ROWS)
    ]
    schema = {"time": "INT", "load": "FLOAT"}
    return _source("time_to_event_prediction", folder, rows, schema, {"column": "broke", "policy": "passthrough"})


def _source(
    category: str,
    folder: Path,
    rows: list[dict[str, Cell]],
    schema: dict[str, str],
    label: str | dict[str, str],
    records: int | None = None,
    kind: Literal["csv", "json"] = "csv",
) -> Source:
    {"csv": write_table, "json": write_objects}[kind](folder / f"table.{kind}", rows)
    column = label if isinstance(label, str) else label["column"]
    labels = counted(row[column] for row in rows)
    records = records or len(rows)
    steps = len(rows) // records
    return Source(
        category=category,
        config={kind: f"table.{kind}", "schema": schema, "label": label},
        rows=len(rows),
        records=records,
        stored_labels=dict(labels),
        labels={name: count // steps for name, count in labels.items()},
        columns=tuple(sorted(schema)),
    )


def _hour(number: int) -> str:
    return (FIRST_DAY + timedelta(hours=number)).strftime("%Y-%m-%d %H:%M:%S")
