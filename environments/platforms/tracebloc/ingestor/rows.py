"""Reads the CSV file of a run and turns every cell into its column's type; the first row that does not fit ends the run."""

import csv
import math
from collections.abc import Callable
from typing import Any

from environments.platforms.tracebloc.ingestor.config import RESERVED, IngestConfig
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on

MISSING = frozenset({"", "NA", "NaN", "nan", "NULL", "null", "None"})
TRUE, FALSE = frozenset({"true", "1", "yes", "t", "y"}), frozenset({"false", "0", "no", "f", "n"})
LABEL_CHARACTERS = 255

Row = dict[str, Any]


class DataRefused(Exception):
    """The data does not fit its configuration; the text names column and line, never a value."""


def read_rows(config: IngestConfig) -> list[Row]:
    """Every row: its features by name, in the types of the schema, and `label`; raises DataRefused."""
    taken = RESERVED.intersection(config.columns)
    if taken:
        raise DataRefused(f"the names {', '.join(sorted(taken))} are the framework's own columns")
    try:
        with config.csv.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            absent = {*config.features, config.label_column} - set(reader.fieldnames or ())
            if absent:
                raise DataRefused(f"the CSV file has no column {', '.join(sorted(absent))}")
            rows = [_row(config, cells, line) for line, cells in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataRefused(f"the CSV file cannot be read: {type(error).__name__}") from error
    if len({row["label"] for row in rows}) < 2:
        raise DataRefused("the label column needs at least two classes")
    return rows


def _row(config: IngestConfig, cells: dict[str | None, Any], line: int) -> Row:
    if None in cells or None in cells.values():
        raise DataRefused(f"line {line} has not as many cells as the header")
    label = cells[config.label_column].strip()
    if label in MISSING or len(label) > LABEL_CHARACTERS:
        raise DataRefused(f"line {line}: the label is missing or longer than {LABEL_CHARACTERS} characters")
    return {column: _cell(config.columns[column], cells[column], column, line) for column in config.features} | {"label": label}


def _cell(column_type: str, text: str, column: str, line: int) -> Any:  # noqa: ANN401 - the column's type says which
    if text.strip() in MISSING:
        return caster(column_type)("0") if is_on(EdgeSabotage.EMPTY_CELLS_STORED_AS_NOUGHT) else None
    try:
        return caster(column_type)(text.strip())
    except ValueError:
        if is_on(EdgeSabotage.UNFIT_CELLS_TAKEN):
            return None
        raise DataRefused(f"line {line}, column {column}: this is no {column_type}") from None


def caster(column_type: str) -> Callable[[str], Any]:
    """What turns a cell into a value of an SQL type."""
    kind = column_type.upper()
    if "INT" in kind:
        return int
    if kind.startswith("BOOL"):
        return _boolean
    return _number if kind.startswith(("FLOAT", "DOUBLE", "DECIMAL")) else str


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _boolean(text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError("not a boolean")
