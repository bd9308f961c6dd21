"""Signing up, logging in and out, and what is kept of it."""

import pytest
from sqlalchemy import MetaData, create_engine, select

from support.waiting import eventually
from tests.platforms.tracebloc.backend.conftest import Variant
from tests.platforms.tracebloc.backend.people import PASSWORD, Person, RunningBackend


def test_a_new_account_cannot_log_in_before_its_address_is_verified(backend: RunningBackend) -> None:
    with backend.anonymous() as client:
        answer = client.post("/register/", json={"email": " New@Alpha.test ", "password": PASSWORD})
        assert (answer.status_code, answer.json()) == (201, {"email": "new@alpha.test", "verified": False})
        login = {"username": "new@alpha.test", "password": PASSWORD}
        refused = client.post("/api-token-auth/", data=login)
        assert refused.status_code == 400
        assert "verified" in refused.json()["non_field_errors"][0]

        code = backend.verification_code("new@alpha.test")
        assert client.post("/register/verify/", json={"token": code}).status_code == 200
        again = client.post("/register/verify/", json={"token": code})
        assert (again.status_code, again.json()["code"]) == (400, "INVALID_TOKEN")
        assert client.post("/api-token-auth/", data=login).json()["token_scheme"] == "Bearer"
        taken = client.post("/register/", json={"email": "NEW@alpha.test", "password": PASSWORD})
        assert (taken.status_code, taken.json()["code"]) == (409, "EMAIL_TAKEN")


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [
        ("nobody", PASSWORD, "INVALID_EMAIL"),
        ("a@b@c.test", PASSWORD, "INVALID_EMAIL"),
        ("a,b@c.test", PASSWORD, "INVALID_EMAIL"),
        ("a@b.test,c@d.test", PASSWORD, "INVALID_EMAIL"),
        ('"a"<b@c.test', PASSWORD, "INVALID_EMAIL"),
        ("a.@b.test", PASSWORD, "INVALID_EMAIL"),
        ("a" * 65 + "@b.test", PASSWORD, "INVALID_EMAIL"),
        ("ä@b.test", PASSWORD, "INVALID_EMAIL"),
        ("a@b.test\nBcc: c@d.test", PASSWORD, "INVALID_EMAIL"),
        ("a@b.test", "elevenchars", "WEAK_PASSWORD"),
    ],
)
def test_a_registration_that_does_not_fit_is_refused(backend: RunningBackend, email: str, password: str, code: str) -> None:
    with backend.anonymous() as client:
        answer = client.post("/register/", json={"email": email, "password": password})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_wrong_password_and_an_unknown_address_are_refused_alike(backend: RunningBackend, person: Person) -> None:
    with backend.anonymous() as client:
        wrong = client.post("/api-token-auth/", data={"username": person.email, "password": "not the password"})
        unknown = client.post("/api-token-auth/", data={"username": "unknown@alpha.test", "password": PASSWORD})
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert wrong.status_code == 400


def test_what_does_not_fit_is_named_and_never_repeated(backend: RunningBackend) -> None:
    with backend.anonymous() as client:
        answer = client.post("/register/", json={"email": "a@b.test", "password": ["very secret"]})
    assert answer.status_code == 400
    assert answer.json()["code"] == "INVALID_REQUEST"
    assert answer.json()["message"].startswith("password:")
    assert "very secret" not in answer.text


@pytest.mark.parametrize("scheme", ["Token", "TOKEN", "Bearer"])
def test_a_token_is_good_under_every_scheme_and_ends_with_logging_out(backend: RunningBackend, scheme: str) -> None:
    person = backend.person()
    person.client.headers["Authorization"] = f"{scheme} {person.token}"
    who = person.ask("GET", "/userinfo/")
    assert (who["type"], who["email"], who["domain"], who["is_account_admin"]) == ("DS", person.email, "alpha.test", True)
    person.ask("POST", "/logout/")
    assert person.ask("GET", "/userinfo/", 401) == {"detail": "Invalid token."}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic YTpi"])
def test_without_a_valid_token_nothing_is_answered(backend: RunningBackend, header: str) -> None:
    with backend.anonymous() as client:
        answer = client.get("/use-cases/", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert set(answer.json()) == {"detail"}


def test_neither_passwords_nor_tokens_are_kept_or_logged(backend: RunningBackend, person: Person) -> None:
    engine, tables = create_engine(backend.database_url), MetaData()
    tables.reflect(engine)
    with engine.connect() as database:
        rows = [row for table in tables.sorted_tables for row in database.execute(select(table))]
    engine.dispose()
    kept = b"".join(file.read_bytes() for file in backend.folder.iterdir() if file.is_file()) + repr(rows).encode()
    assert person.email.encode() in kept
    assert PASSWORD.encode() not in kept
    assert person.token.encode() not in kept


def test_a_token_expires(person: Person, variant: Variant) -> None:
    login = {"username": person.email, "password": PASSWORD}
    token = variant(person, token_lifetime_seconds=0.1).ask("POST", "/api-token-auth/", data=login)["token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = eventually("an end", lambda: person.client.get("/userinfo/", headers=headers), lambda answer: answer.status_code == 401)
    assert answer.json() == {"detail": "Invalid token."}
    assert person.client.get("/userinfo/").status_code == 200
