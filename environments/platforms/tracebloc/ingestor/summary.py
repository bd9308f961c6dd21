"""The one summary that tells the backend of the dataset. Source: tracebloc-ingestor 0.8.94 (`backend_api.v1.json`, `feature_stats`)."""

import logging
import threading
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, sleep_using_event, stop_after_attempt, wait_random_exponential

from environments.network.direct_http import direct_client
from environments.platforms.tracebloc.ingestor.config import IngestConfig
from environments.platforms.tracebloc.ingestor.rows import Row, caster
from environments.platforms.tracebloc.ingestor.settings import Settings
from environments.platforms.tracebloc.ingestor.tables import FRAMEWORK_COLUMNS, Tables
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on

log = logging.getLogger(__name__)

TAKEN = frozenset({200, 201, 409})
WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})
ATTEMPTS = 6
MOST_CATEGORIES = 1000
TEXT_TYPES = ("VARCHAR", "CHAR", "TEXT")


class NotRegistered(Exception):
    """The backend did not take the summary; the text says what it answered."""


class _TryAgain(NotRegistered):
    pass


def summary(config: IngestConfig, rows: list[Row], tables: Tables, settings: Settings, ingestor_id: str) -> dict[str, Any]:
    """The body of the summary: counts, column types and statistics, ten samples; no other row leaves."""
    statistics = {name: found for name in config.features if (found := _statistics(config.columns[name], [row[name] for row in rows]))}
    return {
        "ingestor_id": ingestor_id,
        "labels": tables.labels(),
        "dataset_title": settings.tracebloc_title or f"{config.table} - {ingestor_id[:8]}",
        "data_format": "tabular",
        "data_intent": config.intent,
        "category": config.category,
        "schema": _schema(config),
        "samples": tables.samples(),
        "meta_data": {"number_of_columns": len(config.features)} | ({"attributes": {"feature_stats": statistics}} if statistics else {}),
        "record_count": tables.count(),
        "size_bytes": config.csv.stat().st_size,
    }


def _statistics(column_type: str, values: list[Any]) -> dict[str, Any] | None:
    present = [value for value in values if value is not None]
    kind = caster(column_type)
    if not present or column_type.upper().startswith("BOOL"):
        return None
    if kind is str:
        categories = sorted(set(present))
        return {"categories": categories} if len(categories) <= MOST_CATEGORIES else None
    squares = sum(float(value) ** 2 for value in present)
    return {"count": len(present), "sum": float(sum(present)), "sum_sq": squares, "min": min(present), "max": max(present)}


def _schema(config: IngestConfig) -> dict[str, dict[str, str]]:
    columns = FRAMEWORK_COLUMNS | {name: config.columns[name] for name in config.features}
    described = {name: {"dtype": _logical_type(declared), "null_encoding": "null"} for name, declared in columns.items()}
    for description in described.values():
        if description["dtype"] == "bool":
            description["bool_encoding"] = "1/0"
    described["label"]["role"] = "target"
    return described


def _logical_type(declared: str) -> str:
    base = declared.partition("(")[0].strip().upper()
    if base in TEXT_TYPES:
        return "string"
    if base == "DATETIME":
        return "datetime"
    if base.startswith("BOOL"):
        return "bool"
    return "int" if caster(base) is int else "float"


class BackendReports:
    """The two things an ingestor tells the backend."""

    def __init__(self, settings: Settings) -> None:
        authorization = f"{settings.tracebloc_backend_token_scheme} {settings.tracebloc_backend_token.get_secret_value()}"
        self._http = direct_client(settings.backend_url, headers={"Authorization": authorization}, timeout=30)

    def register(self, table: str, body: dict[str, Any]) -> None:
        """Send the summary, up to six times while that can help; raises NotRegistered."""
        retrying = Retrying(
            retry=retry_if_exception_type(_TryAgain),
            wait=wait_random_exponential(multiplier=0.5, max=15),
            stop=stop_after_attempt(ATTEMPTS),
            sleep=sleep_using_event(threading.Event()),
            before_sleep=_tell_the_wait,
            reraise=True,
        )
        retrying(self._register_once, table, body)

    def tell_failure(self, ingestor_id: str, reason: str) -> None:
        """Tell, once, that the run registered nothing; that it cannot be told is only logged."""
        try:
            self._http.post("/global_meta/ingest_failure/", json={"ingestor_id": ingestor_id, "reason": reason})
        except httpx.HTTPError as error:
            log.warning("the failure could not be reported: %s", type(error).__name__)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _register_once(self, table: str, body: dict[str, Any]) -> None:
        try:
            response = self._http.post(f"/global_meta/summary/{table}/", json=body)
        except httpx.HTTPError as error:
            raise _TryAgain(f"the backend cannot be reached: {type(error).__name__}") from error
        if response.status_code in WORTH_ANOTHER_TRY and not is_on(EdgeSabotage.SUMMARY_REFUSED_FOR_GOOD):
            raise _TryAgain(f"the backend answered {response.status_code}")
        if response.status_code not in TAKEN:
            raise NotRegistered(f"the backend refused the summary: {response.status_code}")


def _tell_the_wait(state: RetryCallState) -> None:
    log.warning("the summary is sent again: %s", state.outcome.exception() if state.outcome else None)
