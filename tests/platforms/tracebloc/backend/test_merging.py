"""Two teams become one: who may, and what becomes of budgets, submissions, experiments and members."""

import pytest

from support.waiting import eventually
from tests.platforms.tracebloc.backend.people import Json, Owner, Person, RunningBackend, averaged, cycle_done, join, seen, spent

PETAFLOP = 10**15


def team(person: Person, use_case: Json) -> Json:
    """The person's team."""
    return person.ask("GET", f"/use-cases/{use_case['key']}/team/")


def requests_path(use_case: Json) -> str:
    """Where merges are asked for."""
    return f"/use-cases/{use_case['key']}/team/merge-requests/"


def ask(person: Person, use_case: Json, asked: int, expected: int = 201) -> Json:
    """Ask another team to merge."""
    return person.ask("POST", requests_path(use_case), expected, json={"team": asked})


def merge(use_case: Json, asking: Person, accepting: Person) -> Json:
    """Let two people's teams become the second one's; returns it."""
    request = ask(asking, use_case, team(accepting, use_case)["id"])
    return accepting.ask("POST", f"{requests_path(use_case)}{request['id']}/accept/")


def spend(backend: RunningBackend, owner: Owner, person: Person, key: str, petaflops: float, pod: str = "pod-1") -> None:
    """Let a pod of an experiment spend something, and wait until it is counted."""
    before = person.experiment(key)["petaflops"]
    backend.tell(spent(key, owner.sites[0], round(petaflops * PETAFLOP), pod))
    eventually("the FLOPs", lambda: person.experiment(key)["petaflops"], lambda shown: shown > before)


def test_budgets_spending_members_and_experiments_are_the_merged_teams(
    backend: RunningBackend, owner: Owner, person: Person, stranger: Person
) -> None:
    use_case, teammate = owner.use_case(budget_petaflops=1.0), backend.person()
    for member in (person, stranger):
        join(member, use_case)
    person.ask("POST", f"/use-cases/{use_case['key']}/team/invitations/", 201, json={"email": teammate.email})
    keys = {member.email: str(member.start(use_case, cycles=3)["experiment_key"]) for member in (person, stranger)}
    spend(backend, owner, person, keys[person.email], 0.75)
    spend(backend, owner, stranger, keys[stranger.email], 0.5)
    merged = merge(use_case, person, stranger)
    assert merged["name"] == "Team 2"
    assert merged["members"] == [person.email, stranger.email]
    assert (merged["budget_petaflops"], merged["spent_petaflops"], merged["remaining_petaflops"]) == (2.0, 1.25, 0.75)
    join(teammate, use_case)
    assert team(teammate, use_case)["id"] == merged["id"]
    assert {shown["experiment_key"] for shown in teammate.ask("GET", "/experiments/")} >= set(keys.values())
    spend(backend, owner, teammate, keys[person.email], 0.75, "pod-2")
    backend.tell(averaged(keys[stranger.email]))
    reason = seen(teammate, keys[stranger.email], "Stopped")["reason"]
    assert "2 of 2 PetaFLOPs used" in reason


def test_what_was_overspent_comes_along(backend: RunningBackend, owner: Owner, person: Person, stranger: Person) -> None:
    use_case = owner.use_case(budget_petaflops=0.5)
    for member in (person, stranger):
        join(member, use_case)
    spend(backend, owner, person, person.start(use_case)["experiment_key"], 0.75)
    assert team(person, use_case)["remaining_petaflops"] == 0
    assert merge(use_case, person, stranger)["remaining_petaflops"] == 0.25


def test_todays_submissions_count_for_the_merged_team(backend: RunningBackend, owner: Owner, person: Person, stranger: Person) -> None:
    use_case = owner.use_case()
    paths = []
    for member, number in ((person, 3), (stranger, 2)):
        join(member, use_case)
        key = member.start(use_case, cycles=1)["experiment_key"]
        cycle_done(backend, member, key)
        paths.append(f"/experiments/{key}/cycles/1/submissions/")
        for _ in range(number):
            member.ask("POST", paths[-1], 201)
    merge(use_case, person, stranger)
    assert len(person.ask("GET", f"/use-cases/{use_case['key']}/submissions/")) == 5
    for member, path in ((person, paths[1]), (stranger, paths[0])):
        assert member.ask("POST", path, 429)["code"] == "DAILY_LIMIT"


def test_a_new_team_after_a_merge_has_a_name_of_its_own(backend: RunningBackend, owner: Owner, person: Person, stranger: Person) -> None:
    use_case, newcomer = owner.use_case(), backend.person()
    for member in (person, stranger):
        join(member, use_case)
    merge(use_case, person, stranger)
    join(newcomer, use_case)
    assert (team(newcomer, use_case)["name"], team(newcomer, use_case)["budget_petaflops"]) == ("Team 3", 1.0)
    assert merge(use_case, newcomer, person)["budget_petaflops"] == 3.0


def test_merges_that_are_refused(backend: RunningBackend, owner: Owner, person: Person, stranger: Person) -> None:
    use_case, elsewhere, third = owner.use_case(), owner.use_case(), backend.person()
    for member in (person, stranger, third):
        join(member, use_case)
    join(third, elsewhere)
    asked = team(stranger, use_case)["id"]
    assert ask(owner.person, use_case, asked, 403)["code"] == "NOT_A_MEMBER"
    assert ask(person, use_case, team(person, use_case)["id"], 400)["code"] == "SAME_TEAM"
    assert ask(person, use_case, team(third, elsewhere)["id"], 404)["code"] == "NOT_FOUND"
    request = ask(person, use_case, asked)
    assert ask(person, use_case, asked, 200) == request
    path = f"{requests_path(use_case)}{request['id']}/"
    assert person.ask("POST", f"{path}accept/", 403)["code"] == "NOT_ASKED"
    assert third.ask("POST", f"{path}accept/", 404)["code"] == "NOT_FOUND"
    third.ask("DELETE", path, 404)
    assert team(person, use_case)["members"] == [person.email]


@pytest.mark.parametrize("declined", [True, False])
def test_a_request_can_be_declined_and_taken_back(owner: Owner, person: Person, stranger: Person, declined: bool) -> None:
    use_case = owner.use_case()
    for member in (person, stranger):
        join(member, use_case)
    request = ask(person, use_case, team(stranger, use_case)["id"])
    assert stranger.ask("GET", requests_path(use_case)) == [request]
    assert (request["asking"]["name"], request["asked"]["name"]) == ("Team 1", "Team 2")
    path = f"{requests_path(use_case)}{request['id']}/"
    (stranger if declined else person).ask("DELETE", path, 204)
    assert person.ask("GET", requests_path(use_case)) == []
    stranger.ask("POST", f"{path}accept/", 404)


def test_a_merge_ends_all_other_requests_of_the_team_that_is_no_more(
    backend: RunningBackend, owner: Owner, person: Person, stranger: Person
) -> None:
    use_case, third = owner.use_case(), backend.person()
    for member in (person, stranger, third):
        join(member, use_case)
    gone = team(person, use_case)["id"]
    ask(third, use_case, gone)
    merge(use_case, person, stranger)
    assert third.ask("GET", requests_path(use_case)) == []
    ask(third, use_case, gone, 404)
