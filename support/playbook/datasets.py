"""Ingesting toy datasets that models can learn from. Source: tracebloc-ingestor 0.8.94 (ingest.v1.json) and the chart's jobs-manager."""

from pathlib import Path

from hamcrest import assert_that, equal_to, has_length

from support.eventually import eventually
from support.playbook import ingestions
from support.scene import IngestedDataset, Ingestion, RegisteredEnvironment, Scene
from support.toy.datasets import LABEL_COLUMN, feature_names, write_csv
from support.toy.sources.source import Source

SEEDS = {"train": 1, "test": 2}


def ingest(scene: Scene, environment: RegisteredEnvironment, rows: dict[str, int]) -> list[IngestedDataset]:
    """Ingest one toy dataset per intent (`{"train": 100, "test": 60}`) at the same time, and check that every row arrived."""
    begun = []
    for intent, count in rows.items():
        with scene.story.part(f"{count} rows to {intent} are staged and submitted") as part:
            ingestion = _begin(scene, environment, intent, count)
            part.detail = f"{ingestion.job}, {environment.client.ingestor}"
            begun.append(ingestion)
    datasets = [_finish(scene, ingestion) for ingestion in begun]
    scene.datasets.extend(datasets)
    return datasets


def _begin(scene: Scene, environment: RegisteredEnvironment, intent: str, rows: int) -> Ingestion:
    table = scene.names.table(intent)
    seed = SEEDS[intent] + 10 * scene.environments.index(environment)
    source = ingestions.stage(environment, table, lambda folder: _write(folder, rows, seed))
    return ingestions.begin(environment, table, intent, source, key=table)


def _write(folder: Path, rows: int, seed: int) -> Source:
    csv = write_csv(folder / "table.csv", rows=rows, seed=seed)
    features = feature_names()
    config = {"csv": csv.name, "schema": dict.fromkeys(features, "FLOAT"), "label": LABEL_COLUMN}
    return Source("tabular_classification", config, rows=rows, records=rows, columns=tuple(features))


def _finish(scene: Scene, ingestion: Ingestion) -> IngestedDataset:
    rows, intent = ingestion.source.rows, ingestion.intent
    with scene.story.part(f"the ingestion of {rows} rows to {intent} ends") as part:
        ingestions.wait_until_done(ingestion)
        inserted = [row["data_intent"] for row in ingestions.stored(ingestion).rows].count(intent)
        assert_that(inserted, equal_to(rows), "rows in the secure environment's table")
        (listed,) = eventually("the platform to list the dataset", lambda: ingestions.listed(ingestion), has_length(1))
        assert_that(listed["record_count"], equal_to(rows), "rows the platform knows of")
        part.detail = f"{inserted} of {rows} rows inserted"
    return IngestedDataset(listed["dataset_key"], ingestion.table, intent, rows, ingestion.environment)
