"""The jobs in the store. Source: the project's processor (table `jobs`)."""

from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from environments.platforms.observatory.sabotages import Sabotage
from environments.reference_services.defects import is_on

TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    id UUID PRIMARY KEY,
    type TEXT,
    status TEXT,
    payload JSONB,
    created_at TIMESTAMP,
    updated_at TIMESTAMP DEFAULT (NOW() AT TIME ZONE 'UTC')
)
"""
BEGUN = """
INSERT INTO jobs (id, type, status, payload, created_at)
VALUES (%(id)s, %(type)s, 'EXECUTING', %(payload)s, %(createdAt)s::timestamptz AT TIME ZONE 'UTC')
ON CONFLICT (id) DO UPDATE SET status = 'EXECUTING', updated_at = NOW() AT TIME ZONE 'UTC' WHERE jobs.status <> 'COMPLETED'
RETURNING status
"""
COMPLETED = "UPDATE jobs SET status = 'COMPLETED', updated_at = NOW() AT TIME ZONE 'UTC' WHERE id = %(id)s"
CONNECT_SECONDS = 2


class StoreAway(Exception):
    """The store does not answer, perhaps for a moment only."""


class Unkeepable(Exception):
    """The store can never keep this job; the text says why."""


class Jobs:
    """Keeps jobs; each call has a connection of its own, so that a store that was away is found again."""

    def __init__(self, url: str) -> None:
        self._url = url

    def make_table(self) -> None:
        """Make the table unless it is there. Raises StoreAway."""
        self._execute(TABLE, {})

    def begin(self, job: dict[str, Any]) -> bool:
        """Note that a job is begun; False when it is done already. Raises StoreAway and Unkeepable."""
        return bool(
            self._execute(BEGUN, {**job, "payload": Jsonb({} if is_on(Sabotage.JOB_KEPT_WITHOUT_PAYLOAD) else job.get("payload", {}))})
        )

    def complete(self, job: dict[str, Any]) -> None:
        """Note that a job is done. Raises StoreAway."""
        self._execute(COMPLETED, job)

    def _execute(self, statement: str, values: dict[str, Any]) -> int:
        try:
            options = "-c statement_timeout=3000"
            with psycopg.connect(self._url, connect_timeout=CONNECT_SECONDS, options=options, tcp_user_timeout=3000) as connection:
                return connection.execute(statement, values).rowcount
        except psycopg.DataError as error:
            raise Unkeepable(f"the store cannot keep it: {type(error).__name__}") from error
        except psycopg.Error as error:
            raise StoreAway(f"the store does not answer: {type(error).__name__}") from error
