"""Tells people outside of CI what the gate decided: a Slack webhook, and e-mail. Where to is set by variables, since most are secret.

Source: Slack's incoming webhooks; RFC 5321 and 3207 as Python's smtplib speaks them.
"""

import os
from typing import NamedTuple
from urllib.parse import urlsplit

SLACK_WEBHOOK = "RINGMASTER_SLACK_WEBHOOK"
MAIL_SERVER = "RINGMASTER_MAIL_SERVER"
MAIL_USER = "RINGMASTER_MAIL_USER"
MAIL_PASSWORD = "RINGMASTER_MAIL_PASSWORD"  # noqa: S105 - the name of a variable
MAIL_FROM = "RINGMASTER_MAIL_FROM"
MAIL_TO = "RINGMASTER_MAIL_TO"
VARIABLES = frozenset({SLACK_WEBHOOK, MAIL_SERVER, MAIL_USER, MAIL_PASSWORD, MAIL_FROM, MAIL_TO})
TIMEOUT_SECONDS = 20
LONGEST_SLACK_TEXT = 3000
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class CannotNotify(Exception):
    """A receiver is set in a wrong way, or did not take the message; the text says which and why, without its secrets."""


class Message(NamedTuple):
    """What is told: one line, and more lines below."""

    subject: str
    lines: list[str]


def receivers() -> list[str]:
    """Which are set: `Slack`, `e-mail`."""
    found = {"Slack": SLACK_WEBHOOK, "e-mail": MAIL_SERVER}
    return [name for name, variable in found.items() if os.environ.get(variable)]


def send(message: Message) -> list[CannotNotify]:
    """Tell every receiver that is set, without secrets and addresses; what goes wrong with one keeps no other from hearing."""
    # here and below: loaded only by who sends something, since the settings know this module
    from support.redaction import redact

    ways = {"Slack": _to_slack, "e-mail": _by_mail}
    # it leaves this machine: of what a link or a broken file holds, nobody has looked at anything yet
    message = Message(redact(message.subject), [redact(line) for line in message.lines])
    problems = []
    for receiver in receivers():
        try:
            ways[receiver](message)
        except CannotNotify as problem:
            problems.append(problem)
    return problems


def _to_slack(message: Message) -> None:
    import httpx

    webhook = os.environ[SLACK_WEBHOOK]
    parts = urlsplit(webhook)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise CannotNotify(f"{SLACK_WEBHOOK} has to be a https:// address")
    text = "\n".join([f"*{_for_slack(message.subject)}*", *map(_for_slack, message.lines)])[:LONGEST_SLACK_TEXT]
    try:
        answer = httpx.post(webhook, json={"text": text}, timeout=TIMEOUT_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # the error's own words may hold the address, which is a secret
        raise CannotNotify(f"Slack cannot be reached ({type(error).__name__}): check {SLACK_WEBHOOK} and the network") from None
    if answer.is_error:
        raise CannotNotify(f"Slack refused the message (HTTP {answer.status_code}): check {SLACK_WEBHOOK}")


def _for_slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _by_mail(message: Message) -> None:
    import smtplib
    import ssl
    from email.message import EmailMessage

    server, port = _mail_server()
    mail = EmailMessage()
    try:
        mail["Subject"], mail["From"], mail["To"] = message.subject, _needed(MAIL_FROM), _needed(MAIL_TO)
    except ValueError:
        raise CannotNotify(f"{MAIL_FROM} and {MAIL_TO} have to be e-mail addresses, several divided by commas") from None
    mail.set_content("\n".join([message.subject, "", *message.lines, ""]))
    try:
        with smtplib.SMTP(server, port, timeout=TIMEOUT_SECONDS) as connection:
            if server not in LOOPBACK:
                connection.starttls(context=ssl.create_default_context())
            if user := os.environ.get(MAIL_USER):
                connection.login(user, _needed(MAIL_PASSWORD))
            connection.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        # servers repeat addresses in what they answer
        raise CannotNotify(
            f"the mail server {server}:{port} did not take the message ({type(error).__name__}): check {MAIL_SERVER}"
        ) from None


def _mail_server() -> tuple[str, int]:
    server, _, port = os.environ[MAIL_SERVER].rpartition(":")
    if not server or not port.isdecimal():
        raise CannotNotify(f"{MAIL_SERVER} has to be a server and its port, such as mail.example.com:587")
    return server.strip("[]"), int(port)


def _needed(variable: str) -> str:
    if found := os.environ.get(variable):
        return found
    raise CannotNotify(f"{variable} is not set, and {MAIL_SERVER} is: e-mail needs it")
