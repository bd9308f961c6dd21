"""Datasets, as the ingestor reports them. Source: tracebloc-ingestor 0.8.94, `contracts/schema/backend_api.v1.json`."""

import functools
import importlib.util
import json
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from environments.platforms.tracebloc.backend.accounts.authentication import Edge, Person
from environments.platforms.tracebloc.backend.errors import Refusal, not_found
from environments.platforms.tracebloc.backend.requests.context import Context
from environments.platforms.tracebloc.backend.requests.pages import PageWanted, in_order
from environments.platforms.tracebloc.backend.storage.tables import Base, Dataset, SecureEnvironment, new_key
from environments.platforms.tracebloc.common.descriptions import also, refusals
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on
from environments.texts import shortened

router = APIRouter()

# what the ingestor adds to every table; `label` is the target
_FRAMEWORK_COLUMNS = frozenset(
    ("id", "created_at", "updated_at", "status", "label", "data_intent", "data_id", "filename", "extension", "annotation", "ingestor_id")
)
# columns that order or group the rows, or hold a second target, and that no model is fed with (tracebloc SDK 1.2.63: "the backend subtracts
# the bookkeeping columns"); `time` is the ingestor's default name, and it tells the platform no other
_NO_FEATURES = {
    "time_series_forecasting": frozenset({"timestamp"}),
    "time_series_classification": frozenset({"sequence_id", "timestamp"}),
    "time_to_event_prediction": frozenset({"time"}),
}
_CLASSLESS = frozenset(
    (
        "tabular_regression",
        "time_series_forecasting",
        "time_to_event_prediction",
        "causal_language_modeling",
        "masked_language_modeling",
        "seq2seq",
        "embeddings",
    )
)

_LONGEST_TEXT = 255
_LARGEST_COUNT = 2**53
# Source: MySQL 8 (columns of a table)
_MOST_COLUMNS = 4096
_LARGEST_SCHEMA = 512 * 1024

TableName = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
SentBody = Annotated[dict[str, Any], Body()]


class IngestFailure(Base):
    """An ingest that ended without a dataset."""

    __tablename__ = "ingest_failures"
    id: Mapped[int] = mapped_column(primary_key=True)
    environment_id: Mapped[int] = mapped_column(ForeignKey("secure_environments.id"), index=True)
    ingestor_id: Mapped[str]
    reason: Mapped[str]


def features(dataset: Dataset) -> list[str]:
    """The columns a model sees, in the order of the table."""
    others = _FRAMEWORK_COLUMNS | _NO_FEATURES.get(dataset.category, frozenset())
    return [
        column
        for column, described in dataset.schema.items()
        if column not in others and not (isinstance(described, dict) and described.get("role") == "target")
    ]


def keypoints(dataset: Dataset) -> int | None:
    """How many key points each picture of the dataset has, if it has any."""
    number = dataset.meta_data.get("number_of_keypoints")
    return number if isinstance(number, int) else None


def image_attributes(dataset: Dataset) -> dict[str, Any] | None:
    """Size and colours of the dataset's pictures, in the SDK's terms; None where the ingestor told none."""
    size = dataset.meta_data.get("target_size")
    if dataset.data_format != "image" or not isinstance(size, list) or len(size) != 2:
        return None
    resolution = list(size) if is_on(BackendSabotage.WIDTH_TAKEN_FOR_HEIGHT) else [size[1], size[0]]
    return {"resolution": resolution, "channels": 3, "color_mode": "rgb"}


def class_counts(datasets: list[Dataset]) -> dict[str, int]:
    """Rows of each class over all the datasets, sorted by class; empty for a task without classes."""
    counts: dict[str, int] = {}
    for dataset in datasets:
        for label, count in ({} if dataset.category in _CLASSLESS else dataset.labels).items():
            counts[label] = counts.get(label, 0) + count
    return dict(sorted(counts.items()))


@router.post("/global_meta/summary/{table_name}/", status_code=201, responses=refusals(409))
def register(table_name: TableName, summary: SentBody, edge: Edge, context: Context, response: Response) -> dict[str, Any]:
    """Register one ingest as a dataset of the secure environment and its owner; the same ingest again is answered with 409."""
    _check("ingest_summary", summary)
    _refuse_unstorable(summary)
    _refuse_unlabelled(summary)
    with context.database.write() as session:
        known = session.scalar(_told_before(table_name, summary, edge))
        if known is not None and is_on(BackendSabotage.INGEST_REGISTERED_TWICE):
            known.ingestor_id, known = new_key(), None
        if known is not None:
            response.status_code = 409
            return {"dataset_id": known.id, "dataset_key": known.key, "message": "This ingest is registered already."}
        dataset = _new_dataset(table_name, summary, edge)
        session.add(dataset)
        session.flush()
        return {"dataset_id": dataset.id, "dataset_key": dataset.key}


