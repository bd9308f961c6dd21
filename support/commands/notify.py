"""The command `ringmaster notify`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from support.commands.common import refused
from support.settings import read_results_folder
from support.settings_file import SettingsError
from support.terminal import complain, say

if TYPE_CHECKING:
    from support.notification import Message

EPILOG = "Exit codes: 0 every receiver was notified, or none had to be; 1 a receiver could not be notified; 2 an option is wrong."


@click.command(epilog=EPILOG)
@click.argument(
    "decision", required=False, type=click.Path(path_type=Path), help="a gate-decision.json; the one among the results when left out"
)
@click.option("--link", metavar="URL", help="where people can look further, such as the page of the CI job")
@click.option("--always", is_flag=True, help="also when the release can go")
def notify(decision: Path | None, link: str | None, always: bool) -> None:
    """Say on Slack and by e-mail that the release has to wait, and why; a gate that left no decision counts as that.

    Set by variables: RINGMASTER_SLACK_WEBHOOK; RINGMASTER_MAIL_SERVER (server:port), RINGMASTER_MAIL_FROM, RINGMASTER_MAIL_TO and, where
    the server asks for them, RINGMASTER_MAIL_USER and RINGMASTER_MAIL_PASSWORD. What is not set is left out.

    Examples: `ringmaster notify`, `ringmaster notify reports/out/gate-decision.json --link https://ci.example.com/jobs/12`.
    """
    from support.notification import receivers, send

    try:
        message = _message(decision or read_results_folder(None) / "gate-decision.json", link, always)
    except SettingsError as error:
        raise refused(error) from None
    if message is None:
        say("the release can go, so nobody is notified")
        return
    names = receivers()
    if not names:
        say("nobody is notified: neither RINGMASTER_SLACK_WEBHOOK nor RINGMASTER_MAIL_SERVER is set")
        return
    problems = send(message)
    for problem in problems:
        complain(str(problem))
    if problems:
        raise Exit(1)
    say(f"told: {', '.join(names)}")


def _message(file: Path, link: str | None, always: bool) -> "Message | None":
    from support.notification import Message
    from support.verdict.decision import UnreadableDecision, read_decision

    below = [link] if link else []
    try:
        decision = read_decision(file)
    except UnreadableDecision as error:
        return Message("Ringmaster: the gate left no decision, so the release has to wait", [str(error), *below])
    if decision.passed and not always:
        return None
    commit = [f"commit {decision.commit}"] if decision.commit else []
    reasons = [f"{reason.outcome}: {reason.words}" for reason in decision.reasons]
    return Message(f"Ringmaster: {decision.words}", [*reasons, *commit, *below])
