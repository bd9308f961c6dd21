"""Accounts that are there for scenarios: one scenario has one at a time, whatever process of this machine it runs in."""

import fcntl
import os
from collections.abc import Sequence
from functools import partial

from hamcrest import has_length

from environments.deployments.given import GivenAccount
from environments.errors import WrongScenario
from support.names import MAIL_DOMAIN
from support.platforms.tracebloc.left_overs import AtTheEnd
from support.waiting import eventually

LONGEST_WAIT_SECONDS = 120.0


def take(accounts: Sequence[GivenAccount], domain: str, at_the_end: AtTheEnd) -> GivenAccount:
    """One that nobody has, at that domain if it is a particular one; it is given back at the end.

    Raises WrongScenario when there is none at that domain.
    """
    wanted = [account for account in accounts if domain == MAIL_DOMAIN or account.name.endswith(f"@{domain}")]
    if not wanted:
        raise WrongScenario(f"none of the accounts that are there for scenarios is at {domain}")
    (taken,) = eventually("an account that nobody has", lambda: _take(wanted, at_the_end), has_length(1), within=LONGEST_WAIT_SECONDS)
    return taken


def _take(accounts: Sequence[GivenAccount], at_the_end: AtTheEnd) -> list[GivenAccount]:
    for account in accounts:
        descriptor = os.open(account.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        at_the_end(partial(os.close, descriptor))
        return [account]
    return []
