"""The way to the database: short transactions, one for reading and one for writing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from environments.platforms.tracebloc.backend.storage.tables import Base
from environments.platforms.tracebloc.common.outages import Unavailable
from environments.reference_services.server_timing import note_call

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3
ANSWER_SECONDS = 5
"""For how long a server may say nothing at all, as it does behind a line that is cut."""
TURN_SECONDS = 10
MIGRATION_SECONDS = 300
"""For how long one statement of a migration may take; a server that was interrupted in one has half of the tables."""
OPTIONS: dict[str, dict[str, Any]] = {
    "sqlite": {},
    "mysql": {
        "connect_args": {"connection_timeout": CONNECT_SECONDS, "read_timeout": ANSWER_SECONDS, "write_timeout": ANSWER_SECONDS},
        "isolation_level": "READ COMMITTED",
        "pool_pre_ping": True,
        "pool_timeout": TURN_SECONDS,
    },
    "postgresql": {
        "connect_args": {
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": ANSWER_SECONDS * 1000,
            "options": f"-c lock_timeout={TURN_SECONDS}s",
        },
        "pool_pre_ping": True,
        "pool_timeout": TURN_SECONDS,
    },
}
"""By the kind of database. SQLAlchemy's own pool is too patient for people who wait for an answer."""
TURNS = {
    "mysql": (f"SELECT GET_LOCK('backend.write', {ANSWER_SECONDS - 1})", "SELECT RELEASE_LOCK('backend.write')"),
    "postgresql": ("SELECT 1 FROM pg_advisory_lock(7237811)", "SELECT pg_advisory_unlock(7237811)"),
}
"""How one writer at a time is made sure of, as on SQLite: what is looked for before it is written must still hold when it is."""


SERVICES = {"sqlite": "database", "mysql": "mariadb"}
"""What the platform calls the database, where that is not its kind; SQLite is a file of the backend's."""


class DatabaseUnavailable(Unavailable):
    """The database does not answer, or not in time; the text says which kind of error and holds no secret."""


class Database:
    """Transactions on SQLite, MariaDB, MySQL or PostgreSQL; every one may raise DatabaseUnavailable."""

    def __init__(self, url: str) -> None:
        kind = make_url(url).get_backend_name()
        self._url = url
        self._engine = create_engine(url, **OPTIONS[kind])
        if kind == "mysql":
            _drop_what_was_late(self._engine)
        self._turn = TURNS.get(kind)
        self._service = SERVICES.get(kind, kind)
        if kind == "sqlite":
            _prepare_sqlite(self._engine)
        self._writing = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        # objects stay readable after their transaction, since answers are made from them
        self._read = sessionmaker(self._engine, expire_on_commit=False)

    def create_tables(self) -> None:
        """Make the tables that do not exist yet: at once in a SQLite file, by the migrations on a server."""
        with _reached():
            if self._turn is None:
                Base.metadata.create_all(self._engine)
                return
            from environments.platforms.tracebloc.backend.storage.migrations import upgrade

            engine = _patient(self._url)
            try:
                with engine.connect() as connection, self._one_at_a_time(connection):
                    upgrade(connection)
            finally:
                engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that changes nothing."""
        note_call(self._service)
        with _reached(), self._read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are kept when the block ends without an error; one writer at a time."""
        note_call(self._service)
        with (
            _reached(),
            self._writing.connect() as connection,
            self._one_at_a_time(connection),
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _one_at_a_time(self, connection: Connection) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        take, give_back = self._turn
        with connection.begin():
            taken = connection.exec_driver_sql(take).scalar()
        if not taken:
            raise DatabaseUnavailable("others have been writing for too long")
        try:
            yield
        finally:
            try:
                with connection.begin():
                    connection.exec_driver_sql(give_back)
            except SQLAlchemyError:
                # the server gives it back with the connection
                connection.invalidate()


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseUnavailable("the database does not answer: all connections are in use") from error
    except DBAPIError as error:
        # MariaDB's driver has timeouts that are none of the standard's kinds of error
        if not isinstance(error, OperationalError | InterfaceError) and type(error) is not DBAPIError:
            raise
        raise DatabaseUnavailable(f"the database does not answer: {type(error.orig).__name__}") from error


def _patient(url: str) -> Engine:
    options = OPTIONS[make_url(url).get_backend_name()]
    longer = dict.fromkeys(("read_timeout", "write_timeout"), MIGRATION_SECONDS)
    given = options["connect_args"]
    return create_engine(url, **{**options, "connect_args": {**given, **{name: longer[name] for name in given.keys() & longer.keys()}}})


def _drop_what_was_late(engine: Engine) -> None:
    """MariaDB's driver keeps a connection whose answer did not come in time: it would be taken for the answer of the next statement."""

    @event.listens_for(engine, "handle_error")
    def drop(context: ExceptionContext) -> None:
        if type(context.sqlalchemy_exception) is DBAPIError:
            context.is_disconnect = True


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
