"""The same letters, where they are read over IMAP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from environments.deployments.given import Inbox
from environments.errors import SubstrateError
from environments.platforms.tracebloc.backend.storage.mail import Mail
from support.platforms.tracebloc.clients.imap_mailbox import ImapMailbox
from tests.remote.imap_server import PASSWORD, USER, imap_server


@pytest.fixture
def mail(tmp_path: Path) -> Mail:
    return Mail(tmp_path / "mail")


@pytest.fixture
def inbox(tmp_path: Path, mail: Mail) -> Iterator[Inbox]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with imap_server(tmp_path / "mail", authority.issue_cert("127.0.0.1")) as port:
        yield Inbox("127.0.0.1", port, True, USER, PASSWORD, ca_file=tmp_path / "ca.pem")


def test_letters_are_found_by_whom_they_are_for_as_they_come(mail: Mail, inbox: Inbox) -> None:
    mailbox = ImapMailbox(inbox)
    assert mailbox.messages_to("owner@example.org") == []
    mail.send("Owner@Example.org", "Welcome", "Verification code: first-code")
    mail.send("co-owner@example.org", "Welcome", "Verification code: not-yours")
    assert mailbox.verification_codes("owner@example.org") == ["first-code"]
    mail.send("owner@example.org", "Welcome", "Verification code: second-code")
    assert sorted(mailbox.verification_codes("owner@example.org")) == ["first-code", "second-code"]
    mailbox.close()


def test_only_the_letters_of_one_person_are_removed(mail: Mail, inbox: Inbox) -> None:
    for address in ("owner@example.org", "guest@example.org"):
        mail.send(address, "Welcome", "Verification code: a-code")
    mailbox = ImapMailbox(inbox)
    mailbox.remove("owner@example.org")
    assert mailbox.messages_to("owner@example.org") == []
    assert len(mailbox.messages_to("guest@example.org")) == 1
    mailbox.remove("owner@example.org")
    mailbox.close()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "other"}, "wrong password"),
        ({"folder": "Nowhere"}, "there is no folder Nowhere"),
        ({"ca_file": None}, "certificate verify failed"),
        ({"port": 1}, "refused"),
    ],
)
def test_an_inbox_that_cannot_be_read_is_told_in_a_sentence(mail: Mail, inbox: Inbox, wrong: dict[str, object], words: str) -> None:
    values = {name: getattr(inbox, name) for name in ("host", "port", "encrypted", "user", "password", "ca_file", "folder")}
    with pytest.raises(SubstrateError, match=f"the inbox of {USER} at 127.0.0.1 cannot be read: .*{words}"):
        ImapMailbox(Inbox(**{**values, **wrong})).messages_to("owner@example.org")  # type: ignore[arg-type]
