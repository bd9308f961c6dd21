"""`ringmaster notify`, against a webhook and a mail server on this machine."""

import html
import json
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from click.testing import CliRunner, Result

from support.commands.notify import notify
from support.notification import VARIABLES
from tests.http_server import Answered, Asked, answering
from tests.redaction.kinds import KINDS
from tests.verdict.records import decision_on, passing, record, scenario

Notify = Callable[..., Result]


class Inbox(MessageHandler):
    """Keeps what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.mails.append(message)


class MailServer(Controller):
    """On a port that is free."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mail() -> Iterator[tuple[str, list[Message]]]:
    """The address of a mail server, and the mails it took."""
    inbox = Inbox()
    controller = MailServer(inbox, hostname="127.0.0.1", port=0)
    controller.start()
    yield f"127.0.0.1:{controller.port}", inbox.mails
    controller.stop()


@pytest.fixture
def slack() -> Iterator[tuple[str, list[str], list[int]]]:
    """The address of a webhook, what it was told, and the status it answers with next."""
    told: list[str] = []
    statuses = [200]

    def answer(asked: Asked) -> Answered:
        told.append(json.loads(asked.body)["text"])
        return Answered(statuses[-1])

    with answering(answer) as url:
        yield f"{url}/services/T0/B0/very-secret", told, statuses


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Notify:
    """`told(decision, ..., RINGMASTER_MAIL_TO=...)` runs the command."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def run(decision: Any, *arguments: str, **variables: str) -> Result:  # noqa: ANN401 - a Decision, or nothing
        file = tmp_path / "gate-decision.json"
        if decision is not None:
            decision.write(file)
        return CliRunner().invoke(notify, [str(file), *arguments], env=variables)

    return run


def red() -> Any:  # noqa: ANN401 - a Decision
    return decision_on([record(*passing(30), scenario("orders <arrive> & leave", "p0", status="failed"))])


ADDRESSES = {"RINGMASTER_MAIL_FROM": "ringmaster@example.com", "RINGMASTER_MAIL_TO": "qa@example.com, po@example.com"}


def test_slack_and_mail_are_told_why(told: Notify, slack: Any, mail: Any) -> None:  # noqa: ANN401 - fixtures
    webhook, texts, _ = slack
    server, mails = mail
    outcome = told(
        red(), "--link", "https://ci.example.com/jobs/12", RINGMASTER_SLACK_WEBHOOK=webhook, RINGMASTER_MAIL_SERVER=server, **ADDRESSES
    )
    assert outcome.exit_code == 0, outcome.output
    assert "told: Slack, e-mail" in outcome.output
    (text,), (sent,) = texts, mails
    assert text.startswith("*Ringmaster: The release has to wait: 1 rule blocks, ")
    assert "blocks: 1 failed: features/f.feature:3 orders &lt;arrive&gt; &amp; leave: failed: it does not hold" in text
    assert text.endswith("commit c0ffee\nhttps://ci.example.com/jobs/12")
    assert " ".join(sent["subject"].split()).startswith("Ringmaster: The release has to wait: 1 rule blocks, ")
    assert sent["to"] == "qa@example.com, po@example.com"
    body = sent.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "blocks: 1 failed: features/f.feature:3 orders <arrive> & leave" in body.decode()


# a scenario's name is one line
@pytest.mark.parametrize("kind", [kind for kind, (text, _) in KINDS.items() if "\n" not in text])
def test_no_secret_and_no_address_is_told(kind: str, told: Notify, slack: Any, mail: Any) -> None:  # noqa: ANN401 - fixtures
    webhook, texts, _ = slack
    server, mails = mail
    text, secret = KINDS[kind]
    failed = scenario(f"{text} for ada@hospital.example", "p0", status="failed")
    decision = decision_on([record(*passing(30), failed)])
    link = f"https://ci.example.com/?mail=ada%40hospital.example&token={'t0' * 20}"
    outcome = told(decision, "--link", link, RINGMASTER_SLACK_WEBHOOK=webhook, RINGMASTER_MAIL_SERVER=server, **ADDRESSES)
    assert outcome.exit_code == 0, outcome.output
    body = mails[0].get_payload(decode=True)
    assert isinstance(body, bytes)
    for sent in (html.unescape(texts[0]), body.decode(), str(mails[0]["subject"])):
        assert secret not in sent
        assert "hospital" not in sent
        assert "t0" * 20 not in sent


def test_nobody_is_told_that_all_is_well_unless_asked(told: Notify, slack: Any) -> None:  # noqa: ANN401 - a fixture
    webhook, texts, _ = slack
    green = decision_on([record(*passing(30))])
    assert told(green, RINGMASTER_SLACK_WEBHOOK=webhook).exit_code == 0
    assert texts == []
    assert told(green, "--always", RINGMASTER_SLACK_WEBHOOK=webhook).exit_code == 0
    assert texts[0].startswith("*Ringmaster: The release can go: ")


@pytest.mark.parametrize("content", [None, "", "{}", '{"version": 99}', '{"version": 1}'])
def test_a_gate_that_left_no_decision_is_told_too(told: Notify, slack: Any, tmp_path: Path, content: str | None) -> None:  # noqa: ANN401 - a fixture
    webhook, texts, _ = slack
    if content is not None:
        (tmp_path / "gate-decision.json").write_text(content)
    assert told(None, RINGMASTER_SLACK_WEBHOOK=webhook).exit_code == 0
    assert texts[0].startswith("*Ringmaster: the gate left no decision, so the release has to wait*")


def test_without_a_receiver_nobody_is_told(told: Notify) -> None:
    outcome = told(red(), RINGMASTER_SLACK_WEBHOOK="", RINGMASTER_MAIL_SERVER="")
    assert outcome.exit_code == 0
    assert "nobody is notified" in outcome.output


def test_one_receiver_that_fails_does_not_keep_the_other_from_hearing(told: Notify, slack: Any, mail: Any) -> None:  # noqa: ANN401 - fixtures
    webhook, _, statuses = slack
    server, mails = mail
    statuses.append(403)
    outcome = told(red(), RINGMASTER_SLACK_WEBHOOK=webhook, RINGMASTER_MAIL_SERVER=server, **ADDRESSES)
    assert outcome.exit_code == 1
    assert "Slack refused the message (HTTP 403)" in outcome.output
    assert len(mails) == 1
    assert "very-secret" not in outcome.output


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"RINGMASTER_SLACK_WEBHOOK": "http://slack.example.com/very-secret"}, "RINGMASTER_SLACK_WEBHOOK has to be a https:// address"),
        ({"RINGMASTER_SLACK_WEBHOOK": "http://127.0.0.1:1/very-secret"}, "Slack cannot be reached (ConnectError)"),
        ({"RINGMASTER_MAIL_SERVER": "mail.example.com"}, "has to be a server and its port"),
        ({"RINGMASTER_MAIL_SERVER": "127.0.0.1:25"}, "RINGMASTER_MAIL_FROM is not set"),
        ({"RINGMASTER_MAIL_SERVER": "127.0.0.1:1", **ADDRESSES}, "the mail server 127.0.0.1:1 did not take the message (ConnectionRefused"),
        ({"RINGMASTER_MAIL_SERVER": "127.0.0.1:1", **ADDRESSES, "RINGMASTER_MAIL_TO": "a\nb"}, "have to be e-mail addresses"),
    ],
)
def test_a_receiver_that_is_set_in_a_wrong_way_is_said_without_its_secrets(told: Notify, variables: dict[str, str], words: str) -> None:
    outcome = told(red(), **variables)
    assert outcome.exit_code == 1, outcome.output
    assert words in " ".join(outcome.output.split())
    assert "very-secret" not in outcome.output
