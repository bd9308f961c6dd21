"""Reading a secure environment's rows and files for each task. What a dataset cannot give is refused in words (UnreadableRows).

Source: tracebloc-ingestor 0.8.94 for how rows and files lie (`storage.v1.json`, `layout.v1.json`); tracebloc SDK 1.2.63 for what a model
is fed.
"""

from collections.abc import Callable

from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle
from environments.platforms.tracebloc.training import tasks
from environments.platforms.tracebloc.training.data import Rows, UnreadableRows
from environments.platforms.tracebloc.training.readers import pictures, series, tables, texts
from environments.platforms.tracebloc.training.readers.storage import Source, Storage

READERS: dict[str, Callable[[Source], Rows]] = {
    tasks.TABULAR_CLASSIFICATION: tables.classification,
    tasks.TABULAR_REGRESSION: tables.regression,
    tasks.TIME_TO_EVENT_PREDICTION: tables.time_to_event,
    tasks.TIME_SERIES_FORECASTING: series.forecasting,
    tasks.TIME_SERIES_CLASSIFICATION: series.classification,
    tasks.IMAGE_CLASSIFICATION: pictures.classification,
    tasks.SEMANTIC_SEGMENTATION: pictures.segmentation,
    tasks.KEYPOINT_DETECTION: pictures.keypoint_detection,
    tasks.OBJECT_DETECTION: pictures.object_detection,
    tasks.TEXT_CLASSIFICATION: texts.classification,
    tasks.MASKED_LANGUAGE_MODELING: texts.language_modeling,
}


def read_rows(storage: Storage, work: TrainCycle | ScoreSubmission) -> Rows:
    """All rows one ingestion put into a table, ready for a model; raises UnreadableRows."""
    reader = READERS.get(work.category)
    if reader is None:
        raise UnreadableRows(f"category {work.category} cannot be trained here; known: {', '.join(READERS)}")
    return reader(Source(storage, work.dataset, work.model_input))
