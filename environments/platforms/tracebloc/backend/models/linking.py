"""Linking a model to a use case's training data. Source: tracebloc SDK 1.2.63 (`type=linking_dataset` and its neighbours)."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.backend import clock
from environments.platforms.tracebloc.backend.accounts.authentication import Person
from environments.platforms.tracebloc.backend.data.chosen_rows import divide
from environments.platforms.tracebloc.backend.data.datasets import class_counts, features, image_attributes, keypoints
from environments.platforms.tracebloc.backend.errors import Denied, Refusal
from environments.platforms.tracebloc.backend.requests.context import Backend, Context
from environments.platforms.tracebloc.backend.storage.tables import Account, Dataset, ModelUpload, UseCase
from environments.platforms.tracebloc.backend.use_cases.cases import membership_of
from environments.platforms.tracebloc.common.sent_json import UnusableJson, parse
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()

# Source: tracebloc SDK 1.2.63 (`fetch_model`: "an upload can be fetched for 24 hours")
FETCHABLE_SECONDS = 86_400
_LOAD_FAILED = "Model File Load Failed: you have no uploaded model of that name."

# one SQL type for each of the ingestor's logical types
_SQL_TYPES = {"int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN", "string": "VARCHAR(255)", "datetime": "DATETIME", "date": "DATE"}


def link(form: dict[str, str], person: Account, context: Backend) -> dict[str, Any]:
    """Whether the model fits the data, and what the SDK needs to know of the data."""
    with context.database.read() as session:
        use_case = linkable_use_case(session, form.get("dataset_key", ""), person)
        datasets = use_case.datasets("train")
        model = _named_model(session, form, person)
        claims = _claims(form, model)
        if claims["category"] != datasets[0].category:
            words = f"The model is for {claims['category']}, the dataset for {datasets[0].category}."
            raise Refusal(409, "CATEGORY_MISMATCH", words)
        comparison = _comparison(datasets, claims)
        answer = {**_described(use_case, datasets), **comparison}
        if "stored_model" in form:
            answer.update(model_name=model.stored_name, file_type=model.file_type)
        return answer


def recalculate(form: dict[str, str], person: Account, context: Backend) -> dict[str, Any]:
    """How many rows each secure environment gives when only so many of each class (or in all) are wanted."""
    wanted, edges = _json_field(form, "data_per_class", dict), _json_field(form, "edges_involved", list)
    with context.database.read() as session:
        datasets = linkable_use_case(session, form.get("dataset_key", ""), person).datasets("train")
        involved = [dataset for dataset in datasets if not edges or dataset.environment.client_id in edges]
        divided = divide(involved, wanted) if involved else {}
        return {"total_data_per_edge": {client_id: sum(choice.values()) for client_id, choice in divided.items()}}


@router.get("/dataset/global_meta_data/")
def global_metadata(dataset_id: str, person: Person, context: Context) -> dict[str, Any]:
    """The columns of a dataset and their SQL types."""
    with context.database.read() as session:
        schema = linkable_use_case(session, dataset_id, person).datasets("train")[0].schema
        typed = {column: described.get("dtype", "") if isinstance(described, dict) else described for column, described in schema.items()}
    return {"schema": {column: _SQL_TYPES.get(sql_type, sql_type) for column, sql_type in typed.items()}}


def use_case_of(session: Session, dataset_key: str) -> UseCase | None:
    """The use case whose training or test data has this key."""
    either = or_(UseCase.training_dataset_key == dataset_key, UseCase.test_dataset_key == dataset_key)
    return session.scalar(select(UseCase).where(either)) if dataset_key else None


def uploaded_model(session: Session, stored_name: str, person: Account) -> ModelUpload:
    """The person's own upload; Refusal LOAD_FAILED."""
    model = session.scalar(select(ModelUpload).where(ModelUpload.stored_name == stored_name, ModelUpload.owner_id == person.id))
    if model is None:
        raise Refusal(400, "LOAD_FAILED", _LOAD_FAILED)
    return model


def checked_model(session: Session, name: str, person: Account) -> ModelUpload | None:
    """The latest model that the person checked in the Run tab under this name, for as long as it is kept for fetching."""
    fresh = ModelUpload.created_at > clock.now() - FETCHABLE_SECONDS
    named = select(ModelUpload).where(ModelUpload.name == name, ModelUpload.fetchable)
    if not is_on(BackendSabotage.KEPT_MODEL_FETCHED_FOR_EVER):
        named = named.where(fresh)
    own = named if is_on(BackendSabotage.MODEL_FETCHED_BY_ANYBODY) else named.where(ModelUpload.owner_id == person.id)
    latest_first = ModelUpload.id.asc() if is_on(BackendSabotage.OLDEST_KEPT_MODEL_FETCHED) else ModelUpload.id.desc()
    return session.scalar(own.order_by(latest_first).limit(1))


