"""The tables of a run: the dataset's own, the salts, and the journal of runs. Source: tracebloc-ingestor 0.8.94 (`storage.v1.json`)."""

import hashlib
import json
import secrets
from collections import Counter
from typing import Any

import sqlalchemy as sql
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.schema import CreateIndex, CreateTable

from environments.platforms.tracebloc.ingestor.config import IngestConfig
from environments.platforms.tracebloc.ingestor.rows import Row, caster
from environments.platforms.tracebloc.sabotages import EdgeSabotage, is_on

SAMPLES = 10
NOW = sql.text("CURRENT_TIMESTAMP")


class Tables:
    """The edge's database as one run uses it. SQLite only: there is MariaDB for the real ingestor."""

    def __init__(self, database_url: str, config: IngestConfig, ingestor_id: str) -> None:
        # another run may be writing to the same file
        self._engine = sql.create_engine(database_url, connect_args={"timeout": 30})
        self._config = config
        self._ingestor_id = ingestor_id
        metadata = sql.MetaData()
        self.dataset = _dataset_table(metadata, config)
        self._salts = sql.Table(
            "tracebloc_ingest_meta",
            metadata,
            sql.Column("table_name", sql.String(64), primary_key=True),
            sql.Column("salt", sql.CHAR(64), nullable=False),
            sql.Column("created_at", sql.TIMESTAMP, server_default=NOW),
        )
        self._runs = sql.Table(
            "tracebloc_ingest_runs",
            metadata,
            sql.Column("ingestor_id", sql.String(64), primary_key=True),
            sql.Column("table_name", sql.String(64), nullable=False),
            sql.Column("registered", sql.SmallInteger, nullable=False, server_default="0"),
            sql.Column("task", sql.String(64)),
            sql.Column("started_at", sql.TIMESTAMP, server_default=NOW),
            sql.Column("registered_at", sql.TIMESTAMP),
        )
        _create(metadata, self._engine)

    def existing_features(self) -> list[str]:
        """The feature columns the table has, which an earlier run may have made otherwise."""
        names = [column["name"] for column in sql.inspect(self._engine).get_columns(self._config.table)]
        return names[len(FRAMEWORK_COLUMNS) :]

    def write(self, rows: list[Row]) -> int:
        """Note the run in the journal, drop what dead runs left, and add the rows; returns how many were new."""
        with self._engine.begin() as connection:
            connection.execute(
                insert(self._salts).values(table_name=self._config.table, salt=secrets.token_hex(32)).on_conflict_do_nothing()
            )
            salt = connection.execute(sql.select(self._salts.c.salt).where(self._salts.c.table_name == self._config.table)).scalar_one()
            of_this_table = sql.and_(self._runs.c.table_name == self._config.table, self._runs.c.registered == 0)
            dead = sql.select(self._runs.c.ingestor_id).where(of_this_table)
            if not is_on(EdgeSabotage.ROWS_OF_DEAD_RUNS_KEPT):
                connection.execute(sql.delete(self.dataset).where(self.dataset.c.ingestor_id.in_(dead)))
            connection.execute(
                sql.insert(self._runs).values(ingestor_id=self._ingestor_id, table_name=self._config.table, task=self._config.category)
            )
            stored = [self._stored(row, str(salt)) for row in rows]
            connection.execute(insert(self.dataset).on_conflict_do_nothing(index_elements=["data_id"]), stored)
        return self.count()

    def count(self) -> int:
        """How many rows of this run there are."""
        query = sql.select(sql.func.count()).where(self.dataset.c.ingestor_id == self._ingestor_id)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def labels(self) -> dict[str, int]:
        """How many rows of this run there are of each label."""
        with self._engine.connect() as connection:
            return dict(Counter(connection.execute(self._of_this_run(self.dataset.c.label)).scalars()))

    def samples(self) -> list[dict[str, str]]:
        """The first rows of this run: their ids, and their labels unless they are test data."""
        with_labels = self._config.intent == "train" or is_on(EdgeSabotage.TEST_LABELS_SAMPLED)
        shown = [self.dataset.c.data_id] + ([self.dataset.c.label] if with_labels else [])
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(self._of_this_run(*shown).limit(SAMPLES)).mappings()]

    def mark_registered(self, registered: bool) -> None:
        """Say in the journal whether the backend knows of this run; from then on its rows are nobody's to drop."""
        values: dict[str, Any] = {"registered": int(registered), "registered_at": NOW if registered else None}
        with self._engine.begin() as connection:
            connection.execute(sql.update(self._runs).where(self._runs.c.ingestor_id == self._ingestor_id).values(**values))

    def take_back(self) -> None:
        """Drop this run's rows: the backend did not take the dataset."""
        self.mark_registered(False)
        with self._engine.begin() as connection:
            connection.execute(sql.delete(self.dataset).where(self.dataset.c.ingestor_id == self._ingestor_id))

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _of_this_run(self, *columns: sql.ColumnElement[Any]) -> sql.Select[Any]:
        return sql.select(*columns).where(self.dataset.c.ingestor_id == self._ingestor_id).order_by(self.dataset.c.id)

    def _stored(self, row: Row, salt: str) -> Row:
        canonical = json.dumps(row, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
        data_id = hashlib.sha256((salt + canonical).encode()).hexdigest()
        return row | {"data_id": data_id, "data_intent": self._config.intent, "ingestor_id": self._ingestor_id}


FRAMEWORK_COLUMNS = {
    "id": "BIGINT",
    "created_at": "DATETIME",
    "updated_at": "DATETIME",
    "status": "INT",
    "label": "VARCHAR",
    "data_intent": "VARCHAR",
    "data_id": "VARCHAR",
    "filename": "VARCHAR",
    "extension": "VARCHAR",
    "annotation": "TEXT",
    "ingestor_id": "VARCHAR",
}


def _create(metadata: sql.MetaData, engine: sql.Engine) -> None:
    # not create_all(): it looks first and then creates, and two runs can begin at the same moment
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))


def _dataset_table(metadata: sql.MetaData, config: IngestConfig) -> sql.Table:
    return sql.Table(
        config.table,
        metadata,
        # SQLite counts up only what it calls INTEGER
        sql.Column("id", sql.BigInteger().with_variant(sql.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sql.Column("created_at", sql.DateTime, server_default=NOW),
        sql.Column("updated_at", sql.DateTime, server_default=NOW),
        sql.Column("status", sql.Integer, server_default="0"),
        sql.Column("label", sql.String(255)),
        sql.Column("data_intent", sql.String(100)),
        sql.Column("data_id", sql.String(255), unique=True, nullable=False),
        sql.Column("filename", sql.String(255)),
        sql.Column("extension", sql.String(10)),
        sql.Column("annotation", sql.Text),
        sql.Column("ingestor_id", sql.String(255), index=True),
        *(sql.Column(name, _column_type(config.columns[name])) for name in config.features),
    )


def _column_type(declared: str) -> sql.types.TypeEngine[Any]:
    kind = caster(declared)
    if kind is int:
        return sql.BigInteger()
    if kind is str:
        return sql.Text()
    return sql.Boolean() if declared.upper().startswith("BOOL") else sql.Double()
