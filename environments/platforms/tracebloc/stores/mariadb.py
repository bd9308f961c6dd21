"""The datasets' database server: a private MariaDB, installed into its folder first. Runs like every service, by `python -m`.

Source: tracebloc-ingestor 0.8.94 (needs MySQL or MariaDB, utf8mb4); the rest is our choice.
"""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from environments.reference_services.settings import read_settings

PORT = "sql"
ADMINISTRATOR = "ringmaster"
BACKEND = "backend"
"""The backend's database, and its account, which may use only that."""
READY_SECONDS = 60.0
LOOPBACK = "127.0.0.1"
ANYWHERE = "%"
"""From where accounts may log in: the server's interface decides who gets that far."""
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


PASSWORDS = ("ADMINISTRATOR_PASSWORD", "BACKEND_PASSWORD")


class Settings(BaseSettings):
    """Source: our choice."""

    database_host: str = LOOPBACK
    database_port: int
    database_folder: Path
    administrator_password: SecretStr
    backend_password: SecretStr | None = None
    """None: the backend keeps its tables elsewhere."""


class CannotInstall(Exception):
    """The server cannot be installed; the text says why."""


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
    """Whom the server runs as: this user, or one without rights if this is root. Raises CannotInstall."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("mysql", "nobody"):
        if name in known:
            return name
    raise CannotInstall("MariaDB must not run as root, and this machine has neither a user mysql nor a user nobody")


def main() -> None:
    """Install the server unless it is there, and become it; exit code 3 when that cannot be done."""
    settings = read_settings(Settings)
    try:
        programs = find_programs()
        if programs is None:
            raise CannotInstall("MariaDB's programs are not installed")
        user = unprivileged_user()
        folder = settings.database_folder
        defaults = folder / "my.cnf"
        if not defaults.exists():
            _make_room(folder, user)
            _write(defaults, SERVER_OPTIONS.format(user=user, folder=folder, host=settings.database_host, port=settings.database_port))
            _install(programs, folder, user, _statements(settings))
    except CannotInstall as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(3) from None
    environment = {name: value for name, value in os.environ.items() if name not in PASSWORDS}
    os.execve(programs.server, [programs.server, f"--defaults-file={defaults}"], environment)  # noqa: S606 - a fixed program


def _make_room(folder: Path, user: str) -> None:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() != 0:
        return
    # the server's user must get through to its data, and nowhere else
    group = pwd.getpwnam(user).pw_gid
    for above in data.parents:
        if above.stat().st_mode & 0o001:
            break
        os.chown(above, 0, group)
        above.chmod(0o710)
    shutil.chown(data, user, group)


def _statements(settings: Settings) -> list[str]:
    """What makes the accounts. Grants only work once the new tables are loaded; root may come in by the socket only."""
    administrator = f"'{ADMINISTRATOR}'@'{ANYWHERE}'"
    statements = [
        "FLUSH PRIVILEGES",
        f"CREATE USER {administrator} IDENTIFIED BY '{settings.administrator_password.get_secret_value()}'",
        f"GRANT ALL ON *.* TO {administrator} WITH GRANT OPTION",
    ]
    if settings.backend_password is not None:
        statements += [
            # as every other database compares texts
            f"CREATE DATABASE {BACKEND} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            f"CREATE USER '{BACKEND}'@'{ANYWHERE}' IDENTIFIED BY '{settings.backend_password.get_secret_value()}'",
            f"GRANT ALL ON {BACKEND}.* TO '{BACKEND}'@'{ANYWHERE}'",
        ]
    return statements


def _install(programs: Programs, folder: Path, user: str, statements: Sequence[str]) -> None:
    accounts = folder / "accounts.sql"
    # one statement a line
    _write(accounts, "".join(f"{statement};\n" for statement in statements))
    # a shutdown that leaves pages unwritten, as the server's is, would leave the new files useless
    options = [
        "--innodb-fast-shutdown=1",
        "--auth-root-authentication-method=socket",
        "--skip-name-resolve",
        "--skip-test-db",
        f"--extra-file={accounts}",
    ]
    command = [programs.install, f"--defaults-file={folder / 'my.cnf'}", f"--user={user}", f"--datadir={folder}/data", *options]
    try:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
    finally:
        accounts.unlink()
    if ended.returncode != 0:
        raise CannotInstall(f"mariadb-install-db ended with exit code {ended.returncode}")


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
