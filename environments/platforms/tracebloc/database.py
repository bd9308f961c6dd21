"""The datasets' databases: one private MariaDB server a run with a database and an account for each edge, or a SQLite file each.

Source: tracebloc-ingestor 0.8.94 (needs MySQL or MariaDB, utf8mb4, all rights on its own database); the rest is our choice.
"""

import os
import pwd
import re
import secrets
import shutil
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from environments.embedded import log_files
from environments.embedded.ports import LOOPBACK
from environments.embedded.supervisor import BASE, Supervisor
from environments.platforms.tracebloc.services import Service
from environments.processes import unix_path
from environments.processes.client import ProcessesError
from environments.substrate import ServiceDied, SubstrateError

SERVICE = "mariadb"
INSTALLER = "mariadb-install"
ADMINISTRATOR = "ringmaster"
INSTALL_SECONDS = 60.0
ALSO_LOOKED_IN = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/opt/homebrew/bin", "/usr/local/mysql/bin")

# nothing has to survive a crash of the machine, and the databases are tiny
SERVER_OPTIONS = """
[mariadbd]
user = {user}
datadir = {folder}/data
tmpdir = {folder}/data
# in the data folder, where the server works; the whole path could be longer than a socket's may be
socket = mariadb.sock
pid-file = {folder}/data/mariadb.pid
bind-address = {host}
port = {port}
skip-name-resolve
skip-log-bin
character-set-server = utf8mb4
collation-server = utf8mb4_general_ci
performance_schema = off
key_buffer_size = 1M
aria_pagecache_buffer_size = 8M
aria_log_file_size = 1M
innodb_buffer_pool_size = 32M
innodb_log_file_size = 8M
innodb_flush_log_at_trx_commit = 2
innodb_doublewrite = 0
innodb_fast_shutdown = 2
innodb_use_native_aio = 0
"""


@dataclass(frozen=True)
class Programs:
    """The two programs of an installed MariaDB."""

    server: str
    install: str


def find_programs() -> Programs | None:
    """MariaDB's programs, if it is installed on this machine."""
    search_path = os.pathsep.join([os.environ.get("PATH", os.defpath), *ALSO_LOOKED_IN])
    server = shutil.which("mariadbd", path=search_path)
    install = shutil.which("mariadb-install-db", path=search_path)
    return Programs(server, install) if server and install else None


