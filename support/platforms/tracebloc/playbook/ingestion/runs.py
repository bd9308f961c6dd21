"""Ingesting data into a secure environment, as the platform's command line does: stage it, submit it, wait.

Source: tracebloc-ingestor 0.8.94 (ingest.v1.json) and the chart's jobs-manager.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hamcrest import assert_that, contains_string, equal_to, greater_than, has_length
from pydantic import SecretStr

from environments.errors import WrongScenario
from environments.substrate import PodState
from support.platforms.tracebloc.clients.backend import Refused
from support.platforms.tracebloc.clients.dataset_store import DatasetStore, StoredTable
from support.platforms.tracebloc.clients.jobs_manager import JobsManagerClient
from support.platforms.tracebloc.sample_data.sources import tables
from support.platforms.tracebloc.sample_data.sources.source import Source
from support.platforms.tracebloc.scene import Ingested, Ingestion, RegisteredEnvironment, Scene
from support.redaction import ending
from support.waiting import eventually

SEED = 1
ENDED = ("Succeeded", "Failed")
PATHS = ("csv", "json", "images", "annotations", "masks", "texts", "sequences")
LONGEST_SECONDS = 60.0
LOG_SHOWN = 4000
NOT_CLEAN = 1
"""Source: tracebloc-ingestor 0.8.94 (`runtime_env.v1.json`): it read data and did not finish clean."""


def staging_folder(environment: RegisteredEnvironment, table: str) -> Path:
    """Where the data for a table is staged."""
    return environment.client.shared_folder / ".tracebloc-staging" / table


def stage(environment: RegisteredEnvironment, table: str, write: Callable[[Path], Source]) -> Source:
    """Have the data for a table written where ingestion looks for it; what was staged for it before is replaced."""
    folder = staging_folder(environment, table)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return write(folder)


def ingest_config(environment: RegisteredEnvironment, table: str, intent: str, source: Source) -> dict[str, Any]:
    """The ingest.yaml for staged data, with the paths that its pod sees."""
    client = environment.client
    folder = client.shared_mount / staging_folder(environment, table).relative_to(client.shared_folder)
    placed = {name: str(folder / value) if name in PATHS else value for name, value in source.config.items()}
    about = {"apiVersion": "tracebloc.io/v1", "kind": "IngestConfig", "category": source.category, "table": table, "intent": intent}
    return about | placed


def submit(environment: RegisteredEnvironment, config: dict[str, Any], key: str, token: SecretStr | None = None) -> str:
    """Start an ingestion run, or find the one this key started before; returns its job. Raises Refused."""
    client = environment.client
    jobs_manager = JobsManagerClient(client.jobs_manager_url, client.ingestion_token if token is None else token)
    try:
        return jobs_manager.submit_ingestion_run(config, key)
    finally:
        jobs_manager.close()


def run(scene: Scene, table: str, write: Callable[[Path], Source], intent: str = "train") -> Ingestion:
    """Stage data, ingest it into a table and wait until that has ended, well or not."""
    ingestion = start(scene, table, write, intent)
    with scene.story.part(f"{ingestion.job} ends") as part:
        pod = wait_until_ended(ingestion)
        part.detail = f"exit code {pod.exit_code}"
    return ingestion


def start(scene: Scene, table: str, write: Callable[[Path], Source], intent: str = "train") -> Ingestion:
    """Stage data and start its ingestion into a table."""
    environment = scene.environments[-1]
    with scene.story.part("data is staged and submitted"):
        source = stage(environment, table, write)
        ingestion = begin(environment, table, intent, source, key=scene.names.unique("ingestion"))
    scene.ingestions.append(ingestion)
    return ingestion


def start_and_see_first_rows(scene: Scene, rows: int) -> Ingestion:
    """Start the ingestion of a table to classify by, and wait until the first of its rows are there."""
    ingestion = start(scene, scene.names.table("table"), lambda folder: tables.classification(folder, SEED, rows))
    with scene.story.part("the first rows are in the table"):
        eventually("the first rows", lambda: count(ingestion), greater_than(0), within=LONGEST_SECONDS)
    return ingestion


def refusal_of(environment: RegisteredEnvironment, config: dict[str, Any], key: str, token: SecretStr | None = None) -> str:
    """What the secure environment says when it refuses an ingestion; nothing when it does not refuse."""
    try:
        submit(environment, config, key, token)
    except Refused as refused:
        return refused.message
    return ""


def begin(environment: RegisteredEnvironment, table: str, intent: str, source: Source, key: str) -> Ingestion:
    """Start the ingestion of staged data into a table."""
    job = submit(environment, ingest_config(environment, table, intent, source), key)
    return Ingestion(environment, table, intent, source, job)


def wait_until_ended(ingestion: Ingestion) -> PodState:
    """The ingestion's pod, once it has ended, whichever way."""
    what = f"the ingestion job {ingestion.job} to end"
    pod = eventually(what, lambda: pod_of(ingestion), lambda pod: pod is not None and pod.phase in ENDED, within=LONGEST_SECONDS)
    if pod is None:
        raise WrongScenario(f"there is no pod of the ingestion job {ingestion.job}")
    return pod


