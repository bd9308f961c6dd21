"""Ingesting toy datasets that models can learn from. Source: tracebloc-ingestor 0.8.94 (ingest.v1.json) and the chart's jobs-manager."""

from pathlib import Path
from typing import Any

from hamcrest import assert_that, equal_to, has_length

from support.platforms.tracebloc.playbook.ingestion import runs
from support.platforms.tracebloc.sample_data.sources.source import Source
from support.platforms.tracebloc.sample_data.tasks import toy_task
from support.platforms.tracebloc.scene import IngestedDataset, Ingestion, RegisteredEnvironment, Scene
from support.waiting import eventually

SEEDS = {"train": 1, "test": 2}
DAMAGED_BYTES = 60


def ingest(
    scene: Scene, environment: RegisteredEnvironment, examples: dict[str, int], task: str = "tabular classification"
) -> list[IngestedDataset]:
    """Ingest one toy dataset per intent (`{"train": 100, "test": 60}`) at the same time, and check that every row arrived."""
    begun = [_begin(scene, environment, scene.names.table(intent), intent, count, task) for intent, count in examples.items()]
    datasets = [_finish(scene, ingestion) for ingestion in begun]
    scene.datasets.extend(datasets)
    return datasets


def ingest_into_one_table(scene: Scene, environment: RegisteredEnvironment, examples: dict[str, int], task: str) -> None:
    """Ingest one toy dataset per intent into the same table, one after the other, and check that every row arrived."""
    table = scene.names.table("all intents")
    for intent, count in examples.items():
        scene.datasets.append(_finish(scene, _begin(scene, environment, table, intent, count, task)))


def damage_a_file(dataset: IngestedDataset) -> str:
    """Cut one of a dataset's files off after a few bytes; returns its name without extension."""
    first = min((dataset.environment.client.shared_folder / dataset.table).iterdir())
    first.write_bytes(first.read_bytes()[:DAMAGED_BYTES])
    return first.stem


def _begin(scene: Scene, environment: RegisteredEnvironment, table: str, intent: str, examples: int, task: str) -> Ingestion:
    seed = _seed(scene, environment, intent)
    with scene.story.part(f"{examples} examples to {intent} are staged and submitted") as part:
        source = runs.stage(environment, table, lambda folder: _write(folder, task, examples, seed))
        ingestion = runs.begin(environment, table, intent, source, key=f"{table}-{intent}")
        part.detail = f"{ingestion.job}, {environment.client.ingestor}"
    return ingestion


def _write(folder: Path, task: str, examples: int, seed: int) -> Source:
    toy = toy_task(task)
    config = toy.stage(folder, examples, seed)
    # a table has a header; without a table there is a row for each annotation
    rows = len((folder / config["csv"]).read_text().splitlines()) - 1 if "csv" in config else examples
    return Source(toy.category, config, rows=rows, records=examples)


def _finish(scene: Scene, ingestion: Ingestion) -> IngestedDataset:
    source, intent, environment = ingestion.source, ingestion.intent, ingestion.environment
    with scene.story.part(f"the ingestion of {source.rows} rows to {intent} ends") as part:
        runs.wait_until_done(ingestion)
        inserted = [row["data_intent"] for row in runs.stored(ingestion).rows].count(intent)
        assert_that(inserted, equal_to(source.rows), "rows in the secure environment's table")
        (listed,) = eventually("the platform to list the dataset", lambda: _listed(ingestion), has_length(1))
        assert_that(listed["record_count"], equal_to(source.records), "what the platform counts")
        part.detail = f"{inserted} of {source.rows} rows inserted"
    seed = _seed(scene, environment, intent)
    return IngestedDataset(listed["dataset_key"], ingestion.table, intent, source.records, environment, seed)


def _listed(ingestion: Ingestion) -> list[dict[str, Any]]:
    return [dataset for dataset in runs.listed(ingestion) if dataset["intent"] == ingestion.intent]


def _seed(scene: Scene, environment: RegisteredEnvironment, intent: str) -> int:
    return SEEDS[intent] + 10 * scene.environments.index(environment)
