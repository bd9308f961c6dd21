"""The backend's tables and queries on every kind of database that it can have under it.

`RINGMASTER_TEST_DATABASE=postgresql pytest tests/platforms/tracebloc/backend` runs all tests of the backend on one of them.
"""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, func, select, text

from environments.platforms.tracebloc.backend.storage import migrations
from environments.platforms.tracebloc.backend.storage.database import ANSWER_SECONDS, Database, DatabaseUnavailable
from environments.platforms.tracebloc.backend.storage.migrations import configuration, upgrade
from environments.platforms.tracebloc.backend.storage.tables import Account, Base, SecureEnvironment
from tests.platforms.tracebloc.backend.conftest import StartBackend, Variant, free_port
from tests.platforms.tracebloc.backend.people import Owner, RunningBackend
from tests.platforms.tracebloc.backend.servers import NewDatabase, server, why_not
from tests.platforms.tracebloc.backend.test_whole_path import go_from_signing_up_to_the_leaderboard

WRITERS, TIMES = 8, 5


@pytest.fixture(scope="module", params=["sqlite", "mariadb", "postgresql"])
def new_database_of_kind(request: pytest.FixtureRequest) -> Iterator[NewDatabase]:
    """Makes databases of one kind."""
    if reason := why_not(request.param):
        pytest.skip(reason)
    with server(request.param, free_port) as make:
        yield make


@pytest.fixture
def database(new_database_of_kind: NewDatabase) -> Iterator[Database]:
    """An empty one with its tables."""
    made = Database(new_database_of_kind())
    made.create_tables()
    yield made
    made.close()


@pytest.mark.filterwarnings("ignore:autogenerate skipping")
def test_the_migrations_make_the_tables_that_the_backend_works_with(new_database_of_kind: NewDatabase) -> None:
    engine = create_engine(new_database_of_kind())
    with engine.connect() as connection:
        upgrade(connection)
        context = MigrationContext.configure(connection, opts={"include_object": _is_compared, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        command.downgrade(configuration(connection), "base")
        context = MigrationContext.configure(connection)
        made = {change[1].name for change in compare_metadata(context, Base.metadata) if change[0] == "add_table"}
        assert made == set(Base.metadata.tables)
    engine.dispose()


def test_from_signing_up_to_the_leaderboard(new_database_of_kind: NewDatabase, start_backend: StartBackend) -> None:
    backend = start_backend(new_database_of_kind())
    go_from_signing_up_to_the_leaderboard(backend, Owner(backend.person(), sites=2), backend.person())


def test_times_and_texts_come_back_as_they_went_in(database: Database) -> None:
    written = 1_900_000_000.123456
    name = "Ünïcödé 🙂 " + "x" * 200
    with database.write() as session:
        owner = Account(email="One@x.test", password_hash="", first_name=name)
        session.add_all((owner, Account(email="one@x.test", password_hash="")))
        session.add(SecureEnvironment(owner=owner, name="", password_hash="", heartbeat_at=written))
    with database.read() as session:
        kept = session.scalars(select(SecureEnvironment)).one()
        assert (kept.owner.first_name, kept.owner.email, kept.heartbeat_at) == (name, "One@x.test", written)


def test_what_a_writer_has_looked_for_still_holds_when_it_writes(database: Database) -> None:
    def add(number: int) -> None:
        for _ in range(TIMES):
            with database.write() as session:
                count = session.scalar(select(func.count()).select_from(Account)) or 0
                session.add(Account(email=f"{count}@x.test", password_hash=str(number)))

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(add, range(WRITERS)))
    with database.read() as session:
        emails = set(session.scalars(select(Account.email)))
    assert emails == {f"{number}@x.test" for number in range(WRITERS * TIMES)}


@pytest.mark.parametrize("driver", ["mysql+mysqlconnector", "postgresql+psycopg"])
def test_a_server_that_is_away_is_said_to_be_away(driver: str) -> None:
    database = Database(f"{driver}://somebody:secret-word@127.0.0.1:{free_port()}/nothing")
    for transaction in (database.read, database.write):
        with pytest.raises(DatabaseUnavailable, match="the database does not answer") as refused, transaction() as session:
            session.scalar(select(func.count()).select_from(Account))
        assert "secret-word" not in str(refused.value)


@pytest.mark.parametrize("driver", ["mysql+mysqlconnector", "postgresql+psycopg"])
def test_a_server_that_says_nothing_is_said_to_be_away(driver: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(f"{driver}://somebody:secret-word@127.0.0.1:{silent.getsockname()[1]}/nothing")
        with pytest.raises(DatabaseUnavailable, match="the database does not answer"), database.read() as session:
            session.scalar(select(func.count()).select_from(Account))


def test_whoever_asks_while_the_database_is_away_is_told_so(backend: RunningBackend, variant: Variant) -> None:
    url = f"mysql+mysqlconnector://nobody@127.0.0.1:{free_port()}/nothing"
    client = variant(backend.person(), database_url=url).client
    asked = [client.get("/use-cases/"), client.post("/check-model/", files={"upload_file": ("m.py", b"x" * 100_000)})]
    assert [answer.status_code for answer in asked] == [503, 503]
    assert all("cannot reach its database" in answer.json()["message"] for answer in asked)


def _is_compared(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    # what they sort by is an expression, which databases write down in their own words
    return not (kind == "index" and (name or "").startswith("leaderboard_"))


def test_an_answer_that_comes_too_late_is_never_taken_for_the_next_one(database: Database) -> None:
    if database._engine.dialect.name != "mysql":
        pytest.skip("only MariaDB's driver keeps a connection whose answer did not come")
    with pytest.raises(DatabaseUnavailable), database.read() as session:
        session.execute(text(f"SELECT 'late', SLEEP({ANSWER_SECONDS + 1})"))
    for _ in range(3):
        with database.read() as session:
            assert session.scalar(text("SELECT 'in time'")) == "in time"


def test_the_tables_may_take_longer_to_make_than_an_answer(new_database_of_kind: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(connection: Connection) -> None:
        if connection.dialect.name == "mysql":
            connection.exec_driver_sql(f"SELECT SLEEP({ANSWER_SECONDS + 1})")
        upgrade(connection)

    monkeypatch.setattr(migrations, "upgrade", slow)
    made = Database(new_database_of_kind())
    made.create_tables()
    with made.read() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 0
    made.close()
