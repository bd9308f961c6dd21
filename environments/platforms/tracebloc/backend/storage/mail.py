"""E-mails, put into a maildir instead of being sent."""

import threading
from email.message import EmailMessage
from email.utils import formatdate
from mailbox import Maildir
from pathlib import Path


class Mail:
    """Sends e-mail by writing it to a maildir, which any mail reader opens. Source: our choice."""

    def __init__(self, folder: Path) -> None:
        # a maildir whose folder is there already is not completed by its constructor
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._maildir = Maildir(folder, create=True)
        self._lock = threading.Lock()

    def send(self, recipient: str, subject: str, body: str) -> None:
        """Write one e-mail; neither `recipient` nor `subject` may hold a line break (ValueError)."""
        message = EmailMessage()
        message["From"] = "platform@tracebloc.test"
        message["To"] = recipient
        message["Date"] = formatdate()
        message["Subject"] = subject
        message.set_content(body)
        with self._lock:
            self._maildir.add(message)
