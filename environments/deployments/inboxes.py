"""Opens the inbox of a deployment over IMAP. Source: RFC 3501."""

import imaplib
import ssl

from environments.deployments.given import Inbox
from environments.errors import SubstrateError

PATIENCE_SECONDS = 15.0


def open_inbox(inbox: Inbox) -> imaplib.IMAP4:
    """A connection that is logged in; raises imaplib.IMAP4.error and OSError."""
    connection = _connected(inbox)
    connection.login(inbox.user, inbox.password)
    return connection


def refuse_closed_inbox(inbox: Inbox) -> None:
    """Return if the inbox lets us in; raises SubstrateError."""
    where = f"the inbox at {inbox.host}:{inbox.port}"
    try:
        connection = _connected(inbox)
    except (imaplib.IMAP4.error, OSError) as error:
        raise SubstrateError(f"{where} cannot be asked: {error}") from None
    try:
        connection.login(inbox.user, inbox.password)
        status, _ = connection.select(f'"{inbox.folder}"', readonly=True)
        connection.logout()
    except imaplib.IMAP4.abort as error:
        raise SubstrateError(f"{where} cannot be asked: {error}") from None
    except (imaplib.IMAP4.error, OSError) as error:
        raise SubstrateError(f"the secret 'mail-password' does not open {where}, or no more: {_words(error)}") from None
    if status != "OK":
        raise SubstrateError(f"{where} has no folder '{inbox.folder}'")


def _words(error: Exception) -> str:
    # what a server says comes as bytes
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(error)


def _connected(inbox: Inbox) -> imaplib.IMAP4:
    if not inbox.encrypted:
        return imaplib.IMAP4(inbox.host, inbox.port, timeout=PATIENCE_SECONDS)
    trusted = ssl.create_default_context(cafile=inbox.ca_file)
    return imaplib.IMAP4_SSL(inbox.host, inbox.port, ssl_context=trusted, timeout=PATIENCE_SECONDS)
