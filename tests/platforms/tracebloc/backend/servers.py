"""Private database servers for tests: MariaDB and PostgreSQL, on loopback, as a user without rights, gone when they are closed."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from environments.platforms.tracebloc.stores import mariadb
from support.waiting import eventually

NewDatabase = Callable[[], str]
"""Makes an empty database; returns its SQLAlchemy URL."""
POSTGRESQL = Path("/usr/lib/postgresql")
IN_MEMORY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL server that is installed here."""
    found = sorted(POSTGRESQL.glob("*/bin/postgres"))
    return found[-1].parent if found else None


def why_not(kind: str) -> str | None:
    """Why a server of this kind cannot be started here."""
    there = {"sqlite": True, "mariadb": mariadb.find_programs() is not None, "postgresql": postgresql_programs() is not None}
    return None if there[kind] else f"NOT TESTED: no {kind} server is installed here"


@contextmanager
def server(kind: str, free_port: Callable[[], int]) -> Iterator[NewDatabase]:
    """A server of databases: sqlite, mariadb or postgresql."""
    with tempfile.TemporaryDirectory(prefix="e2e-test-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        if kind == "sqlite":
            yield lambda: f"sqlite:///{folder}/{secrets.token_hex(6)}.sqlite3"
            return
        port, password = free_port(), secrets.token_hex(12)
        command, user, environment = (_mariadb if kind == "mariadb" else _postgresql)(folder, port, password)
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen(command, stdout=log, stderr=log, user=user, env=environment)
        try:
            yield _maker(kind, port, password, running, folder / "log")
        finally:
            # PostgreSQL would wait for those who are connected otherwise
            running.send_signal(signal.SIGINT if kind == "postgresql" else signal.SIGTERM)
            running.wait(30)


def _mariadb(folder: Path, port: int, password: str) -> tuple[list[str], str | None, Mapping[str, str]]:
    (folder / "data").mkdir(mode=0o700)
    own = {"DATABASE_PORT": str(port), "DATABASE_FOLDER": str(folder / "data"), "ADMINISTRATOR_PASSWORD": password}
    # it gives up its rights by itself
    return [sys.executable, "-m", "environments.platforms.tracebloc.stores.mariadb"], None, {**os.environ, **own}


def _postgresql(folder: Path, port: int, password: str) -> tuple[list[str], str | None, Mapping[str, str]]:
    programs = postgresql_programs()
    assert programs is not None
    user = None
    data, secret = folder / "data", folder / "password"
    data.mkdir(mode=0o700)
    secret.write_text(password)
    if os.geteuid() == 0:
        user = "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"
        for path in (data, secret):
            shutil.chown(path, user)
    options = ["--auth=scram-sha-256", "--username=postgres", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run([programs / "initdb", f"--pgdata={data}", *options], check=True, user=user, stdout=subprocess.DEVNULL)
    settings = (f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={data}", *IN_MEMORY)
    return [str(programs / "postgres"), "-D", str(data), *(word for each in settings for word in ("-c", each))], user, os.environ


def _maker(kind: str, port: int, password: str, running: subprocess.Popen[bytes], log: Path) -> NewDatabase:
    driver = {"mariadb": "mysql+mysqlconnector", "postgresql": "postgresql+psycopg"}[kind]
    administrator = {"mariadb": mariadb.ADMINISTRATOR, "postgresql": "postgres"}[kind]
    server = URL.create(driver, administrator, password, "127.0.0.1", port, {"mariadb": None, "postgresql": "postgres"}[kind])
    engine = create_engine(server, isolation_level="AUTOCOMMIT")

    def answers() -> bool:
        assert running.poll() is None, log.read_text()
        try:
            engine.connect().close()
        except SQLAlchemyError:
            return False
        return True

    eventually(f"{kind} to answer", answers, bool, within=60)

    def make() -> str:
        name = f"e2e_test_{secrets.token_hex(6)}"
        compared_by_bytes = " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" if kind == "mariadb" else ""
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}{compared_by_bytes}"))
        return server.set(database=name).render_as_string(hide_password=False)

    return make
