"""The same mailbox (see `mailbox`) where the platform's e-mails arrive in a real inbox, which is read over IMAP.

Source: RFC 3501, RFC 4315 (UID EXPUNGE).
"""

import imaplib
from collections.abc import Sequence
from email import message_from_bytes
from email.message import Message
from email.policy import default

from environments.deployments.given import Inbox
from environments.deployments.inboxes import open_inbox
from environments.errors import SubstrateError
from support.platforms.tracebloc.clients.mailbox import MessageSource


class ImapMailbox(MessageSource):
    """One inbox that gets the e-mails of all; the connection is opened at the first look."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._connection: imaplib.IMAP4 | None = None

    def letters_to(self, address: str) -> Sequence[Message]:
        """The letters to one address; raises SubstrateError when the inbox cannot be read."""
        try:
            return [self._letter(number) for number in self._numbers(address)]
        except (imaplib.IMAP4.error, OSError) as error:
            self._connection = None
            raise SubstrateError(f"the inbox of {self._inbox.user} at {self._inbox.host} cannot be read: {error}") from None

    def remove(self, address: str) -> None:
        """Remove the letters to one address, if the server can remove single ones; raises SubstrateError."""
        try:
            connection = self._selected()
            numbers = self._numbers(address)
            if numbers and "UIDPLUS" in connection.capabilities:
                connection.uid("STORE", ",".join(numbers), "+FLAGS.SILENT", r"(\Deleted)")
                connection.uid("EXPUNGE", ",".join(numbers))
        except (imaplib.IMAP4.error, OSError) as error:
            raise SubstrateError(f"the letters to {address} at {self._inbox.host} cannot be removed: {error}") from None

    def close(self) -> None:
        """Log out."""
        if self._connection is not None:
            self._connection.logout()
            self._connection = None

    def _numbers(self, address: str) -> list[str]:
        _, found = self._selected().uid("SEARCH", "TO", f'"{address}"')
        return found[0].decode().split() if found and found[0] else []

    def _letter(self, number: str) -> Message:
        # a look must not make it one that was read
        _, parts = self._selected().uid("FETCH", number, "(BODY.PEEK[])")
        whole = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        return message_from_bytes(whole, policy=default)

    def _selected(self) -> imaplib.IMAP4:
        if self._connection is None:
            self._connection = open_inbox(self._inbox)
        # selecting anew shows what came meanwhile
        status, said = self._connection.select(f'"{self._inbox.folder}"')
        if status != "OK":
            raise imaplib.IMAP4.error(f"there is no folder {self._inbox.folder}: {said}")
        return self._connection
