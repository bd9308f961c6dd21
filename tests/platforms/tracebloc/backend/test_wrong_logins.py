"""Who guesses passwords learns nothing: neither by the time it takes, nor by trying often."""

from typing import Any

import httpx
import pytest

from environments.platforms.tracebloc.backend import passwords
from environments.platforms.tracebloc.backend.errors import Refusal
from environments.platforms.tracebloc.backend.passwords import hash_machine_password, hash_password, password_fits
from environments.platforms.tracebloc.backend.requests import wrong_logins
from environments.platforms.tracebloc.backend.requests.wrong_logins import MOST, SECONDS, WrongLogins
from tests.platforms.tracebloc.backend.people import PASSWORD, Owner, RunningBackend

COST = 2**10
ME, OTHER = ("me@alpha.test", "127.0.0.1"), ("me@alpha.test", "10.0.0.1")


def tries(logins: WrongLogins, who: wrong_logins.Who) -> None:
    """One try; raises Refusal."""
    with logins.one_try(who):
        pass


@pytest.mark.parametrize(
    "stored", [hash_password(PASSWORD, COST), hash_machine_password(PASSWORD), None], ids=["password", "machine password", "nobody"]
)
def test_a_wrong_password_takes_the_same_work_whoever_it_is_for(monkeypatch: pytest.MonkeyPatch, stored: str | None) -> None:
    work: list[dict[str, Any]] = []
    scrypt = passwords.hashlib.scrypt

    def counted(password: bytes, **parameters: Any) -> bytes:
        work.append({name: parameters[name] for name in ("n", "r", "p", "dklen")})
        return scrypt(password, **parameters)

    monkeypatch.setattr(passwords.hashlib, "scrypt", counted)
    assert not password_fits("a wrong password", stored, COST)
    assert work == [{"n": COST, "r": 8, "p": 1, "dklen": 32}]
    assert password_fits(PASSWORD, stored, COST) == (stored is not None)


def test_after_some_wrong_logins_there_is_none_for_a_while() -> None:
    now = [0.0]
    logins = WrongLogins(lambda: now[0])
    for _ in range(MOST):
        tries(logins, ME)
        logins.wrong(ME)
        now[0] += 1
    with pytest.raises(Refusal) as refused:
        tries(logins, ME)
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": str(int(SECONDS) - 1)})
    # from elsewhere, whose name it is can still log in
    tries(logins, OTHER)
    now[0] += SECONDS
    tries(logins, ME)


def test_a_right_login_begins_anew() -> None:
    logins = WrongLogins()
    for _ in range(3 * MOST):
        tries(logins, ME)
        logins.wrong(ME)
        logins.right(ME)


def test_only_so_many_names_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong_logins, "_MOST_REMEMBERED", 100)
    logins = WrongLogins()
    for number in range(1000):
        logins.wrong((str(number), ""))
    assert len(logins._wrong) == 100


def test_known_and_unknown_names_are_refused_alike(backend: RunningBackend, owner: Owner) -> None:
    names = [backend.person().email, owner.sites[0].client_id, "nobody@alpha.test"]
    with backend.anonymous() as client:

        def guess(name: str) -> httpx.Response:
            return client.post("/api-token-auth/", data={"username": name, "password": "wrong"})

        answers = {name: [guess(name) for _ in range(MOST + 1)] for name in names}
        statuses = {name: [answer.status_code for answer in given] for name, given in answers.items()}
        assert list(statuses.values()) == [[400] * MOST + [429]] * 3
        last = answers[names[0]][-1]
        assert last.json()["code"] == "TOO_MANY_WRONG_LOGINS"
        assert 0 < int(last.headers["Retry-After"]) <= SECONDS
        # nor does the right password help now
        assert client.post("/api-token-auth/", data={"username": names[0], "password": PASSWORD}).status_code == 429
