"""Accounts that are there for scenarios: one scenario has them at a time."""

from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest

from environments.deployments.given import Given, GivenAccount
from support.platforms.tracebloc import given_accounts
from support.platforms.tracebloc.given_accounts import AccountsOfScenario
from support.waiting import NeverHappened

ADA, BEN, CLEO = (GivenAccount(name, "word") for name in ("ada@example.org", "ben@example.org", "cleo@partner.example"))


@pytest.fixture
def given(tmp_path: Path) -> Given:
    return Given(None, [ADA, BEN, CLEO], tmp_path / "turn")


def test_a_scenario_takes_one_after_the_other_until_none_is_left(given: Given) -> None:
    with ExitStack() as until:
        accounts = AccountsOfScenario(given, until.callback)
        assert [accounts.take("example.com") for _ in range(4)] == [ADA, BEN, CLEO, None]


def test_a_domain_that_matters_needs_an_account_of_it(given: Given) -> None:
    with ExitStack() as until:
        accounts = AccountsOfScenario(given, until.callback)
        assert [accounts.take(domain) for domain in ("partner.example", "other.example", "partner.example")] == [CLEO, None, None]


def test_no_two_scenarios_have_any_at_once_so_that_none_waits_for_what_the_other_has(given: Given) -> None:
    with ExitStack() as one, ExitStack() as other, mock.patch.object(given_accounts, "LONGEST_WAIT_SECONDS", 0.2):
        first, second = (AccountsOfScenario(given, until.callback) for until in (one, other))
        assert first.take("example.com") == ADA
        with pytest.raises(NeverHappened, match="the accounts, which another run has"):
            second.take("example.com")
        assert first.take("example.com") == BEN
        one.close()
        assert second.take("example.com") == ADA


def test_where_none_are_given_none_is_taken_and_nobody_waits() -> None:
    with ExitStack() as until:
        assert AccountsOfScenario(Given(), until.callback).take("example.com") is None
