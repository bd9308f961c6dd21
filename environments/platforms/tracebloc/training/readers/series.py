"""Time series: a row is a window of records, or all records of one sequence.

Source: tracebloc SDK 1.2.63 (`time_series_utils`) for the shapes a model is fed with; tracebloc-ingestor 0.8.94 for the names of columns.
"""

from itertools import groupby

import numpy as np
import numpy.typing as npt

from environments.platforms.tracebloc.sabotages import TrainingSabotage, is_on
from environments.platforms.tracebloc.training.data import Rows, UnreadableRows
from environments.platforms.tracebloc.training.readers.storage import Record, Source, class_indices, needed, numbers

TIME_COLUMN, SEQUENCE_COLUMN = "timestamp", "sequence_id"
LOWEST_SCALED = 0.1


def forecasting(source: Source) -> Rows:
    """Windows of `sequence_length` records (windows x steps x columns), and the labels of the `forecast_horizon` records after each."""
    length = needed(source.model_input.sequence_length, "sequence_length")
    horizon = needed(source.model_input.forecast_horizon, "forecast_horizon")
    records = source.records(["label", *source.dataset.features], order=(TIME_COLUMN, "id"))
    windows = len(records) - length - horizon + 1
    if windows < 1:
        raise UnreadableRows(f"{len(records)} records are too few for one window of {length} and {horizon} to foretell")
    values, labels = numbers(records, source.dataset.features), numbers(records, ["label"])[:, 0]
    features = np.stack([values[start : start + length] for start in range(windows)])
    foretold = np.stack([labels[start + length : start + length + horizon] for start in range(windows)])
    return Rows(features, foretold, in_order=True)


def classification(source: Source) -> Rows:
    """Sequences, scaled first and then cut or padded with zeros to `sequence_length` (sequences x steps x columns), and each one's class.

    Scaled are the columns, into 0.1 to 1 over all the rows read, so that no step looks like padding. Source: tracebloc SDK 1.2.63
    (`FakeTimeSeriesClassificationDataset`); by which rows the scale is set is our choice.
    """
    length = needed(source.model_input.sequence_length, "sequence_length")
    columns = source.dataset.features
    records = source.records(["label", SEQUENCE_COLUMN, *columns], order=(SEQUENCE_COLUMN, TIME_COLUMN, "id"))
    scaled = _scaled(numbers(records, columns))
    sequences: list[npt.NDArray[np.float32]] = []
    labels: list[object] = []
    start = 0
    for name, steps in groupby(records, key=lambda record: record[SEQUENCE_COLUMN]):
        of_sequence = list(steps)
        labels.append(_label_of(str(name), of_sequence))
        valid = scaled[start : start + len(of_sequence)][:length]
        sequences.append(np.pad(valid, ((0, length - len(valid)), (0, 0))))
        start += len(of_sequence)
    return Rows(np.stack(sequences), class_indices(labels, source.dataset.classes))


def _scaled(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    lowest, highest = values.min(axis=0), values.max(axis=0)
    span = np.where(highest > lowest, highest - lowest, 1)
    least = 0.0 if is_on(TrainingSabotage.SEQUENCES_SCALED_FROM_NOUGHT) else LOWEST_SCALED
    scaled: npt.NDArray[np.float32] = (least + (1 - least) * (values - lowest) / span).astype(np.float32)
    return scaled


def _label_of(name: str, records: list[Record]) -> object:
    labels = {record["label"] for record in records}
    if len(labels) > 1:
        raise UnreadableRows(f"sequence {name} has {len(labels)} labels, where one sequence is of one class")
    return labels.pop()
