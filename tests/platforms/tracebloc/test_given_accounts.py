"""Accounts that are there for scenarios: each is had by one at a time."""

from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest

from environments.deployments.given import GivenAccount
from environments.errors import WrongScenario
from support.platforms.tracebloc import given_accounts
from support.waiting import NeverHappened


@pytest.fixture
def accounts(tmp_path: Path) -> list[GivenAccount]:
    return [GivenAccount(f"{name}@example.org", "word", tmp_path / name) for name in ("ada", "ben")]


def test_two_scenarios_never_have_the_same_account(accounts: list[GivenAccount]) -> None:
    with ExitStack() as one, ExitStack() as other:
        taken = [given_accounts.take(accounts, "example.com", until.callback) for until in (one, other)]
        assert taken == accounts
        one.close()
        assert given_accounts.take(accounts, "example.com", other.callback) == accounts[0]


def test_who_finds_none_free_waits_and_says_so(accounts: list[GivenAccount]) -> None:
    with ExitStack() as until, mock.patch.object(given_accounts, "LONGEST_WAIT_SECONDS", 0.2):
        for _ in accounts:
            given_accounts.take(accounts, "example.com", until.callback)
        with pytest.raises(NeverHappened, match="an account that nobody has"):
            given_accounts.take(accounts, "example.com", until.callback)


def test_a_domain_that_matters_needs_an_account_of_it(accounts: list[GivenAccount], tmp_path: Path) -> None:
    partner = GivenAccount("cleo@partner.example", "word", tmp_path / "cleo")
    with ExitStack() as until:
        assert given_accounts.take([*accounts, partner], "partner.example", until.callback) == partner
        with pytest.raises(WrongScenario, match=r"none of the accounts that are there for scenarios is at other\.example"):
            given_accounts.take(accounts, "other.example", until.callback)
