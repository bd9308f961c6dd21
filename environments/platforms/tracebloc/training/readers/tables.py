"""Tables: a row is what one record's feature columns say."""

import numpy as np

from environments.platforms.tracebloc.training.data import Rows, UnreadableRows
from environments.platforms.tracebloc.training.readers.storage import Source, class_indices, numbers

TIME_COLUMN = "time"
"""How long until the event, or until nobody looked any more. Source: tracebloc-ingestor 0.8.94 (its default; it reports no other)."""


def classification(source: Source) -> Rows:
    """Numbers, and the class they belong to."""
    records = source.records(["label", *source.dataset.features])
    features = numbers(records, source.dataset.features)
    return Rows(features, class_indices([record["label"] for record in records], source.dataset.classes))


def regression(source: Source) -> Rows:
    """Numbers, and the number they go with."""
    records = source.records(["label", *source.dataset.features])
    return Rows(numbers(records, source.dataset.features), numbers(records, ["label"])[:, 0])


def time_to_event(source: Source) -> Rows:
    """Numbers, and two more: how long, and whether the event was seen then (1) or not yet (0).

    Source: tracebloc SDK 1.2.63 (`time_to_event_utils`): features, duration, event indicator.
    """
    records = source.records(["label", TIME_COLUMN, *source.dataset.features])
    labels = numbers(records, [TIME_COLUMN, "label"])
    if not np.isin(labels[:, 1], (0, 1)).all():
        raise UnreadableRows("the label has to be 1 where the event was seen and 0 where it was not")
    if not (labels[:, 0] >= 0).all():
        raise UnreadableRows(f"column {TIME_COLUMN} holds a time below 0, or none")
    return Rows(numbers(records, source.dataset.features), labels)
