"""The private MariaDB: unprivileged, closed, and each edge on its own."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from environments.embedded.ports import Ports
from environments.embedded.supervisor import Service, Supervisor
from environments.errors import ServiceDied
from environments.platforms.tracebloc.stores.databases import Account, Databases, sqlite_database
from environments.platforms.tracebloc.stores.mariadb import find_programs, unprivileged_user
from environments.processes.launch import basic_environment
from environments.services import Address, PythonModule

PROGRAMS = find_programs()

needs_server = pytest.mark.skipif(PROGRAMS is None, reason="no MariaDB server program (mariadbd, mariadb-install-db) is installed here")


ADMINISTRATORS_PASSWORD = "correct-horse-battery-staple"


def server_of(folder: Path, port: int, **variables: str) -> Service:
    settings = {"DATABASE_PORT": str(port), "DATABASE_FOLDER": str(folder / "mariadb"), "ADMINISTRATOR_PASSWORD": ADMINISTRATORS_PASSWORD}
    module = PythonModule("environments.platforms.tracebloc.stores.mariadb")
    return Service("mariadb", basic_environment() | settings | variables, module, ready_port=port, ready_seconds=60)


@pytest.fixture
def databases(supervisor: Supervisor, short_folder: Path) -> Iterator[Databases]:
    ports = Ports()
    port = ports.reserve()
    (short_folder / "mariadb").mkdir(mode=0o700)
    server = server_of(short_folder, port)
    supervisor.start([server])
    supervisor.wait_until_ready([server])
    yield Databases(Address("127.0.0.1", port), SecretStr(ADMINISTRATORS_PASSWORD))
    supervisor.stop_all()
    ports.release()


def url_of(databases: Databases) -> SecretStr:
    return databases.create(Account.new()).url(databases.server)


def ask(url: SecretStr, question: str) -> list[tuple[object, ...]]:
    engine = create_engine(url.get_secret_value())
    try:
        with engine.begin() as connection:
            answer = connection.execute(text(question))
            return [tuple(row) for row in answer] if answer.returns_rows else []
    finally:
        engine.dispose()


@needs_server
def test_each_edge_has_a_database_of_its_own_and_no_way_out(databases: Databases, supervisor: Supervisor, short_folder: Path) -> None:
    account = databases.create(Account.new())
    mine, other = account.url(databases.server), url_of(databases)
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
    databases.drop(account.name)
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
def test_an_address_of_the_server_can_go_away_and_come_back_while_the_others_stay(databases: Databases, supervisor: Supervisor) -> None:
    direct = url_of(databases)
    server, ports = make_url(direct.get_secret_value()), Ports()
    port = ports.reserve()
    own = SecretStr(server.set(port=port).render_as_string(hide_password=False))
    settings = {"DATABASE_PORT": str(port), "SERVER_HOST": str(server.host), "SERVER_PORT": str(server.port)}
    service = Service("mysql_client", basic_environment() | settings, PythonModule("environments.platforms.tracebloc.stores.mysql_client"))
    supervisor.start([service])
    supervisor.wait_until_ready([service])
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
    supervisor.start_again(service)
    assert ask(own, "SELECT * FROM words") == []
    ports.release()


@needs_server
def test_rows_survive_a_kill_of_the_server(databases: Databases, supervisor: Supervisor) -> None:
    url = url_of(databases)
    ask(url, "CREATE TABLE words (word VARCHAR(20)) ENGINE=InnoDB")
    ask(url, "INSERT INTO words VALUES ('kept')")
    faults = supervisor.faults("mariadb")
    faults.kill()
    with pytest.raises(DBAPIError):
        ask(url, "SELECT 1")
    faults.start()
    assert ask(url, "SELECT word FROM words") == [("kept",)]


def test_an_installation_that_fails_says_why(supervisor: Supervisor, short_folder: Path) -> None:
    programs = short_folder / "programs"
    programs.mkdir()
    for name, ends in (("mariadbd", "true"), ("mariadb-install-db", "false")):
        (programs / name).symlink_to(f"/bin/{ends}")
    (short_folder / "mariadb").mkdir(mode=0o700)
    server = server_of(short_folder, 1, PATH=f"{programs}:/usr/bin:/bin")
    supervisor.start([server])
    with pytest.raises(ServiceDied, match=r"mariadb died with exit code 3[\s\S]*mariadb-install-db ended with exit code 1"):
        supervisor.wait_until_ready([server])
    assert not (short_folder / "mariadb" / "accounts.sql").exists()


def test_a_sqlite_database_is_a_file_in_the_edges_folder(tmp_path: Path) -> None:
    url = sqlite_database(tmp_path)
    ask(url, "CREATE TABLE words (word VARCHAR(20))")
    assert (tmp_path / "datasets.sqlite3").exists()