def unprivileged_user() -> str:
    """Whom the server runs as: this user, or one without rights if this is root. Raises SubstrateError."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("mysql", "nobody"):
        if name in known:
            return name
    raise SubstrateError("MariaDB must not run as root, and this machine has neither a user mysql nor a user nobody")


class MariaDatabase:
    """A private server with its own data folder below `state`, started in the background and awaited by who needs it first."""

    def __init__(self, programs: Programs, state: Path, port: int, supervisor: Supervisor, environment: dict[str, str]) -> None:
        self._programs = programs
        self._state = state
        self._folder = state / SERVICE
        self._port = port
        self._supervisor = supervisor
        self._environment = environment
        self._password = secrets.token_urlsafe(24)
        self._thread = ThreadPoolExecutor(1, "mariadb")
        self._started: Future[None] | None = None
        self._starter = os.getpid()
        self._outcome = state / "run" / f"{SERVICE}.outcome"

    def begin(self, deadline_seconds: float) -> None:
        """Begin to start the server; returns at once."""
        self._started = self._thread.submit(self._start_and_tell, deadline_seconds)
        self._thread.shutdown(wait=False)

    def wait_until_ready(self) -> None:
        """Return when the server takes connections; raises SubstrateError with the reason when it cannot."""
        if self._started is None:
            raise SubstrateError("MariaDB was not started")
        if os.getpid() != self._starter:
            self._wait_elsewhere()
        else:
            self._started.result()

    def _wait_elsewhere(self) -> None:
        """Wait in a process forked from the one that starts the server, whose threads are not here."""
        deadline = time.monotonic() + INSTALL_SECONDS
        sequence = -1
        while not self._outcome.exists():
            if time.monotonic() > deadline:
                raise SubstrateError(f"MariaDB is not ready after {INSTALL_SECONDS:.0f} s")
            try:
                sequence = self._supervisor.processes.watch(sequence, timeout=0.05).sequence
            except ProcessesError as error:
                raise SubstrateError(f"MariaDB cannot be waited for: {error}") from error
        if problem := self._outcome.read_text():
            raise SubstrateError(problem)

    def settle(self) -> None:
        """Wait until the start has come to an end, whichever; for whoever stops everything."""
        if self._started is not None:
            self._started.exception()

    def create(self) -> SecretStr:
        """Make a database and an account that may use only that; its SQLAlchemy URL. Raises SubstrateError."""
        self.wait_until_ready()
        name = f"e2e_test_{secrets.token_hex(6)}"
        password = secrets.token_urlsafe(24)
        # an underscore would stand for any letter
        pattern = name.replace("_", r"\_")
        self._execute(
            f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
            f"CREATE USER '{name}'@'{LOOPBACK}' IDENTIFIED BY '{password}'",
            f"GRANT ALL ON `{pattern}`.* TO '{name}'@'{LOOPBACK}'",
        )
        return SecretStr(f"mysql+mysqlconnector://{name}:{password}@{LOOPBACK}:{self._port}/{name}")

    def drop(self, url: SecretStr) -> None:
        """Remove what `create` made; raises SubstrateError."""
        name = url.get_secret_value().rpartition("/")[2]
        if not re.fullmatch(r"e2e_test_[0-9a-f]{12}", name):
            raise SubstrateError("that database was not made here")
        self._execute(f"DROP DATABASE IF EXISTS `{name}`", f"DROP USER IF EXISTS '{name}'@'{LOOPBACK}'")

    def _execute(self, *statements: str) -> None:
        # imported here: a run without MariaDB does not need it
        import mysql.connector

        try:
            with unix_path.fitting(self._folder / "data" / "mariadb.sock") as unix_socket:
                connection = mysql.connector.connect(
                    unix_socket=unix_socket,
                    user=ADMINISTRATOR,
                    password=self._password,
                    charset="utf8mb4",
                    collation="utf8mb4_general_ci",
                )
            try:
                cursor = connection.cursor()
                for statement in statements:
                    cursor.execute(statement)
            finally:
                connection.close()
        except mysql.connector.Error as error:
            raise SubstrateError(f"MariaDB refused the administrator's statements (error {error.errno})") from None

    def _start_and_tell(self, deadline_seconds: float) -> None:
        problem = "MariaDB could not be started"
        try:
            self._start(deadline_seconds)
            problem = ""
        except SubstrateError as error:
            problem = str(error)
            raise
        finally:
            draft = self._outcome.with_suffix(".draft")
            draft.write_text(problem)
            draft.rename(self._outcome)

    def _start(self, deadline_seconds: float) -> None:
        user = unprivileged_user()
        self._make_folder(user)
        defaults = self._write("my.cnf", SERVER_OPTIONS.format(user=user, folder=self._folder, host=LOOPBACK, port=self._port))
        self._install(defaults, user)
        server = Service(SERVICE, self._environment, program=(self._programs.server, f"--defaults-file={defaults}"), ready_port=self._port)
        self._supervisor.start([server], BASE, at_once=True)
        self._supervisor.wait_until_ready([server], deadline_seconds)

    def _make_folder(self, user: str) -> None:
        data = self._folder / "data"
        data.mkdir(mode=0o700, parents=True)
        if os.geteuid() == 0:
            # its server's user must get through to its data, and nowhere else
            group = pwd.getpwnam(user).pw_gid
            for folder in (self._state, self._folder):
                os.chown(folder, 0, group)
                folder.chmod(0o710)
            shutil.chown(data, user, group)

    def _write(self, name: str, text: str) -> Path:
        path = self._folder / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        return path

    def _install(self, defaults: Path, user: str) -> None:
        # one statement a line, and grants only work once the new tables are loaded; root may come in by the socket only
        accounts = self._write(
            "accounts.sql",
            "FLUSH PRIVILEGES;\n"
            f"CREATE USER '{ADMINISTRATOR}'@'localhost' IDENTIFIED BY '{self._password}';\n"
            f"GRANT ALL ON *.* TO '{ADMINISTRATOR}'@'localhost' WITH GRANT OPTION;\n",
        )
        # a shutdown that leaves pages unwritten, as the server's is, would leave the new files useless
        options = [
            "--innodb-fast-shutdown=1",
            "--auth-root-authentication-method=socket",
            "--skip-name-resolve",
            "--skip-test-db",
            f"--extra-file={accounts}",
        ]
        log = self._supervisor.logs_folder / f"{INSTALLER}.log"
        self._supervisor.processes.start(
            INSTALLER,
            program=[self._programs.install, f"--defaults-file={defaults}", f"--user={user}", f"--datadir={self._folder}/data", *options],
            environment=self._environment,
            folder=self._folder,
            log=log,
            at_once=True,
        )
        ended = self._supervisor.processes.wait(INSTALLER, INSTALL_SECONDS)
        accounts.unlink()
        if ended.exit_code != 0:
            raise ServiceDied(INSTALLER, ended.exit_code or 0, log_files.last_lines(log))


def sqlite_database(folder: Path) -> SecretStr:
    """The SQLAlchemy URL of a new SQLite file in a folder."""
    return SecretStr(f"sqlite:///{folder}/datasets.sqlite3")
