"""A small dataset on disk, and what its ingestion must bring about."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

UNDECLARED_COLUMN = "patient_name"
"""In every table, declared in none: it must neither be stored nor told to anybody."""

Cell = str | int | float


@dataclass(frozen=True)
class Source:
    """What is staged, and what must come of it."""

    category: str
    config: dict[str, Any]
    """The part of the ingest.yaml that belongs to the data; paths are relative to the data's folder."""
    rows: int
    """Rows that the table gets."""
    records: int
    """What the platform counts: rows, sequences or images."""
    stored_labels: Mapping[Any, int] = field(default_factory=dict)
    """How many rows of the table have each label; None: no label."""
    labels: dict[str, int] = field(default_factory=dict)
    """What the platform counts by label: rows, sequences, boxes or tags; of a bucketed target only how many."""
    columns: tuple[str, ...] = ()
    """The feature columns, in the order of the table."""
    files: frozenset[str] = frozenset()
    """The names under which training finds the files."""

    @property
    def table_file(self) -> str:
        """The staged file with the rows, relative to the data's folder; raises LookupError when rows are made of other files."""
        return str(self.config.get("csv") or self.config["json"])

    @property
    def bucketed(self) -> bool:
        """Whether the platform gets buckets of the target and not its values."""
        label = self.config.get("label")
        return isinstance(label, dict) and label.get("policy") == "bucket"


def write_table(path: Path, rows: Sequence[dict[str, Cell]]) -> Path:
    """Write a CSV file with the undeclared column added, a different value in each row."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], UNDECLARED_COLUMN])
        writer.writeheader()
        writer.writerows({**row, UNDECLARED_COLUMN: undeclared_value(number)} for number, row in enumerate(rows))
    return path


def write_objects(path: Path, rows: Sequence[dict[str, Cell]]) -> Path:
    """Write a JSON file with one object a row and the undeclared field added, a different value in each."""
    objects = [{**row, UNDECLARED_COLUMN: undeclared_value(number)} for number, row in enumerate(rows)]
    path.write_text(json.dumps(objects, ensure_ascii=False), encoding="utf-8")
    return path


def undeclared_value(row: int) -> str:
    """What stands in the undeclared column; a text that is nowhere else."""
    return f"Erika Mustermann {row:03d}"


def counted(values: Iterable[Any]) -> dict[str, int]:
    """How often each value occurs, as text."""
    return dict(Counter(str(value) for value in values))
