"""The e-mails the platform sent, as their reader finds them.

Source: our choice (the reference platform delivers into a maildir).
"""

import mailbox
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from email.message import Message
from email.utils import parseaddr
from pathlib import Path

from support.redaction import learn_secret

VERIFICATION_CODE = re.compile(r"Verification code:\s*(\S+)")


class MessageSource(ABC):
    """Every mailbox of the platform's users, wherever it is."""

    @abstractmethod
    def letters_to(self, address: str) -> Sequence[Message]:
        """The letters that may be to one address."""

    def remove(self, address: str) -> None:
        """Remove the letters to one address, where they would stay; raises SubstrateError."""
        return

    def close(self) -> None:
        """Close connections, if there are any."""
        return

    def messages_to(self, address: str) -> list[str]:
        """The bodies of the e-mails to one address, oldest first."""
        wanted = address.lower()
        ours = [letter for letter in self.letters_to(address) if parseaddr(str(letter["To"]))[1].lower() == wanted]
        return [_body(letter) for letter in sorted(ours, key=lambda letter: str(letter["Date"]))]

    def verification_codes(self, address: str) -> list[str]:
        """The verification codes sent to one address, oldest first; no report will show them."""
        codes = [match[1] for body in self.messages_to(address) if (match := VERIFICATION_CODE.search(body))]
        for code in codes:
            learn_secret(code)
        return codes


class Mailbox(MessageSource):
    """All of them in one maildir."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def letters_to(self, address: str) -> Sequence[Message]:
        """The letters in which the address occurs."""
        if not (self._folder / "new").is_dir():
            return []
        letters = mailbox.Maildir(self._folder, create=False)
        wanted = address.lower().encode()
        # only those are taken apart that can be meant: thousands of letters have come before a long run is over
        return [letters[key] for key in letters.keys() if wanted in letters.get_bytes(key).lower()]  # noqa: SIM118 - no dictionary


def _body(letter: Message) -> str:
    payload = letter.get_payload(decode=True)
    return payload.decode() if isinstance(payload, bytes) else str(letter.get_payload())
