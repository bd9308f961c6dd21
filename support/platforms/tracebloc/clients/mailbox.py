"""The e-mails the platform sent, as their reader finds them.

Source: our choice (the reference platform delivers into a maildir).
"""

import mailbox
import re
from email.message import Message
from pathlib import Path

from support.redaction import learn_secret

VERIFICATION_CODE = re.compile(r"Verification code:\s*(\S+)")


class Mailbox:
    """Every mailbox of the platform's users, in one maildir."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def messages_to(self, address: str) -> list[str]:
        """The bodies of the e-mails to one address, oldest first."""
        if not (self._folder / "new").is_dir():
            return []
        letters = mailbox.Maildir(self._folder, create=False)
        wanted = address.lower()
        # only those are taken apart that can be meant: thousands of letters have come before a long run is over
        possible = [letters[key] for key in letters.keys() if wanted.encode() in letters.get_bytes(key).lower()]  # noqa: SIM118 - no dictionary
        ours = [letter for letter in possible if str(letter["To"]).lower() == wanted]
        return [_body(letter) for letter in sorted(ours, key=lambda letter: str(letter["Date"]))]

    def verification_codes(self, address: str) -> list[str]:
        """The verification codes sent to one address, oldest first; no report will show them."""
        codes = [match[1] for body in self.messages_to(address) if (match := VERIFICATION_CODE.search(body))]
        for code in codes:
            learn_secret(code)
        return codes


def _body(letter: Message) -> str:
    payload = letter.get_payload(decode=True)
    return payload.decode() if isinstance(payload, bytes) else str(letter.get_payload())
