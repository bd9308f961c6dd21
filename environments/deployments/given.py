"""What scenarios need of a deployment and only its operator can give: an inbox that gets what it sends, accounts that are verified.

Source: our choice.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from environments.errors import DeploymentRefused

USUAL_ADDRESS, USUAL_FOLDER = "{name}@{domain}", "INBOX"


class Inbox(NamedTuple):
    """An inbox that is read over IMAP."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str
    address: str = USUAL_ADDRESS
    """What people sign up as: `{name}` is one of their own; without `{domain}` they are all of one domain."""
    folder: str = USUAL_FOLDER
    ca_file: Path | None = None
    """Certificate authorities that are trusted in place of the machine's."""

    def __repr__(self) -> str:
        # without the password
        return f"Inbox of {self.user} at {self.host}:{self.port}"

    def address_of(self, name: str, domain: str) -> str:
        """The address of somebody whose e-mails arrive here."""
        return self.address.replace("{name}", name).replace("{domain}", domain)

    @property
    def is_of_any_domain(self) -> bool:
        """Whether people of every domain can sign up with it."""
        return "{domain}" in self.address

    def gets(self, address: str) -> bool:
        """Whether e-mails to an address arrive here, as far as `user` and `address` tell."""
        pattern = re.escape(self.address).replace(r"\{name\}", ".+").replace(r"\{domain\}", ".+")
        return address.lower() == self.user.lower() or re.fullmatch(pattern, address, re.IGNORECASE) is not None


class GivenAccount(NamedTuple):
    """An account that is there and verified, for scenarios alone: who has it empties it in the end."""

    name: str
    password: str

    def __repr__(self) -> str:
        # without the password
        return f"GivenAccount {self.name}"

    def is_at(self, domain: str) -> bool:
        """Whether its address is of that domain."""
        return self.name.endswith(f"@{domain}")


class Given(NamedTuple):
    """All that the operator of a deployment gave; nothing where there is no operator."""

    inbox: Inbox | None = None
    accounts: Sequence[GivenAccount] = ()
    turn: Path | None = None
    """A file that the scenario keeps locked whose turn it is: it has all the accounts, so that no two wait for each other's."""


def check_address(address: str) -> None:
    """Return if people can sign up as that; raises DeploymentRefused."""
    filled = Inbox("", 0, True, "", "", address).address_of("name", "example.com")
    if "{name}" not in address or "@" not in address or any(letter in filled for letter in '{}"\\ '):
        like = '"qa+{name}@example.com" or "{name}@{domain}"'
        raise DeploymentRefused(f"the `address` of [mail] has to be one such as {like}, not {address!r}")