def linkable_use_case(session: Session, dataset_key: str, person: Account) -> UseCase:
    """The use case whose training data has this key and that the person has joined; Refusal 400 or Denied 403."""
    use_case = use_case_of(session, dataset_key)
    if use_case is None or use_case.training_dataset_key != dataset_key:
        raise Refusal(400, "DATASET_NOT_FOUND", "Dataset does not exist.")
    let_in = use_case.owner_id == person.id or membership_of(session, use_case, person) is not None
    if not let_in and not is_on(BackendSabotage.LINK_WITHOUT_JOINING):
        raise Denied(403, "You do not have permission to perform this action.")
    return use_case


def _named_model(session: Session, form: dict[str, str], person: Account) -> ModelUpload:
    if "stored_model" not in form:
        return uploaded_model(session, form.get("model_name", ""), person)
    checked = checked_model(session, form["stored_model"], person)
    if checked is None:
        raise Refusal(400, "LOAD_FAILED", _LOAD_FAILED)
    return checked


def _claims(form: dict[str, str], model: ModelUpload) -> dict[str, Any]:
    """What the model says it is for: as the SDK sends it, else as its file says."""
    category = form.get("category", model.header.get("category"))
    classes = form.get("classes", model.header.get("output_classes"))
    sent = _json_field(form, "match_point", dict)
    point = "number_of_keypoints" if category == "keypoint_detection" else "number_of_columns"
    number = _whole_number(sent.get(point, model.header.get("num_feature_points")))
    return {"category": category, "classes": _whole_number(classes), "match_points": {} if number is None else {point: number}}


def _comparison(datasets: list[Dataset], claims: dict[str, Any]) -> dict[str, Any]:
    expected_classes = len(class_counts(datasets))
    expected_points = {"number_of_columns": len(features(datasets[0])), "number_of_keypoints": keypoints(datasets[0])}
    match_points = {
        point: {
            "expected": expected_points[point],
            "received": received,
            "match": received == expected_points[point],
            "one_hot_expected": None,
        }
        for point, received in claims["match_points"].items()
    }
    fits = (not expected_classes or claims["classes"] == expected_classes) and all(point["match"] for point in match_points.values())
    return {
        "status": "passed" if fits or is_on(BackendSabotage.LINK_TAKES_ANY_SHAPE) else "failed",
        "dataset_classes": expected_classes,
        "datasetClasses": expected_classes,
        "output_class": claims["classes"],
        "outputClass": claims["classes"],
        "match_points": match_points,
        "matchPoints": match_points,
    }


def _described(use_case: UseCase, datasets: list[Dataset]) -> dict[str, Any]:
    counts = class_counts(datasets)
    order = sorted(counts, key=lambda label: -counts[label]) if is_on(BackendSabotage.CLASS_ORDER_BY_FREQUENCY) else list(counts)
    counted = datasets[:1] * len(datasets) if is_on(BackendSabotage.LINK_TELLS_OF_ONE_ENVIRONMENT) else datasets
    return {
        "total_images": {dataset.environment.client_id: each.record_count for dataset, each in zip(datasets, counted, strict=True)},
        **({} if is_on(BackendSabotage.LINK_ANSWER_LACKS_CLASS_NAMES) else {"class_names": counts}),
        "class_order": order,
        "allow_feature_modification": use_case.allow_feature_modification,
        "table_name": datasets[0].table_name,
        "resources": _resources(datasets),
        "image_attributes": image_attributes(datasets[0]),
        "tokenizer_warning": None,
    }


def _resources(datasets: list[Dataset]) -> dict[str, Any] | None:
    """The least that any of the secure environments has; None while one of them was never heard of."""
    heartbeats = [dataset.environment.heartbeat for dataset in datasets]
    known = [heartbeat for heartbeat in heartbeats if heartbeat]
    if len(known) < len(heartbeats):
        return None
    memory_gb = min(heartbeat["memory_total_bytes"] for heartbeat in known) / 2**30
    return {"cpu_cores": min(h["cpu_count"] for h in known), "memory_gb": round(memory_gb, 2), "gpu": False, "gpu_memory_gb": None}


def _json_field(form: dict[str, str], name: str, kind: type) -> Any:  # noqa: ANN401 - a dict or list, as `kind` says
    try:
        value = parse(form.get(name) or "null")
    except UnusableJson as error:
        raise Refusal(400, "INVALID_REQUEST", f"{name}: {error}") from None
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise Refusal(400, "INVALID_REQUEST", f"{name}: a JSON {'object' if kind is dict else 'list'} is needed.")
    return value


def _whole_number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
