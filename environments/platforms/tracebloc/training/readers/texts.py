"""Texts: a row is one file. They become tokens in the model process, since the tokenizer comes from whoever uploaded the model."""

import numpy as np
import numpy.typing as npt

from environments.platforms.tracebloc.training.data import Rows, UnreadableRows
from environments.platforms.tracebloc.training.readers.storage import Record, Source, class_indices

FILE_COLUMNS = ("filename", "extension")


def classification(source: Source) -> Rows:
    """Texts, and the class of each."""
    records = source.records(["label", *FILE_COLUMNS])
    return Rows(_texts(source, records), class_indices([record["label"] for record in records], source.dataset.classes))


def language_modeling(source: Source) -> Rows:
    """Texts, which are their own labels."""
    texts = _texts(source, source.records(FILE_COLUMNS))
    return Rows(texts, texts)


def _texts(source: Source, records: list[Record]) -> npt.NDArray[np.object_]:
    try:
        return np.asarray([source.file(record["filename"], record["extension"]).decode() for record in records], dtype=object)
    except UnicodeDecodeError as error:
        raise UnreadableRows(f"a file of table {source.dataset.table} is not UTF-8 text") from error