@router.post("/global_meta/ingest_failure/", status_code=201, responses=also(200))
def report_failure(report: SentBody, edge: Edge, context: Context, response: Response) -> dict[str, bool]:
    """An ingest ended without registering its dataset; 200 and nothing is kept when it did register it."""
    _check("ingest_failure", report)
    with context.database.write() as session:
        registered = session.scalar(_of(edge).where(Dataset.ingestor_id == report["ingestor_id"])) is not None
        if registered and not is_on(BackendSabotage.FAILURE_KEPT_AFTER_SUCCESS):
            response.status_code = 200
            return {"recorded": False}
        if not is_on(BackendSabotage.INGEST_FAILURE_NOT_KEPT):
            session.add(IngestFailure(environment_id=edge.id, ingestor_id=report["ingestor_id"], reason=report["reason"]))
    return {"recorded": True}


@router.get("/global_meta/metadata_backfill/by-ingestor/{ingestor_id}/")
def read_for_backfill(ingestor_id: str, edge: Edge, context: Context) -> dict[str, Any]:
    """What is known of a dataset, so that its metadata can be computed again."""
    with context.database.read() as session:
        dataset = session.scalar(_of(edge).where(Dataset.ingestor_id == ingestor_id))
    if dataset is None:
        raise not_found("dataset")
    return {
        "table_name": dataset.table_name,
        "category": dataset.category,
        "data_format": dataset.data_format,
        "intent": dataset.intent,
        "is_competition": False,
        "source_dataset_ids": [],
        "schema": dataset.schema,
        "meta_data": dataset.meta_data,
    }


@router.post("/global_meta/metadata_backfill/{table_name}/")
def write_backfill(table_name: TableName, recomputed: SentBody, edge: Edge, context: Context) -> dict[str, Any]:
    """Replace the metadata of the datasets in one table; makes no dataset."""
    _check("metadata_backfill_write", recomputed)
    with context.database.write() as session:
        in_table = (Dataset.table_name == table_name) | (Dataset.physical_table == table_name)
        datasets = session.scalars(_of(edge).where(in_table)).all()
        if is_on(BackendSabotage.METADATA_REWRITTEN_BY_ANYBODY):
            datasets = session.scalars(select(Dataset).where(in_table)).unique().all()
        if not datasets:
            raise not_found("table")
        for dataset in datasets:
            dataset.schema, dataset.meta_data = recomputed["schema"], recomputed["meta_data"]
    return {"table_name": table_name, "created": False, "competitions_refolded": 0}


@router.get("/datasets/")
def list_own(person: Person, context: Context, page: PageWanted) -> list[dict[str, Any]]:
    """The caller's datasets, newest first, a page at a time. Source: our choice."""
    own = () if is_on(BackendSabotage.DATASET_VISIBLE_TO_EVERYBODY) else (Dataset.owner_id == person.id,)
    with context.database.read() as session:
        numbers = page.of(session, select(Dataset.id).where(*own))
        datasets = session.scalars(select(Dataset).where(Dataset.id.in_(numbers))).unique().all()
        listed = [_as_json(dataset) for dataset in in_order(datasets, numbers)]
        if is_on(BackendSabotage.FAILED_INGESTION_LISTED):
            failed = select(IngestFailure).join(SecureEnvironment).where(SecureEnvironment.owner_id == person.id)
            listed += [{"dataset_key": failure.ingestor_id, "record_count": 0} for failure in session.scalars(failed)]
        return listed


@router.get("/datasets/{dataset_key}/")
def show(dataset_key: str, person: Person, context: Context) -> dict[str, Any]:
    """All that was reported to the platform of one of the caller's datasets. Source: our choice."""
    with context.database.read() as session:
        dataset = own_dataset(session, dataset_key, person.id)
        if dataset is None:
            raise not_found("dataset")
        told = ("ingestor_id", "data_format", "labels", "samples", "meta_data", "size_bytes")
        return {**_as_json(dataset), **{name: getattr(dataset, name) for name in told}}


