"""A client of the store: the jobs as the processor keeps them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from support.evidence.kinds import Kind
from support.evidence.recorder import record

SECONDS = 5
JOBS = "SELECT id::text, type, status, payload, created_at, updated_at FROM jobs"
KEEP = "INSERT INTO jobs (id, type, status, payload, created_at) VALUES (%s, %s, 'COMPLETED', '{}', %s::timestamptz AT TIME ZONE 'UTC')"
PASSING = (psycopg.OperationalError,)
"""What a store that is away for a moment raises."""


class Store:
    """Each call has a connection of its own, so that a store that was away is found again."""

    def __init__(self, url: str) -> None:
        self._url = url

    def job(self, job: str) -> dict[str, Any] | None:
        """A job's row; None when there is none. Raises psycopg.Error."""
        record(Kind.CALL, f"job {job} looked up", service="postgresql")
        return next(iter(self._rows(f"{JOBS} WHERE id = %s", job)), None)

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The jobs of a kind. Raises psycopg.Error."""
        record(Kind.CALL, f"jobs of {kind} looked up", service="postgresql")
        return self._rows(f"{JOBS} WHERE type = %s", kind)

    def keep(self, kept: Sequence[tuple[str, str, datetime]]) -> None:
        """Put completed jobs in, as id, kind and when each was made. Raises psycopg.Error."""
        with psycopg.connect(self._url, connect_timeout=SECONDS) as connection, connection.cursor() as cursor:
            cursor.executemany(KEEP, kept)

    def remove(self, jobs: Sequence[str]) -> None:
        """Take jobs out. Raises psycopg.Error."""
        with psycopg.connect(self._url, connect_timeout=SECONDS) as connection:
            connection.execute("DELETE FROM jobs WHERE id::text = ANY(%s)", [list(jobs)])

    def status(self, job: str) -> str | None:
        """How far a job got; None when it is not known. Raises psycopg.Error."""
        row = self.job(job)
        return None if row is None else str(row["status"])

    def _rows(self, statement: LiteralString, value: str) -> list[dict[str, Any]]:
        with psycopg.connect(self._url, connect_timeout=SECONDS, row_factory=dict_row) as connection:
            try:
                return connection.execute(statement, [value]).fetchall()
            except psycopg.errors.UndefinedTable:
                # the processor makes it with the first job
                return []
