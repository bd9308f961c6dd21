"""Small datasets of every category, as somebody would stage them for ingestion, with what must come of each.

Source: tracebloc-ingestor 0.8.94 (`ingest.v1.json`, `layout.v1.json`).
"""

from collections.abc import Callable
from pathlib import Path

from environments.errors import WrongScenario
from support.nearest import did_you_mean
from support.platforms.tracebloc.sample_data.sources import images, tables, texts
from support.platforms.tracebloc.sample_data.sources.source import Source

MAKERS: dict[str, Callable[[Path, int], Source]] = {
    "tabular_classification": tables.classification,
    "tabular_classification_as_json": tables.classification_as_json,
    "tabular_regression": tables.regression,
    "time_series_forecasting": tables.forecasting,
    "time_series_classification": tables.sequences,
    "time_to_event_prediction": tables.time_to_event,
    "image_classification": images.classification,
    "object_detection": images.objects,
    "keypoint_detection": images.keypoints,
    "semantic_segmentation": images.segmentation,
    "text_classification": texts.classification,
    "token_classification": texts.tokens,
    "sentence_pair_classification": texts.sentence_pairs,
    "masked_language_modeling": texts.masked,
    "causal_language_modeling": texts.causal,
    "seq2seq": texts.translations,
    "embeddings": texts.embeddings,
}


def make(category: str, folder: Path, seed: int) -> Source:
    """Write the small dataset of a category into a folder; raises WrongScenario for an unknown category.

    Args:
        category: its name in an ingest.yaml, with `as_json` behind it for another kind of file; blanks may stand for underscores.
        folder: is there and empty; the paths in the source's configuration are relative to it.
        seed: another seed makes other rows of the same kind.
    """
    name = category.lower().replace(" ", "_")
    if name not in MAKERS:
        raise WrongScenario(f"there is no toy dataset for '{category}'.{did_you_mean(name, MAKERS)}")
    return MAKERS[name](folder, seed)


__all__ = ["MAKERS", "Source", "make"]