def own_dataset(session: Session, key: str, owner_id: int) -> Dataset | None:
    """A dataset by its key, if it is this owner's."""
    return session.scalar(select(Dataset).where(Dataset.key == key, Dataset.owner_id == owner_id))


def _of(edge: SecureEnvironment) -> Any:  # noqa: ANN401 - a select of datasets, whose type parameters say nothing
    return select(Dataset).where(Dataset.environment_id == edge.id)


def _told_before(table_name: str, summary: dict[str, Any], edge: SecureEnvironment) -> Any:  # noqa: ANN401 - as above
    if is_on(BackendSabotage.SECOND_INGEST_TAKEN_FOR_THE_FIRST):
        return _of(edge).where(Dataset.table_name == table_name)
    return _of(edge).where(Dataset.ingestor_id == summary["ingestor_id"])


def _new_dataset(table_name: str, summary: dict[str, Any], edge: SecureEnvironment) -> Dataset:
    return Dataset(
        owner_id=edge.owner_id,
        environment_id=edge.id,
        ingestor_id=summary["ingestor_id"],
        table_name=table_name,
        physical_table=summary.get("physical_table"),
        title=summary["dataset_title"],
        data_format=summary["data_format"],
        intent="train" if is_on(BackendSabotage.TEST_DATA_REGISTERED_FOR_TRAINING) else summary["data_intent"],
        category=summary["category"],
        schema=summary["schema"],
        labels=summary["labels"],
        samples=summary["samples"],
        meta_data=summary["meta_data"],
        record_count=_records(summary),
        size_bytes=summary.get("size_bytes"),
    )


def _records(summary: dict[str, Any]) -> int:
    by_label = sum(summary["labels"].values())
    return by_label if is_on(BackendSabotage.RECORDS_COUNTED_BY_LABEL) else int(summary.get("record_count", by_label))


def _refuse_unlabelled(summary: dict[str, Any]) -> None:
    """Nothing can be learned from it: mostly a mistyped label column, which the ingestor does not notice. Source: our choice."""
    if summary["category"] not in _CLASSLESS and not summary["labels"] and not is_on(BackendSabotage.UNLABELLED_DATASET_ACCEPTED):
        raise Refusal(
            400, "NO_LABELS", f"labels: a dataset for {summary['category']} needs labels; is the label column named as in the data?"
        )


def _refuse_unstorable(summary: dict[str, Any]) -> None:
    """The contract sets no upper bounds, every database does."""
    counts = [*summary["labels"].values(), summary.get("record_count", 0), summary.get("size_bytes", 0)]
    if len(summary["ingestor_id"]) > _LONGEST_TEXT or len(summary["dataset_title"]) > _LONGEST_TEXT or max(counts) > _LARGEST_COUNT:
        raise Refusal(400, "INVALID_REQUEST", "ingestor_id, dataset_title or a count is larger than this platform can keep.")
    if len(summary["schema"]) > _MOST_COLUMNS or len(json.dumps(summary["schema"])) > _LARGEST_SCHEMA:
        raise Refusal(400, "INVALID_REQUEST", f"schema: at most {_MOST_COLUMNS} columns in {_LARGEST_SCHEMA} bytes can be kept.")


def _as_json(dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset_key": dataset.key,
        "title": dataset.title,
        "table_name": dataset.table_name,
        "intent": dataset.intent,
        "category": dataset.category,
        "record_count": dataset.record_count,
        "edge": dataset.environment.client_id,
        "schema": dataset.schema,
    }


@functools.cache
def ingestor_contract() -> dict[str, Any]:
    """The endpoints of this surface with their schemas, as the installed ingestor ships them."""
    # found without being imported, since the import takes a second
    package = importlib.util.find_spec("tracebloc_ingestor")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("tracebloc-ingestor, which ships the contract of this surface, is not installed")
    shipped = FilePath(package.submodule_search_locations[0]) / "contracts" / "schema" / "backend_api.v1.json"
    endpoints: dict[str, Any] = json.loads(shipped.read_text())["endpoints"]
    return endpoints


def _check(endpoint: str, body: dict[str, Any]) -> None:
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(ingestor_contract()[endpoint]["request"]).iter_errors(body), key=lambda e: e.json_path)
    if errors:
        named = [f"{'.'.join(map(str, error.path)) or 'body'}: {shortened(error.message, 200)}" for error in errors]
        raise Refusal(400, "INVALID_REQUEST", "; ".join(named), errors=named)
