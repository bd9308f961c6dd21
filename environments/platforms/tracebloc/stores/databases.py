"""A database of its own for each secure environment: on the private MariaDB, or in a SQLite file.

Source: tracebloc-ingestor 0.8.94 (all rights on its own database); the rest is our choice.
"""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from environments.errors import SubstrateError
from environments.platforms.tracebloc.stores.mariadb import ADMINISTRATOR, ANYWHERE
from environments.services import Address


@dataclass(frozen=True)
class Account:
    """A database and the account of the same name that may use it alone."""

    name: str
    password: SecretStr

    @classmethod
    def new(cls) -> "Account":
        """One that is still to be made."""
        return cls(f"e2e_test_{secrets.token_hex(6)}", SecretStr(secrets.token_urlsafe(24)))

    def url(self, server: Address) -> SecretStr:
        """SQLAlchemy's URL of the database on a server reached there."""
        password = self.password.get_secret_value()
        return SecretStr(f"mysql+mysqlconnector://{self.name}:{password}@{server.host}:{server.port}/{self.name}")


class Databases:
    """What an administrator does on the server."""

    def __init__(self, server: Address, administrator_password: SecretStr) -> None:
        self.server = server
        self._password = administrator_password

    def create(self, account: Account) -> Account:
        """Make a database and an account that may use only that, which is returned; raises SubstrateError."""
        # an underscore would stand for any letter
        pattern = account.name.replace("_", r"\_")
        self._execute(
            f"CREATE DATABASE `{account.name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
            f"CREATE USER '{account.name}'@'{ANYWHERE}' IDENTIFIED BY '{account.password.get_secret_value()}'",
            f"GRANT ALL ON `{pattern}`.* TO '{account.name}'@'{ANYWHERE}'",
        )
        return account

    def drop(self, name: str) -> None:
        """Remove the database of that name, and its account, if they are there; raises SubstrateError."""
        if not re.fullmatch(r"e2e_test_[0-9a-f]{12}", name):
            raise SubstrateError("that database was not made here")
        self._execute(f"DROP DATABASE IF EXISTS `{name}`", f"DROP USER IF EXISTS '{name}'@'{ANYWHERE}'")

    def refuse_closed(self) -> None:
        """Return if the administrator is let in; raises SubstrateError."""
        try:
            self._execute("DO 1")
        except SubstrateError as error:
            where = f"MariaDB at {self.server.host}:{self.server.port}"
            raise SubstrateError(f"{where} does not let us in, or no more: {error}") from None

    def _execute(self, *statements: str) -> None:
        # imported here: a run without MariaDB does not need it
        import mysql.connector

        try:
            connection = mysql.connector.connect(
                host=self.server.host,
                port=self.server.port,
                user=ADMINISTRATOR,
                password=self._password.get_secret_value(),
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


def sqlite_database(folder: Path) -> SecretStr:
    """The SQLAlchemy URL of a SQLite file in a folder."""
    return SecretStr(f"sqlite:///{folder}/datasets.sqlite3")
