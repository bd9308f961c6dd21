"""The e-mails the platform sent, found by whom they are for."""

from pathlib import Path

from environments.platforms.tracebloc.backend.storage.mail import Mail
from support.platforms.tracebloc.clients.mailbox import Mailbox


def test_letters_are_found_by_whom_they_are_for_and_not_by_whom_they_speak_of(tmp_path: Path) -> None:
    mail = Mail(tmp_path / "mail")
    mail.send("owner@example.org", "Welcome", "Verification code: first-code")
    mail.send("Owner@Example.org", "Welcome", "Verification code: second-code")
    mail.send("guest@example.org", "Invitation", "owner@example.org invites you. Verification code: not-yours")
    mail.send("co-owner@example.org", "Welcome", "Verification code: not-yours-either")
    mailbox = Mailbox(tmp_path / "mail")
    assert sorted(mailbox.verification_codes("owner@example.org")) == ["first-code", "second-code"]
    assert mailbox.messages_to("guest@example.org") == ["owner@example.org invites you. Verification code: not-yours\n"]
    assert mailbox.messages_to("nobody@example.org") == []


def test_before_the_first_letter_there_is_none(tmp_path: Path) -> None:
    assert Mailbox(tmp_path / "mail").messages_to("owner@example.org") == []
