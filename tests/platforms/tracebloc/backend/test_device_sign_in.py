"""Signing in at a command line, as RFC 8628 and the tracebloc CLI have it."""

import re
import time
from typing import Any

import httpx
import pytest

from tests.platforms.tracebloc.backend.people import Person, RunningBackend


@pytest.fixture
def command_line(backend: RunningBackend) -> httpx.Client:
    return backend.anonymous()


def begin(command_line: httpx.Client) -> dict[str, Any]:
    answer = command_line.post("/device/code")
    assert answer.status_code == 200
    begun: dict[str, Any] = answer.json()
    return begun


def ask(command_line: httpx.Client, device_code: str) -> tuple[int, dict[str, str]]:
    answer = command_line.post("/device/token", json={"device_code": device_code})
    return answer.status_code, answer.json()


def decide(person: Person, user_code: str, approve: bool = True, expected: int = 204) -> None:
    answer = person.client.post("/device/approve/", json={"user_code": user_code, "approve": approve})
    assert answer.status_code == expected, answer.text


def test_the_answer_is_the_clis(command_line: httpx.Client) -> None:
    begun = begin(command_line)
    assert set(begun) == {"device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval"}
    assert re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", begun["user_code"])
    assert begun["verification_uri_complete"] == f"{begun['verification_uri']}?code={begun['user_code']}"
    assert (begun["expires_in"], begun["interval"]) == (900, 5)


def test_whoever_asks_too_often_is_told_to_slow_down(command_line: httpx.Client) -> None:
    code = begin(command_line)["device_code"]
    assert ask(command_line, code) == (400, {"error": "authorization_pending"})
    assert ask(command_line, code) == (400, {"error": "slow_down"})


def test_an_approved_code_gives_one_token_of_the_person_who_approved(command_line: httpx.Client, person: Person, stranger: Person) -> None:
    begun = begin(command_line)
    decide(person, begun["user_code"].lower())
    decide(stranger, begun["user_code"], expected=404)
    status, answer = ask(command_line, begun["device_code"])
    assert status == 200
    who = command_line.get("/userinfo/", headers={"Authorization": f"Bearer {answer['token']}"}).json()
    assert (who["type"], who["email"]) == ("DS", person.email)
    assert ask(command_line, begun["device_code"]) == (400, {"error": "expired_token"})


def test_a_denied_code_is_told_once_and_gone(command_line: httpx.Client, person: Person) -> None:
    begun = begin(command_line)
    decide(person, begun["user_code"], approve=False)
    assert ask(command_line, begun["device_code"]) == (400, {"error": "access_denied"})
    decide(person, begun["user_code"], expected=404)
    assert ask(command_line, begun["device_code"]) == (400, {"error": "expired_token"})


def test_a_code_that_expired_or_never_was_is_refused_and_cannot_be_approved(
    command_line: httpx.Client, backend: RunningBackend, person: Person
) -> None:
    begun = begin(command_line)
    backend.change("UPDATE device_codes SET expires_at = :now WHERE user_code = :code", now=time.time(), code=begun["user_code"])
    decide(person, begun["user_code"], expected=404)
    for code in (begun["device_code"], "never was", ""):
        assert ask(command_line, code) == (400, {"error": "expired_token"})


def test_nobody_approves_without_being_logged_in(command_line: httpx.Client) -> None:
    assert command_line.post("/device/approve/", json={"user_code": begin(command_line)["user_code"]}).status_code == 401


def test_the_command_line_registers_with_a_password_of_its_own(person: Person, command_line: httpx.Client) -> None:
    new = {"first_name": "lab-01", "namespace": "lab-01", "password": "chosen by the command line", "cluster_id": "kube-system-1"}
    made = person.ask("POST", "/edge-device/", 201, json=new)
    assert "client_password" not in made
    assert (made["first_name"], made["namespace"], made["status"]) == ("lab-01", "lab-01", 2)
    adopted = person.ask("POST", "/edge-device/", 200, json={**new, "password": "another one, never taken"})
    assert (adopted["id"], "client_password" in adopted) == (made["id"], False)
    for password, expected in ((new["password"], 200), ("another one, never taken", 400)):
        answer = command_line.post("/api-token-auth/", data={"username": made["username"], "password": password})
        assert answer.status_code == expected
    person.ask("POST", "/edge-device/", 400, json={**new, "cluster_id": "kube-system-2", "password": "short"})


def test_the_admins_of_an_account_are_named(person: Person) -> None:
    assert person.ask("GET", "/edge-device/admins/") == [{"name": person.email, "email": person.email}]
