"""Ingesting datasets into a secure environment. Source: tracebloc-ingestor 0.8.94 (ingest.v1.json) and the chart's jobs-manager."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hamcrest import assert_that, equal_to, has_length, is_in

from environments.substrate import PodState
from support.clients.dataset_store import DatasetStore
from support.clients.jobs_manager import JobsManagerClient
from support.eventually import eventually
from support.scene import IngestedDataset, RegisteredEnvironment, Scene
from support.toy.datasets import feature_names, write_csv

SEEDS = {"train": 1, "test": 2}
ENDED = ("Succeeded", "Failed")


@dataclass(frozen=True)
class Ingestion:
    """One ingestion that was asked for: `rows` rows of toy data into a table."""

    environment: RegisteredEnvironment
    intent: str
    rows: int
    table: str
    job: str


def ingest(scene: Scene, environment: RegisteredEnvironment, rows: dict[str, int]) -> list[IngestedDataset]:
    """Ingest one toy dataset per intent (`{"train": 100, "test": 60}`) at the same time, and check that every row arrived."""
    ingestions = []
    for intent, count in rows.items():
        with scene.story.part(f"{count} rows to {intent} are staged and submitted") as part:
            ingestion = _submit(scene, environment, intent, count)
            part.detail = f"{ingestion.job}, {environment.client.ingestor}"
            ingestions.append(ingestion)
    datasets = [_finish(scene, ingestion) for ingestion in ingestions]
    scene.datasets.extend(datasets)
    return datasets


def _submit(scene: Scene, environment: RegisteredEnvironment, intent: str, rows: int) -> Ingestion:
    client = environment.client
    table = scene.names.table(intent)
    csv = _stage(client.shared_folder, table, rows, SEEDS[intent] + 10 * scene.environments.index(environment))
    csv_in_pod = client.shared_mount / csv.relative_to(client.shared_folder)
    jobs_manager = JobsManagerClient(client.jobs_manager_url, client.ingestion_token)
    try:
        job = jobs_manager.submit_ingestion_run(_ingest_config(table, intent, csv_in_pod), idempotency_key=table)
    finally:
        jobs_manager.close()
    return Ingestion(environment, intent, rows, table, job)


def _stage(shared_folder: Path, table: str, rows: int, seed: int) -> Path:
    csv = shared_folder / ".tracebloc-staging" / table / f"{table}.csv"
    csv.parent.mkdir(parents=True)
    write_csv(csv, rows=rows, seed=seed)
    return csv


def _ingest_config(table: str, intent: str, csv: Path) -> dict[str, Any]:
    return {
        "apiVersion": "tracebloc.io/v1",
        "kind": "IngestConfig",
        "category": "tabular_classification",
        "table": table,
        "intent": intent,
        "csv": str(csv),
        "schema": dict.fromkeys(feature_names(), "FLOAT"),
        "label": "label",
    }


def _finish(scene: Scene, ingestion: Ingestion) -> IngestedDataset:
    client = ingestion.environment.client
    with scene.story.part(f"the ingestion of {ingestion.rows} rows to {ingestion.intent} ends") as part:
        phase = eventually(
            f"the ingestion job {ingestion.job} to end", lambda: _phase(client.cluster.pods({}), ingestion.job), is_in(ENDED), within=60
        )
        log = client.cluster.pod_log(ingestion.job)
        assert_that(phase, equal_to("Succeeded"), f"the ingestion job's log ends with:\n{log[-1500:]}")
        inserted = DatasetStore(client.database_url).count_rows(ingestion.table, ingestion.intent)
        assert_that(inserted, equal_to(ingestion.rows), "rows in the secure environment's table")
        (listed,) = eventually("the platform to list the dataset", lambda: _listed(ingestion), has_length(1))
        assert_that(listed["record_count"], equal_to(ingestion.rows), "rows the platform knows of")
        part.detail = f"{inserted} of {ingestion.rows} rows inserted"
    return IngestedDataset(listed["dataset_key"], ingestion.table, ingestion.intent, ingestion.rows, ingestion.environment)


def _phase(pods: list[PodState], job: str) -> str:
    return next((pod.phase for pod in pods if pod.name == job), "not created")


def _listed(ingestion: Ingestion) -> list[dict[str, Any]]:
    return [row for row in ingestion.environment.owner.backend.datasets() if row["table_name"] == ingestion.table]
