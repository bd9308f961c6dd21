"""The records of one ingestion in a secure environment's database, and the files they name on its shared volume; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, column, create_engine, select, table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import quoted_name
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from environments.platforms.tracebloc.messaging.messages import DatasetTable, ModelInput
from environments.platforms.tracebloc.sabotages import TrainingSabotage, is_on
from environments.platforms.tracebloc.training.data import UnreadableRows

SECONDS_TO_WAIT_FOR_THE_DATABASE = 30

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Storage:
    """Where a secure environment keeps its data: its database, and the folder that the chart mounts at /data/shared."""

    database_url: str
    shared_folder: Path


@dataclass(frozen=True)
class Source:
    """One ingested dataset, and what the model that asks for it has to be fed with."""

    storage: Storage
    dataset: DatasetTable
    model_input: ModelInput

    def records(self, columns: Sequence[str], order: Sequence[str] = ("id",)) -> list[Record]:
        """The records of the ingestion, at least one; raises UnreadableRows."""
        try:
            records = self._select(columns, order)
        except SQLAlchemyError as error:
            reason = error.orig if isinstance(error, DBAPIError) else type(error).__name__
            raise UnreadableRows(f"table {self.dataset.table} cannot be read: {reason}") from error
        if not records:
            raise UnreadableRows(f"table {self.dataset.table} holds no {self.dataset.intent} rows of ingestion {self.dataset.ingestor_id}")
        return records

    def file(self, name: object, extension: object) -> bytes:
        """A file of the dataset, `<shared folder>/<table>/<name><extension>`; raises UnreadableRows."""
        folder = self.storage.shared_folder / self.dataset.table
        path = folder / f"{name}{extension or ''}"
        # a name comes from a table cell, and must not lead to another dataset
        if not path.resolve().is_relative_to(folder.resolve()):
            raise UnreadableRows(f"a record of table {self.dataset.table} names a file outside its dataset")
        try:
            return path.read_bytes()
        except OSError as error:
            raise UnreadableRows(f"file {path.name} of table {self.dataset.table} cannot be read: {error.strerror}") from error

    def _select(self, columns: Sequence[str], order: Sequence[str]) -> list[Record]:
        def named(name: str) -> ColumnElement[Any]:
            return column(quoted_name(name, quote=True))

        statement = (
            select(*map(named, columns)).select_from(table(quoted_name(self.dataset.table, quote=True))).order_by(*map(named, order))
        )
        if not is_on(TrainingSabotage.TEST_ROWS_TRAINED_ON):
            statement = statement.where(named("ingestor_id") == self.dataset.ingestor_id, named("data_intent") == self.dataset.intent)
        engine = create_engine(self.storage.database_url, poolclass=NullPool)
        connecting = Retrying(
            retry=retry_if_exception_type(DBAPIError),
            stop=stop_after_delay(SECONDS_TO_WAIT_FOR_THE_DATABASE),
            wait=wait_exponential(multiplier=0.1, max=2),
            reraise=True,
        )
        with connecting(engine.connect) as connection:
            return [dict(record) for record in connection.execute(statement).mappings()]


def numbers(records: Sequence[Record], columns: Sequence[str]) -> npt.NDArray[np.float32]:
    """Columns as numbers (records x columns), NaN where a cell is empty; raises UnreadableRows."""
    return np.asarray([[_number(record[name], name) for name in columns] for record in records], dtype=np.float32)


def class_indices(labels: Sequence[object], classes: Sequence[str]) -> npt.NDArray[np.int64]:
    """Each label's place among the dataset's classes; raises UnreadableRows for a label that is none of them."""
    index_of: dict[object, int] = {name: index for index, name in enumerate(classes)}
    unknown = {str(label) for label in labels if label not in index_of}
    if unknown and not is_on(TrainingSabotage.UNREADABLE_ROWS_WITHOUT_A_WORD):
        raise UnreadableRows(f"{len(unknown)} label(s) are not among the dataset's {len(classes)} classes")
    return np.asarray([index_of.get(label, 0) for label in labels], dtype=np.int64)


def needed(value: int | None, what: str) -> int:
    """A number the model file has to tell; raises UnreadableRows when it does not."""
    if value is None:
        raise UnreadableRows(f"the model does not say its {what}")
    return value


def _number(value: Any, name: str) -> float:  # noqa: ANN401 (a database cell)
    if value is None:
        return 0.0 if is_on(TrainingSabotage.EMPTY_CELLS_READ_AS_NOUGHT) else float("nan")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UnreadableRows(f"column {name} holds a value that is not a number") from None