def wait_until_done(ingestion: Ingestion) -> None:
    """Wait until the ingestion has ended well; its log is shown when it did not."""
    assert_that(wait_until_ended(ingestion).phase, equal_to("Succeeded"), f"the ingestion job's log ends with:\n{log_of(ingestion)}")


def wait_until_failed(ingestion: Ingestion, reason: str) -> None:
    """Wait until the ingestion has ended, not clean and for this reason, which its log has to name."""
    exit_code, log = wait_until_ended(ingestion).exit_code, log_of(ingestion)
    assert_that(exit_code, equal_to(NOT_CLEAN), f"the exit code; the ingestion job's log ends with:\n{log}")
    assert_that(log, contains_string(reason), "the ingestion job's log")


def pod_of(ingestion: Ingestion) -> PodState | None:
    """The ingestion's pod."""
    return next((pod for pod in pods(ingestion.environment) if pod.name == ingestion.job), None)


def pods(environment: RegisteredEnvironment) -> list[PodState]:
    """The pods of all ingestions of a secure environment, the oldest first."""
    return environment.client.cluster.pods({"tracebloc.io/workload": "ingestion"})


def log_of(ingestion: Ingestion) -> str:
    """The end of what the ingestion wrote, without secrets."""
    return ending(ingestion.environment.client.cluster.pod_log(ingestion.job), LOG_SHOWN)


def count(ingestion: Ingestion) -> int:
    """How many rows the ingestion's table holds now."""
    return DatasetStore(ingestion.environment.client.database_url).count(ingestion.table)


def stored(ingestion: Ingestion) -> StoredTable:
    """The ingestion's table as it is now."""
    return DatasetStore(ingestion.environment.client.database_url).read(ingestion.table)


def listed(ingestion: Ingestion) -> list[dict[str, Any]]:
    """The datasets that the platform lists for the ingestion's table, oldest first."""
    return [dataset for dataset in reversed(ingestion.environment.owner.backend.datasets()) if dataset["table_name"] == ingestion.table]


def records_of_datasets(scene: Scene) -> list[int]:
    """How many records each dataset of the owner has that the platform lists, the oldest first."""
    return [dataset["record_count"] for dataset in reversed(scene.environments[-1].owner.backend.datasets())]


def failures(scene: Scene) -> list[str]:
    """Why ingestions of the secure environment ended without a dataset, as the platform tells its owner, the oldest first."""
    environment = scene.environments[-1]
    return [failure["reason"] for failure in environment.owner.backend.ingest_failures(environment.identity)]


def look(ingestion: Ingestion) -> Ingested:
    """What a finished ingestion left, and the one dataset that was reported to the platform."""
    (dataset,) = eventually("the platform to list the dataset", lambda: listed(ingestion), has_length(1))
    return Ingested(ingestion, stored(ingestion), ingestion.environment.owner.backend.dataset(dataset["dataset_key"]))
