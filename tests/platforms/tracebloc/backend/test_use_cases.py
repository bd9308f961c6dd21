"""Use cases: who sees them, what they need before they are published, and teams."""

from typing import Any

import pytest

from tests.platforms.tracebloc.backend.people import Owner, Person, RunningBackend, join


def sees(person: Person, use_case: dict[str, Any]) -> bool:
    """Whether the use case is listed and shown; both must agree."""
    listed = use_case["key"] in {shown["key"] for shown in person.ask("GET", "/use-cases/")}
    assert person.client.get(f"/use-cases/{use_case['key']}/").status_code == (200 if listed else 404)
    return listed


def test_a_draft_is_seen_by_its_owner_only(owner: Owner, person: Person) -> None:
    draft = owner.draft()
    assert (draft["status"], sees(owner.person, draft), sees(person, draft)) == ("draft", True, False)
    join(person, draft, 404)
    published = owner.publish(draft)
    assert (published["status"], sees(person, draft)) == ("published", True)
    join(person, draft)


def test_a_private_use_case_is_seen_and_joined_by_the_invited_only(owner: Owner, backend: RunningBackend, stranger: Person) -> None:
    invited = backend.person()
    use_case = owner.publish(owner.draft(private=True))
    assert sees(invited, use_case) is False
    path = f"/use-cases/{use_case['key']}"
    owner.person.ask("POST", f"{path}/invitations/", 201, json={"emails": [invited.email.upper()]})
    letters = "\n".join(backend.letters_to(invited.email))
    assert use_case["key"] in letters
    assert use_case["title"] in letters
    assert (sees(invited, use_case), sees(stranger, use_case)) == (True, False)
    assert join(stranger, use_case, 403)["code"] == "NOT_INVITED"
    assert stranger.ask("GET", f"{path}/leaderboard/", 404)["code"] == "NOT_FOUND"
    join(invited, use_case)


def test_a_use_case_for_a_domain_lets_no_other_domain_in(owner: Owner, backend: RunningBackend) -> None:
    insider, outsider = backend.person("beta.test"), backend.person("gamma.test")
    lookalike = backend.person("evil-beta.test")
    use_case = owner.publish(owner.draft(private=False, domains=["Beta.test"]))
    owner.person.ask("POST", f"/use-cases/{use_case['key']}/invitations/", 201, json={"emails": [outsider.email]})
    assert [sees(person, use_case) for person in (insider, outsider, lookalike)] == [True, False, False]
    assert join(outsider, use_case, 403)["code"] == "NOT_INVITED"
    assert join(lookalike, use_case, 403)["code"] == "NOT_INVITED"
    join(insider, use_case)


def test_publishing_names_all_that_is_missing(owner: Owner) -> None:
    new = {"title": "Half", "task": "tabular_classification"}
    key = owner.person.ask("POST", "/use-cases/", 201, json=new)["key"]
    refused = owner.person.ask("POST", f"/use-cases/{key}/publish/", 400)
    assert refused["code"] == "NOT_READY"
    assert refused["missing"] == ["description", "training datasets", "test datasets", "score", "budget_petaflops"]
    assert all(name in refused["message"] for name in refused["missing"])


def test_datasets_that_do_not_fit_are_refused(owner: Owner, person: Person) -> None:
    site, key = owner.sites[0], owner.draft()["key"]
    training, test = owner.training[0], owner.test[0]
    other_columns = site.ingest("test", schema={"id": {"dtype": "int"}, "age": {"dtype": "int"}})["dataset_key"]
    other_task = site.ingest("test", category="tabular_regression")["dataset_key"]
    empty = site.ingest("train", record_count=0)["dataset_key"]
    second = site.ingest("train")["dataset_key"]

    def code(training: list[str], test: list[str]) -> str:
        body = {"training": training, "test": test}
        return str(owner.person.ask("PUT", f"/use-cases/{key}/datasets/", 400, json=body)["code"])

    assert code(["no-such-key"], [test]) == "DATASET_NOT_FOUND"
    assert code([test], [test]) == "WRONG_INTENT"
    assert code([training], [other_columns]) == "FEATURES_DIFFER"
    assert code([training], [other_task]) == "CATEGORY_MISMATCH"
    assert code([empty], [test]) == "EMPTY_DATASET"
    assert code([training, second], [test]) == "ONE_DATASET_PER_ENVIRONMENT"
    mine = person.ask("POST", "/use-cases/", 201, json={"title": "Theft", "task": "tabular_classification"})["key"]
    stolen = {"training": [training], "test": [test]}
    assert person.ask("PUT", f"/use-cases/{mine}/datasets/", 400, json=stolen)["code"] == "DATASET_NOT_FOUND"


