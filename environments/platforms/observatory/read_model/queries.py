"""What is read, and from where; each source that is away is said to be, in time. Source: the project's read model."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
import redis
from pymongo import ASCENDING, DESCENDING, MongoClient
from pymongo.errors import PyMongoError

from environments.platforms.observatory.metrics_engine.counting import COLLECTION, DATABASE, LAST_EVENT_TIME, ONCE, counter
from environments.platforms.observatory.sabotages import Sabotage
from environments.platforms.observatory.web import Unavailable
from environments.reference_services.defects import is_on
from environments.reference_services.server_timing import note_call

SECONDS = 2
RECENT = "SELECT id::text, type, status, created_at, updated_at FROM jobs ORDER BY created_at DESC LIMIT %(most)s"
OLDEST = RECENT.replace(" DESC", "")
TABLE_IS_THERE = "SELECT to_regclass('jobs') IS NOT NULL"


@contextmanager
def _answering(what: str) -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, redis.RedisError, PyMongoError) as error:
        raise Unavailable(f"{what} does not answer: {type(error).__name__}") from error


class Store:
    """The jobs, in PostgreSQL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def recent(self, most: int) -> list[dict[str, Any]]:
        """The latest jobs, the latest first. Raises Unavailable."""
        with self._connected() as connection:
            # before the first job there is no table
            if not (connection.execute(TABLE_IS_THERE).fetchone() or (False,))[0]:
                return []
            statement = OLDEST if is_on(Sabotage.RECENT_JOBS_OLDEST_FIRST) else RECENT
            rows = connection.execute(statement, {"most": most}).fetchall()
        return [
            {"id": job, "type": kind, "status": status, "createdAt": _as_text(created), "updatedAt": _as_text(updated)}
            for job, kind, status, created, updated in rows
        ]

    def probe(self) -> None:
        """Raise Unavailable unless it answers."""
        with self._connected() as connection:
            connection.execute("SELECT 1")

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        note_call("postgresql")
        options = f"-c statement_timeout={SECONDS * 1000}"
        with (
            _answering("the store"),
            psycopg.connect(self._url, connect_timeout=SECONDS, options=options, tcp_user_timeout=SECONDS * 1000) as connection,
        ):
            yield connection


class Cache:
    """The counters, in Redis."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._redis = redis.Redis(
            host, int(port), retry=ONCE, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, decode_responses=True
        )

    def stats(self) -> dict[str, Any]:
        """How many jobs were completed and failed. Raises Unavailable."""
        note_call("redis")
        keys = [counter("total"), counter("completed"), counter("failed"), LAST_EVENT_TIME]
        with _answering("the cache"):
            total, completed, failed, last = self._values(keys)
        return {
            "totalJobs": int(total or 0),
            "completedJobs": int(completed or 0),
            "failedJobs": int(failed or 0),
            "lastEventTime": last or "",
        }

    def _values(self, keys: list[str]) -> list[Any]:
        try:
            return list(self._redis.mget(keys))
        except redis.RedisError:
            if is_on(Sabotage.ZEROS_WHILE_CACHE_IS_AWAY):
                return [None] * len(keys)
            raise

    def probe(self) -> None:
        """Raise Unavailable unless it answers."""
        with _answering("the cache"):
            self._redis.ping()


class Events:
    """The events, in MongoDB."""

    def __init__(self, url: str) -> None:
        options: dict[str, Any] = dict.fromkeys(("serverSelectionTimeoutMS", "connectTimeoutMS", "socketTimeoutMS"), SECONDS * 1000)
        # the client would ask once more, and take three times as long
        self._client: MongoClient[dict[str, Any]] = MongoClient(url, connect=False, retryReads=False, **options)

    def latest(self, job: str, most: int) -> list[dict[str, Any]]:
        """The latest events, the latest first; of one job unless `job` is empty. Raises Unavailable."""
        note_call("event_store")
        wanted = {"payload.id": job} if job and not is_on(Sabotage.EVENTS_OF_EVERY_JOB) else {}
        order = ASCENDING if is_on(Sabotage.OLDEST_EVENTS_SHOWN) else DESCENDING
        with _answering("the event store"):
            found = self._client[DATABASE][COLLECTION].find(wanted, {"_id": False}).sort("occurredAt", order).limit(most)
            return list(found)

    def probe(self) -> None:
        """Raise Unavailable unless it answers."""
        with _answering("the event store"):
            self._client.admin.command("ping")


def _as_text(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.isoformat(timespec='milliseconds')}Z"
