"""What is over when its time is up, seen by moving the clock; and that nobody moves it without its key."""

import pytest

from tests.platforms.tracebloc.backend.conftest import Variant
from tests.platforms.tracebloc.backend.people import Owner, Person, RunningBackend, join

KEY = "a key for the clock"
HOUR, DAY = 3600, 86_400


def at(person: Person, seconds: float, key: str = KEY) -> Person:
    """The person, served so many seconds later from now on."""
    person.client.headers["X-Clock"] = f"{key} {seconds}"
    return person


def test_a_request_is_served_at_another_time_with_the_right_key(person: Person, variant: Variant) -> None:
    moved = variant(person, clock_key=KEY)
    at(moved, 11 * HOUR).ask("GET", "/userinfo/")
    at(moved, 12 * HOUR).ask("GET", "/userinfo/", 401)
    at(moved, 0).ask("GET", "/userinfo/")


@pytest.mark.parametrize("header", ["another key 90000", KEY, f"{KEY} soon", f"{KEY} 1e9", "90000"])
def test_anything_else_moves_nothing(person: Person, variant: Variant, header: str) -> None:
    moved = variant(person, clock_key=KEY)
    moved.client.headers["X-Clock"] = header
    moved.ask("GET", "/userinfo/")


def test_a_backend_without_a_key_cannot_be_moved(person: Person, variant: Variant) -> None:
    for key in (KEY, "None"):
        at(variant(person), 90_000, key).ask("GET", "/userinfo/")


def test_a_login_later_ends_nobody_elses(person: Person, backend: RunningBackend, variant: Variant) -> None:
    other = backend.person()
    later = at(variant(other, clock_key=KEY), 30 * DAY)
    later.ask("POST", "/api-token-auth/", data={"username": other.email, "password": "correct horse battery"})
    person.ask("GET", "/userinfo/")


def test_wrong_logins_are_forgotten_a_minute_after_the_last_one(person: Person, variant: Variant) -> None:
    moved = variant(person, clock_key=KEY)

    def log_in(seconds: float, password: str, expected: int) -> None:
        at(moved, seconds).ask("POST", "/api-token-auth/", expected, data={"username": person.email, "password": password})

    for _ in range(9):
        log_in(0, "a wrong password", 400)
    log_in(40, "a wrong password", 400)
    log_in(80, "correct horse battery", 429)
    log_in(101, "correct horse battery", 200)


def test_an_invitation_ends_and_can_be_made_anew(owner: Owner, backend: RunningBackend, variant: Variant) -> None:
    invited = backend.person()
    use_case = owner.publish(owner.draft(private=True))
    path = f"/use-cases/{use_case['key']}/invitations/"
    owner.person.ask("POST", path, 201, json={"emails": [invited.email]})
    backwards = at(variant(owner.person, clock_key=KEY), -31 * DAY)
    other = backend.person()
    backwards.ask("POST", path, 201, json={"emails": [other.email]})
    assert join(other, use_case, 403)["code"] == "INVITATION_EXPIRED"
    owner.person.ask("POST", path, 201, json={"emails": [other.email]})
    join(other, use_case)
    join(invited, use_case)


def test_whoever_leaves_is_out_and_comes_back_by_another_invitation(owner: Owner, backend: RunningBackend) -> None:
    member = backend.person()
    use_case = owner.publish(owner.draft(private=True))
    path = f"/use-cases/{use_case['key']}"
    owner.person.ask("POST", f"{path}/invitations/", 201, json={"emails": [member.email]})
    first = join(member, use_case)["team"]
    member.ask("POST", f"{path}/leave/", 204)
    member.ask("GET", f"{path}/", 404)
    member.ask("POST", f"{path}/leave/", 404)
    assert join(member, use_case, 403)["code"] == "NOT_INVITED"
    owner.person.ask("POST", f"{path}/invitations/", 201, json={"emails": [member.email]})
    assert join(member, use_case)["team"]["id"] != first["id"]


def test_nobody_leaves_what_they_have_not_joined(owner: Owner, person: Person) -> None:
    use_case = owner.publish(owner.draft())
    assert person.ask("POST", f"/use-cases/{use_case['key']}/leave/", 403)["code"] == "NOT_A_MEMBER"