def test_only_the_owner_changes_a_use_case_and_sees_addresses(owner: Owner, person: Person) -> None:
    use_case = owner.use_case()
    path = f"/use-cases/{use_case['key']}/"
    owner.person.ask("POST", f"{path}invitations/", 201, json={"emails": ["friend@alpha.test"]})
    assert person.ask("PATCH", path, 403, json={"title": "Mine now"})["code"] == "NOT_THE_OWNER"
    assert person.ask("POST", f"{path}invitations/", 403, json={"emails": ["x@y.test"]})["code"] == "NOT_THE_OWNER"
    shown = owner.person.ask("GET", path)
    assert (shown["collaborators"], shown["owner"]) == (["friend@alpha.test"], owner.person.email)
    assert "@" not in str(person.ask("GET", path))


def test_score_and_datasets_stay_once_published_but_the_budget_may_grow(owner: Owner) -> None:
    use_case = owner.use_case()
    path = f"/use-cases/{use_case['key']}/"
    assert owner.person.ask("PATCH", path, 409, json={"score": {"metric": "loss"}})["code"] == "INVALID_STATE"
    assert owner.person.ask("PUT", f"{path}datasets/", 409, json={"training": [], "test": []})["code"] == "INVALID_STATE"
    changed = owner.person.ask("PATCH", path, json={"budget_petaflops": 2.5, "rules": "Be kind."})
    assert (changed["budget_petaflops"], changed["rules"], changed["title"]) == (2.5, "Be kind.", use_case["title"])


@pytest.mark.parametrize("change", [{"budget_petaflops": -1}, {"budget_petaflops": 1e9}, {"title": ""}, {"title": "two\nlines"}])
def test_a_change_that_does_not_fit_is_refused(owner: Owner, change: dict[str, object]) -> None:
    draft = owner.draft()
    refused = owner.person.ask("PATCH", f"/use-cases/{draft['key']}/", 400, json=change)
    assert refused["code"] == "INVALID_REQUEST"
    assert next(iter(change)) in refused["message"]


def test_joining_needs_the_rules_and_gives_a_team_once(owner: Owner, person: Person, stranger: Person) -> None:
    use_case, first, second = owner.use_case(), person, stranger
    path = f"/use-cases/{use_case['key']}"
    assert first.ask("POST", f"{path}/join/", 400, json={})["code"] == "RULES_NOT_ACCEPTED"
    assert first.ask("GET", f"{path}/team/", 403)["code"] == "NOT_A_MEMBER"
    team = join(first, use_case)["team"]
    assert team["members"] == [first.email]
    assert join(first, use_case, 200)["team"] == team
    assert join(second, use_case)["team"]["id"] != team["id"]


def test_a_teammate_lands_in_the_inviting_team_even_of_a_private_use_case(owner: Owner, backend: RunningBackend, stranger: Person) -> None:
    member, teammate = backend.person(), backend.person()
    use_case = owner.publish(owner.draft(private=True))
    path = f"/use-cases/{use_case['key']}"
    owner.person.ask("POST", f"{path}/invitations/", 201, json={"emails": [member.email]})
    team = join(member, use_case)["team"]
    stranger.ask("POST", f"{path}/team/invitations/", 404, json={"email": stranger.email})
    member.ask("POST", f"{path}/team/invitations/", 201, json={"email": teammate.email})
    assert use_case["key"] in "\n".join(backend.letters_to(teammate.email))
    joined = join(teammate, use_case)["team"]
    assert (joined["id"], joined["members"]) == (team["id"], [member.email, teammate.email])
    refused = member.ask("POST", f"{path}/team/invitations/", 409, json={"email": teammate.email})
    assert refused["code"] == "ALREADY_A_MEMBER"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/use-cases/", {"title": "x", "task": "tabular_classification", "privat": False}),
        ("PATCH", "/use-cases/{key}/", {"budget": 5}),
        ("PATCH", "/use-cases/{key}/", {"score": {"metric": "accuracy", "higher_is_worse": True}}),
        ("POST", "/use-cases/{key}/invitations/", {"emails": ["a@b.example"], "role": "owner"}),
        ("POST", "/use-cases/{key}/join/", {"accept_rule": True}),
        ("POST", "/register/", {"email": "a@b.example", "password": "long-enough-word", "firstname": "A"}),
    ],
)
def test_a_misspelt_field_is_refused_and_not_ignored(owner: Owner, method: str, path: str, body: dict[str, object]) -> None:
    use_case = owner.use_case()
    refused = owner.person.ask(method, path.format(key=use_case["key"]), 400, json=body)
    assert refused["code"] == "INVALID_REQUEST"
