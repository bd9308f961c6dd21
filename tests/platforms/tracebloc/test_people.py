"""Who signs up, who has an account that is given, and what only an operator could give: the scenario is skipped then, and made nothing."""

import re
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias
from unittest import mock

import pytest

from environments.deployments.given import Given, GivenAccount, Inbox
from environments.errors import NotGiven
from support.names import Names
from support.platforms.tracebloc.given_accounts import AccountsOfScenario
from support.platforms.tracebloc.playbook.use_cases import people

ACCOUNTS = [GivenAccount(name, "word") for name in ("ada@example.org", "ben@hospital.example")]
ONE_DOMAIN = Inbox("imap.example.com", 993, True, "qa@example.com", "word", "qa+{name}@example.com")
ANY_DOMAIN = ONE_DOMAIN._replace(address="{name}@{domain}")


SceneLike: TypeAlias = Any


def scene_with(given: Given, mail_folder: Path | None = None) -> SceneLike:
    until = ExitStack()
    backend = mock.Mock(log_in=mock.Mock(return_value={"token": "a-token-of-somebody"}))
    scene = mock.Mock(names=Names(), people={}, addresses=SimpleNamespace(mail_folder=mail_folder, backend_url="http://backend"))
    scene.substrate.given, scene.substrate.left_overs = given, None
    scene.story.part = mock.MagicMock()
    scene.given_accounts = AccountsOfScenario(given, until.callback)
    scene.closing.return_value = backend
    scene.mailbox.verification_codes.return_value = ["a-code"]
    return scene


def signed_up(scene: SceneLike, *domains: str) -> list[str]:
    return [people.sign_up(scene, f"person {number}", domain).email for number, domain in enumerate(domains)]


@pytest.mark.parametrize(
    ("given", "domains", "words"),
    [
        (Given(), ["example.com"], "of this deployment it has no accounts for scenarios, and nobody can read its e-mails"),
        (Given(None, ACCOUNTS), ["example.com"] * 3, "none of the 2 accounts for scenarios is left, and nobody can read its e-mails"),
        (Given(None, ACCOUNTS), ["other.example"], "none of the 2 accounts for scenarios at other.example is left"),
        (Given(None, ACCOUNTS), ["hospital.example"] * 2, "none of the 2 accounts for scenarios at hospital.example is left"),
        (Given(ONE_DOMAIN), ["hospital.example"], "no accounts for scenarios, and the people of its inbox are none of hospital.example"),
    ],
)
def test_whom_nobody_gave_an_account_and_who_cannot_sign_up_is_told(given: Given, domains: list[str], words: str) -> None:
    scene = scene_with(given)
    with pytest.raises(NotGiven) as missing:
        signed_up(scene, *domains)
    assert str(missing.value).startswith("needs accounts: ")
    assert words in str(missing.value)
    # who could not have verified it has no account either
    assert len(scene.people) == len(domains) - 1
    scene.closing.return_value.register.assert_not_called()


@pytest.mark.parametrize(
    ("given", "mail_folder", "domains", "expected"),
    [
        (Given(), Path("mail"), ["hospital.example"], ["e2e-test-.*@hospital.example"]),
        (Given(ANY_DOMAIN), None, ["hospital.example"], ["e2e-test-.*@hospital.example"]),
        (Given(ONE_DOMAIN), None, ["example.com"], [r"qa\+e2e-test-.*@example.com"]),
        # accounts first, then whoever can sign up
        (
            Given(ONE_DOMAIN, ACCOUNTS),
            None,
            ["hospital.example", "example.com", "example.com"],
            ["ben@hospital.example", "ada@example.org", r"qa\+e2e-test-.*@example.com"],
        ),
        (Given(None, ACCOUNTS), Path("mail"), ["other.example"], ["e2e-test-.*@other.example"]),
    ],
)
def test_accounts_that_are_given_are_taken_first(given: Given, mail_folder: Path | None, domains: list[str], expected: list[str]) -> None:
    found = signed_up(scene_with(given, mail_folder), *domains)
    assert len(found) == len(expected)
    for email, pattern in zip(found, expected, strict=True):
        assert re.fullmatch(pattern, email), (email, pattern)


def test_e_mails_to_an_account_that_the_inbox_does_not_get_are_told_and_those_it_gets_are_removed() -> None:
    scene = scene_with(Given(ONE_DOMAIN, [ACCOUNTS[0], GivenAccount("qa@example.com", "word")]))
    elsewhere, here = (people.sign_up(scene, role) for role in ("Ada", "the tester"))
    with pytest.raises(NotGiven, match="needs mailbox: the e-mails to the account ada@example.org do not arrive in the inbox"):
        people.letters_to(scene, elsewhere)
    assert people.letters_to(scene, here) is scene.mailbox.messages_to.return_value
    for call in scene.at_the_end.call_args_list:
        call.args[0]()
    assert [call.args for call in scene.mailbox.remove.call_args_list] == [("qa@example.com",)]
