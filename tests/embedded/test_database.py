"""The private MariaDB: unprivileged, closed, and each edge on its own."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from environments.embedded.ports import Ports
from environments.embedded.supervisor import EDGE, Supervisor
from environments.platforms.tracebloc.database import MariaDatabase, Programs, find_programs, sqlite_database, unprivileged_user
from environments.platforms.tracebloc.services import Service
from environments.processes.launch import basic_environment
from environments.substrate import ServiceDied

PROGRAMS = find_programs()

needs_server = pytest.mark.skipif(PROGRAMS is None, reason="no MariaDB server program (mariadbd, mariadb-install-db) is installed here")


@pytest.fixture
def database(supervisor: Supervisor, short_folder: Path) -> Iterator[MariaDatabase]:
    assert PROGRAMS is not None
    ports = Ports()
    database = MariaDatabase(PROGRAMS, short_folder, ports.reserve(), supervisor, basic_environment())
    database.begin(30)
    yield database
    database.settle()
    supervisor.stop_all()
    ports.release()


def ask(url: SecretStr, question: str) -> list[tuple[object, ...]]:
    engine = create_engine(url.get_secret_value())
    try:
        with engine.begin() as connection:
            answer = connection.execute(text(question))
            return [tuple(row) for row in answer] if answer.returns_rows else []
    finally:
        engine.dispose()


@needs_server
def test_each_edge_has_a_database_of_its_own_and_no_way_out(database: MariaDatabase, supervisor: Supervisor, short_folder: Path) -> None:
    mine, other = database.create(), database.create()
    ask(mine, "CREATE TABLE words (word VARCHAR(20))")
    ask(mine, "INSERT INTO words VALUES ('Grüße 你好 🎪')")
    assert ask(mine, "SELECT word FROM words") == [("Grüße 你好 🎪",)]
    name, other_name = (url.get_secret_value().rpartition("/")[2] for url in (mine, other))
    ask(mine, f"CREATE DATABASE IF NOT EXISTS {name}")
    # what would match the grant if its underscores stood for any letter
    for forbidden in (f"USE {other_name}", f"CREATE DATABASE {name.replace('_', 'x')}", "SELECT user FROM mysql.user", "CREATE USER eve"):
        with pytest.raises(DBAPIError):
            ask(mine, forbidden)
    assert ask(mine, "SELECT user FROM information_schema.processlist WHERE user = 'root'") == []
    for anybody in ("root", "", "mysql", "ringmaster"):
        with pytest.raises(DBAPIError):
            ask(SecretStr(f"mysql+mysqlconnector://{anybody}@127.0.0.1:{mine.get_secret_value().rpartition(':')[2]}"), "SELECT 1")
    it_runs_unprivileged_and_shows_no_password(supervisor, short_folder, mine)
    database.drop(mine)
    with pytest.raises(DBAPIError):
        ask(mine, "SELECT 1")
    assert ask(other, "SELECT 1") == [(1,)]


def it_runs_unprivileged_and_shows_no_password(supervisor: Supervisor, folder: Path, url: SecretStr) -> None:
    process = supervisor.processes.find("mariadb")
    assert process is not None
    server = psutil.Process(process.pid)
    assert server.username() == unprivileged_user() != "root"
    assert not any("assword" in argument for argument in server.cmdline())
    kept = [file for file in folder.rglob("*") if file.is_file() and file.parent.name == "mariadb"]
    assert [file.name for file in kept] == ["my.cnf"]
    assert folder.stat().st_mode & 0o007 == 0
    password = url.get_secret_value().split(":")[2].partition("@")[0]
    assert password not in "".join(log.read_text() for log in supervisor.logs_folder.glob("*.log"))


@needs_server
def test_an_address_of_the_server_can_go_away_and_come_back_while_the_others_stay(database: MariaDatabase, supervisor: Supervisor) -> None:
    direct = database.create()
    server, ports = make_url(direct.get_secret_value()), Ports()
    port = ports.reserve()
    own = SecretStr(server.set(port=port).render_as_string(hide_password=False))
    settings = {"DATABASE_PORT": str(port), "SERVER_HOST": str(server.host), "SERVER_PORT": str(server.port)}
    service = Service("mysql_client", basic_environment() | settings, "environments.platforms.tracebloc.mysql_client")
    supervisor.start([service], EDGE)
    supervisor.wait_until_ready([service], 10)
    ask(own, "CREATE TABLE words (word VARCHAR(20))")
    engine = create_engine(own.get_secret_value())
    connection = engine.connect()
    assert connection.execute(text("SELECT 1")).scalar_one() == 1
    supervisor.end(service, 3)
    with pytest.raises(OperationalError):
        connection.execute(text("SELECT 1"))
    connection.invalidate()
    connection.close()
    engine.dispose()
    with pytest.raises(DBAPIError, match="Can't connect"):
        ask(own, "SELECT 1")
    assert ask(direct, "SELECT * FROM words") == []
    supervisor.start_again(service, 10)
    assert ask(own, "SELECT * FROM words") == []
    ports.release()


@needs_server
def test_rows_survive_a_kill_of_the_server(database: MariaDatabase, supervisor: Supervisor) -> None:
    url = database.create()
    ask(url, "CREATE TABLE words (word VARCHAR(20)) ENGINE=InnoDB")
    ask(url, "INSERT INTO words VALUES ('kept')")
    faults = supervisor.faults("mariadb", 30)
    faults.kill()
    with pytest.raises(DBAPIError):
        ask(url, "SELECT 1")
    faults.start()
    assert ask(url, "SELECT word FROM words") == [("kept",)]


def test_an_installation_that_fails_says_why(supervisor: Supervisor, short_folder: Path) -> None:
    programs = Programs(server="/bin/true", install="/bin/false")
    database = MariaDatabase(programs, short_folder, 1, supervisor, basic_environment())
    database.begin(30)
    with pytest.raises(ServiceDied, match="mariadb-install died with exit code 1"):
        database.create()


def test_a_sqlite_database_is_a_file_in_the_edges_folder(tmp_path: Path) -> None:
    url = sqlite_database(tmp_path)
    ask(url, "CREATE TABLE words (word VARCHAR(20))")
    assert (tmp_path / "datasets.sqlite3").exists()
