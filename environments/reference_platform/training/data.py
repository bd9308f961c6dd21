"""Rows of an ingested dataset, from the secure environment's database to numpy arrays.

Source: tracebloc-ingestor 0.8.94 (columns `id`, `label`, `data_intent`, `ingestor_id` beside the feature columns).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, column, create_engine, select, table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import quoted_name
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from environments.reference_platform.messages import DatasetTable

CLASSIFICATION = "tabular_classification"
REGRESSION = "tabular_regression"
SECONDS_TO_WAIT_FOR_THE_DATABASE = 30


class UnreadableRows(Exception):
    """The dataset's rows cannot be read or cannot be used; the text says why and holds no credentials."""


@dataclass(frozen=True)
class Rows:
    """Features (rows x columns, float32) and labels (class indices as int64, or float32 targets)."""

    features: npt.NDArray[np.float32]
    labels: npt.NDArray[Any]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, positions: npt.NDArray[np.intp]) -> "Rows":
        """The rows at these positions, in this order."""
        return Rows(self.features[positions], self.labels[positions])


def read_rows(database_url: str, dataset: DatasetTable, category: str) -> Rows:
    """All rows one ingestion put into a table, in the order they were put there; raises UnreadableRows."""
    if category not in (CLASSIFICATION, REGRESSION):
        raise UnreadableRows(f"category {category} cannot be trained here; known: {CLASSIFICATION}, {REGRESSION}")
    try:
        records = _select(database_url, dataset)
    except SQLAlchemyError as error:
        reason = error.orig if isinstance(error, DBAPIError) else type(error).__name__
        raise UnreadableRows(f"table {dataset.table} cannot be read: {reason}") from error
    if not records:
        raise UnreadableRows(f"table {dataset.table} holds no {dataset.intent} rows of ingestion {dataset.ingestor_id}")
    features = np.asarray([_numbers(record[1:], dataset.features) for record in records], dtype=np.float32)
    labels = [record[0] for record in records]
    if category == REGRESSION:
        return Rows(features, np.asarray([_number(label, "label") for label in labels], dtype=np.float32))
    return Rows(features, _class_indices(labels, dataset.classes))


def split(rows: Rows, fraction: float, seed: int) -> tuple[Rows, Rows]:
    """Training and validation rows: a seeded shuffle, at least one row each; without a fraction all rows are both."""
    if fraction <= 0:
        return rows, rows
    if len(rows) < 2:
        raise UnreadableRows(f"a validation split of {fraction:g} needs at least 2 rows, there is {len(rows)}")
    order = np.random.default_rng(seed).permutation(len(rows))
    validation = min(max(1, round(len(rows) * fraction)), len(rows) - 1)
    return rows.take(order[validation:]), rows.take(order[:validation])


def _select(database_url: str, dataset: DatasetTable) -> Sequence[Sequence[Any]]:
    def named(name: str) -> ColumnElement[Any]:
        return column(quoted_name(name, quote=True))

    source = table(quoted_name(dataset.table, quote=True))
    statement = (
        select(named("label"), *map(named, dataset.features))
        .select_from(source)
        .where(named("ingestor_id") == dataset.ingestor_id, named("data_intent") == dataset.intent)
        .order_by(named("id"))
    )
    engine = create_engine(database_url, poolclass=NullPool)
    connecting = Retrying(
        retry=retry_if_exception_type(DBAPIError),
        stop=stop_after_delay(SECONDS_TO_WAIT_FOR_THE_DATABASE),
        wait=wait_exponential(multiplier=0.1, max=2),
        reraise=True,
    )
    with connecting(engine.connect) as connection:
        return connection.execute(statement).all()


def _numbers(values: Sequence[Any], names: list[str]) -> list[float]:
    return [_number(value, name) for value, name in zip(values, names, strict=True)]


def _number(value: Any, name: str) -> float:  # noqa: ANN401 (a database cell)
    if value is None:
        return float("nan")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UnreadableRows(f"column {name} holds a value that is not a number") from None


def _class_indices(labels: list[str | None], classes: list[str]) -> npt.NDArray[np.int64]:
    index_of = {name: index for index, name in enumerate(classes)}
    unknown = {str(label) for label in labels if label not in index_of}
    if unknown:
        raise UnreadableRows(f"{len(unknown)} label(s) are not among the dataset's {len(classes)} classes")
    return np.asarray([index_of[label] for label in labels if label is not None], dtype=np.int64)
