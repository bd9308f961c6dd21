"""An inbox that does not let us in is told before the first scenario, with what is wrong, and without the password."""

from pathlib import Path

import pytest
import trustme

from environments.deployments.given import Inbox
from environments.deployments.inboxes import refuse_closed_inbox
from environments.errors import SubstrateError
from tests.http_server import Answered, answering
from tests.remote.imap_server import PASSWORD, USER, imap_server


def test_one_that_opens_is_left_as_it_is(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    with imap_server(tmp_path) as port:
        inbox = Inbox("127.0.0.1", port, False, USER, PASSWORD)
        refuse_closed_inbox(inbox)
        for wrong, words in (
            (
                inbox._replace(password="another-word"),
                "the secret 'mail-password' does not open the inbox at .*: wrong password",
            ),
            (inbox._replace(folder="Inbx"), "has no folder 'Inbx'"),
            (inbox._replace(encrypted=True), "cannot be asked"),
            (inbox._replace(port=9), "cannot be asked: .*Connection refused"),
        ):
            with pytest.raises(SubstrateError, match=words) as refusal:
                refuse_closed_inbox(wrong)
            assert wrong.password not in str(refusal.value)


def test_one_whose_certificate_nobody_vouches_for_is_told(tmp_path: Path) -> None:
    with (
        imap_server(tmp_path, trustme.CA().issue_cert("127.0.0.1")) as port,
        pytest.raises(SubstrateError, match="certificate verify failed"),
    ):
        refuse_closed_inbox(Inbox("127.0.0.1", port, True, USER, PASSWORD))


def test_what_is_no_inbox_is_told() -> None:
    with answering(lambda _asked: Answered()) as url, pytest.raises(SubstrateError, match="cannot be asked"):
        refuse_closed_inbox(Inbox("127.0.0.1", int(url.rpartition(":")[2]), False, USER, PASSWORD))
