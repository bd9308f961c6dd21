"""Accounts that are there for scenarios: one scenario has them at a time, whatever process of this machine it runs in."""

import fcntl
import os
from functools import partial

from hamcrest import has_length

from environments.deployments.given import Given, GivenAccount
from support.names import MAIL_DOMAIN
from support.platforms.tracebloc.left_overs import AtTheEnd
from support.waiting import eventually

LONGEST_WAIT_SECONDS = 120.0


class AccountsOfScenario:
    """All of them, from its first one on until the scenario ends; nobody else has any of them meanwhile."""

    def __init__(self, given: Given, at_the_end: AtTheEnd) -> None:
        self._given = given
        self._at_the_end = at_the_end
        self._free: list[GivenAccount] | None = None

    def take(self, domain: str) -> GivenAccount | None:
        """The next one, at that domain if it is a particular one; None when there is none left.

        Waits at the first one until no other run has them; raises NeverHappened.
        """
        if self._free is None:
            self._await_turn()
            self._free = list(self._given.accounts)
        taken = next((account for account in self._free if domain == MAIL_DOMAIN or account.is_at(domain)), None)
        if taken is not None:
            self._free.remove(taken)
        return taken

    def _await_turn(self) -> None:
        if self._given.turn is None:
            return
        descriptor = os.open(self._given.turn, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._at_the_end(partial(_give_back, descriptor))
        eventually("the accounts, which another run has", lambda: _locked(descriptor), has_length(1), within=LONGEST_WAIT_SECONDS)


def _give_back(descriptor: int) -> None:
    # a process that was forked meanwhile may have it, too
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def _locked(descriptor: int) -> list[int]:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return []
    return [descriptor]
