"""Several people, or one person several times, do the same at once; and somebody is removed while others, or they themselves, go on."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from environments.platforms.tracebloc.backend.requests.wrong_logins import MOST
from tests.platforms.tracebloc.backend.people import PASSWORD, Owner, Person, RunningBackend, join

AT_ONCE = 12

Ask = Callable[[httpx.Client], httpx.Response]


def at_once(backend: RunningBackend, ask: Ask, times: int = AT_ONCE) -> Counter[int]:
    """The statuses of so many requests, each over a connection of its own."""

    def one(_number: int) -> int:
        with backend.anonymous() as client:
            return ask(client).status_code

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(one, range(times)))


def test_wrong_logins_at_once_are_limited_like_those_one_after_another(backend: RunningBackend) -> None:
    guess = {"username": "nobody@at-once.test", "password": "wrong"}
    statuses = at_once(backend, lambda client: client.post("/api-token-auth/", data=guess), 4 * MOST)
    assert set(statuses) <= {400, 429}
    assert statuses[400] <= MOST


def test_right_logins_at_once_are_all_let_in(backend: RunningBackend, person: Person) -> None:
    right = {"username": person.email, "password": PASSWORD}
    assert at_once(backend, lambda client: client.post("/api-token-auth/", data=right), MOST - 1) == {200: MOST - 1}


def test_a_verification_code_works_once_for_many_at_once(backend: RunningBackend) -> None:
    email = "many@at-once.test"
    with backend.anonymous() as client:
        assert client.post("/register/", json={"email": email, "password": PASSWORD}).status_code == 201
    token = {"token": backend.verification_code(email)}
    assert at_once(backend, lambda client: client.post("/register/verify/", json=token)) == {200: 1, 400: AT_ONCE - 1}


def test_a_sign_in_code_is_approved_and_exchanged_once_for_many_at_once(backend: RunningBackend, person: Person) -> None:
    code = person.ask("POST", "/device/code")
    headers, decision = {"Authorization": f"Bearer {person.token}"}, {"user_code": code["user_code"]}
    approved = at_once(backend, lambda client: client.post("/device/approve/", json=decision, headers=headers))
    assert approved == {204: 1, 404: AT_ONCE - 1}
    exchanged = at_once(backend, lambda client: client.post("/device/token", data={"device_code": code["device_code"]}))
    assert exchanged == {200: 1, 400: AT_ONCE - 1}


def test_whoever_joins_many_times_at_once_is_one_member(backend: RunningBackend, owner: Owner) -> None:
    use_case, member = owner.use_case(), backend.person()
    headers, path = {"Authorization": f"Bearer {member.token}"}, f"/use-cases/{use_case['key']}/join/"
    joined = at_once(backend, lambda client: client.post(path, json={"accept_rules": True}, headers=headers))
    assert joined == {201: 1, 200: AT_ONCE - 1}
    assert member.ask("GET", f"/use-cases/{use_case['key']}/team/")["members"] == [member.email]


def test_one_address_signs_up_once_and_one_cluster_is_registered_once(backend: RunningBackend, person: Person) -> None:
    new = {"email": "twin@at-once.test", "password": PASSWORD}
    assert at_once(backend, lambda client: client.post("/register/", json=new)) == {201: 1, 409: AT_ONCE - 1}
    headers, cluster = {"Authorization": f"Bearer {person.token}"}, {"name": "site", "cluster_id": "cluster-at-once"}
    registered = at_once(backend, lambda client: client.post("/edge-device/", json=cluster, headers=headers))
    assert registered == {201: 1, 200: AT_ONCE - 1}


def test_two_teams_that_accept_each_other_at_once_become_one(backend: RunningBackend, owner: Owner) -> None:
    use_case, people = owner.use_case(), [backend.person(), backend.person()]
    path = f"/use-cases/{use_case['key']}/team"
    for member in people:
        join(member, use_case)
    teams = [member.ask("GET", f"{path}/")["id"] for member in people]
    asked = [
        member.ask("POST", f"{path}/merge-requests/", 201, json={"team": team})["id"]
        for member, team in zip(people, reversed(teams), strict=True)
    ]

    def accept(number: int) -> int:
        with backend.anonymous() as client:
            headers = {"Authorization": f"Bearer {people[number].token}"}
            return client.post(f"{path}/merge-requests/{asked[1 - number]}/accept/", headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(accept, (0, 1, 0, 1)))[0] == 200
    shown = [member.ask("GET", f"{path}/") for member in people]
    assert shown[0] == shown[1]
    assert sorted(shown[0]["members"]) == sorted(member.email for member in people)
    assert shown[0]["budget_petaflops"] == 2.0


def _acts(member: Person, use_case: dict[str, object]) -> list[Ask]:
    headers = {"Authorization": f"Bearer {member.token}"}
    key = use_case["key"]
    return [
        lambda client: client.post("/api-token-auth/", data={"username": member.email, "password": PASSWORD}),
        lambda client: client.post("/use-cases/", json={"title": "x", "task": "tabular_classification"}, headers=headers),
        lambda client: client.post("/edge-device/", json={"name": "site"}, headers=headers),
        lambda client: client.post(f"/use-cases/{key}/join/", json={"accept_rules": True}, headers=headers),
        lambda client: client.post(f"/use-cases/{key}/team/invitations/", json={"email": "x@at-once.test"}, headers=headers),
        lambda client: client.post(
            "/device/approve/", json={"user_code": client.post("/device/code").json()["user_code"]}, headers=headers
        ),
        lambda client: client.post(f"/use-cases/{key}/leave/", headers=headers),
        lambda client: client.get("/experiments/", headers=headers),
    ]


@pytest.mark.parametrize("_again", range(3))
def test_whoever_is_removed_while_they_go_on_meets_a_refusal_and_no_failure(backend: RunningBackend, owner: Owner, _again: int) -> None:
    use_case, member = owner.use_case(), backend.person()
    removed, seen = Event(), list[str]()

    def goes_on(act: Ask) -> None:
        with backend.anonymous() as client:
            while not removed.is_set():
                answer = act(client)
                if answer.status_code >= 500:
                    seen.append(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")

    acts = _acts(member, use_case)
    with ThreadPoolExecutor(len(acts)) as pool:
        going_on = [pool.submit(goes_on, act) for act in acts]
        try:
            with backend.anonymous() as client:
                credentials = {"username": member.email, "password": PASSWORD}
                assert client.post("/account/removal/", data=credentials, timeout=60).status_code == 204
        finally:
            removed.set()
        for one in going_on:
            one.result()
    assert seen == []
