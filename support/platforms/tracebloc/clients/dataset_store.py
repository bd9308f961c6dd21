"""What ingestion left in the database of a secure environment.

Source: tracebloc-ingestor 0.8.94 (`storage.v1.json`; the tables of salts and of runs).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from support.evidence.kinds import Kind
from support.evidence.recorder import record

if TYPE_CHECKING:
    from sqlalchemy import Connection

Row = dict[str, Any]

FRAMEWORK_COLUMNS = (
    "id",
    "created_at",
    "updated_at",
    "status",
    "label",
    "data_intent",
    "data_id",
    "filename",
    "extension",
    "annotation",
    "ingestor_id",
)
SALTS, RUNS = "tracebloc_ingest_meta", "tracebloc_ingest_runs"


@dataclass(frozen=True)
class StoredTable:
    """One dataset's table at one moment; all of it is empty when there is none."""

    columns: tuple[str, ...]
    rows: Sequence[Row]
    """In the order they were put there."""
    salt: str
    """What the ids of the rows are mixed with."""
    runs: Sequence[Row]
    """What the journal says of the runs into this table."""


class DatasetStore:
    """Reads one secure environment's database; SQLAlchemy is imported at the first use."""

    def __init__(self, database_url: SecretStr) -> None:
        self._database_url = database_url

    @property
    def password(self) -> str:
        """What the environment's account gets in with."""
        from sqlalchemy.engine import make_url

        return str(make_url(self._database_url.get_secret_value()).password)

    def change_password(self, password: str) -> SecretStr:
        """Change the account's own password (MariaDB, MySQL 5.7); returns the URL with the new one."""
        from sqlalchemy import create_engine, text
        from sqlalchemy.engine import make_url

        engine = create_engine(self._database_url.get_secret_value())
        try:
            with engine.begin() as connection:
                connection.execute(text("SET PASSWORD = PASSWORD(:password)"), {"password": password})
        finally:
            engine.dispose()
        changed = make_url(self._database_url.get_secret_value()).set(password=password)
        return SecretStr(changed.render_as_string(hide_password=False))

    def _note(self, what: str) -> None:
        from sqlalchemy.engine import make_url

        on_server = make_url(self._database_url.get_secret_value()).get_backend_name() == "mysql"
        record(Kind.CALL, what, service="mariadb" if on_server else "database")

    def count(self, table: str) -> int:
        """How many rows a table holds; none when there is no such table."""
        from sqlalchemy import create_engine, func, inspect, select
        from sqlalchemy import table as sql_table

        self._note(f"rows of {table} counted")
        engine = create_engine(self._database_url.get_secret_value())
        try:
            with engine.connect() as connection:
                if not inspect(connection).has_table(table):
                    return 0
                return int(connection.execute(select(func.count()).select_from(sql_table(table))).scalar_one())
        finally:
            engine.dispose()

    def read(self, table: str) -> StoredTable:
        """A dataset's table, with what the ingestor notes of it elsewhere."""
        from sqlalchemy import create_engine, inspect

        self._note(f"{table} read")
        engine = create_engine(self._database_url.get_secret_value())
        try:
            with engine.connect() as connection:
                known = set(inspect(connection).get_table_names())
                columns = [str(column["name"]) for column in inspect(connection).get_columns(table)] if table in known else []
                return StoredTable(
                    columns=tuple(columns),
                    rows=_rows(connection, table, columns, order_by="id") if columns else [],
                    salt=next((str(row["salt"]) for row in _noted(connection, known, SALTS, table, ["salt"])), ""),
                    runs=_noted(connection, known, RUNS, table, ["ingestor_id", "registered", "task"]),
                )
        finally:
            engine.dispose()


def _rows(connection: "Connection", table: str, columns: list[str], order_by: str) -> list[Row]:
    from sqlalchemy import column, select
    from sqlalchemy import table as sql_table

    query = select(sql_table(table, *(column(name) for name in columns))).order_by(column(order_by))
    return [dict(row) for row in connection.execute(query).mappings()]


def _noted(connection: "Connection", known: set[str], notes: str, table: str, columns: list[str]) -> list[Row]:
    if notes not in known:
        return []
    return [row for row in _rows(connection, notes, ["table_name", *columns], columns[0]) if row["table_name"] == table]
