"""The way to the database: short transactions, one for reading and one for writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from environments.platforms.tracebloc.backend.models import Base


class Database:
    """Transactions on any database SQLAlchemy knows; SQLite gets what many threads need of it."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        if self._engine.dialect.name == "sqlite":
            _prepare_sqlite(self._engine)
        writing = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        # objects stay readable after their transaction, since answers are made from them
        self._read = sessionmaker(self._engine, expire_on_commit=False)
        self._write = sessionmaker(writing, expire_on_commit=False)

    def create_tables(self) -> None:
        """Make the tables that do not exist yet."""
        Base.metadata.create_all(self._engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that changes nothing."""
        with self._read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are kept when the block ends without an error; on SQLite one writer at a time."""
        with self._write.begin() as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3.Connection of whatever driver
        connection.isolation_level = None  # SQLAlchemy begins the transactions, see below
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # a reader that turns writer would fail when another wrote meanwhile, so writers take the lock at once
        connection.exec_driver_sql(str(connection.get_execution_options().get("begin", "BEGIN")))
