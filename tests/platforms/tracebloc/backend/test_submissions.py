"""Submissions, the daily limit and the leaderboard."""

import pytest

from environments.platforms.tracebloc.messaging.messages import ScoreSubmission
from support.waiting import eventually
from tests.platforms.tracebloc.backend.people import MODEL, Json, Owner, Person, RunningBackend, cycle_done, join, scored
from tests.platforms.tracebloc.backend.test_merging import merge


def submitted(person: Person, owner: Owner, experiment_key: str, sites: int = 1) -> list[ScoreSubmission]:
    """Submit cycle 1; returns the work it makes, a piece for each secure environment."""
    submission = person.ask("POST", f"/experiments/{experiment_key}/cycles/1/submissions/", 201)
    assert submission["status"] == "Pending"
    return [scoring_on(owner, number, submission["id"]) for number in range(sites)]


def scoring_on(owner: Owner, site: int, submission_id: str) -> ScoreSubmission:
    """The work one secure environment received for a submission."""

    def find() -> ScoreSubmission | None:
        scorings = (work for work in owner.sites[site].work if isinstance(work, ScoreSubmission))
        return next((work for work in scorings if work.submission_id == submission_id), None)

    found = eventually("the scoring", find, lambda work: work is not None)
    assert found is not None
    return found


def my_submissions(person: Person, use_case: Json) -> Json:
    """My Submissions."""
    return person.ask("GET", f"/use-cases/{use_case['key']}/submissions/")


def trained(backend: RunningBackend, person: Person, use_case: Json) -> str:
    """The key of an experiment with one completed cycle."""
    key = str(person.start(use_case, cycles=1)["experiment_key"])
    cycle_done(backend, person, key)
    return key


def test_a_score_is_the_row_weighted_mean_over_the_environments(backend: RunningBackend, owner: Owner, person: Person) -> None:
    use_case = owner.use_case(sites=2)
    join(person, use_case)
    key = trained(backend, person, use_case)
    first, second = submitted(person, owner, key, sites=2)
    for _ in range(2):
        backend.tell(scored(first, owner.sites[0], 0.5, rows=300))
    backend.tell(scored(first, owner.sites[0], 0.0, rows=9))
    assert my_submissions(person, use_case)[0]["score"] is None
    backend.tell(scored(second, owner.sites[1], 0.9, rows=100))
    mine = eventually("the score", lambda: my_submissions(person, use_case), lambda seen: seen[0]["status"] == "Scored")
    assert (mine[0]["score"], mine[0]["experiment_key"], mine[0]["cycle"]) == (pytest.approx(0.6), key, 1)


def test_only_a_completed_cycle_can_be_submitted(owner: Owner, person: Person) -> None:
    use_case = owner.use_case()
    join(person, use_case)
    key = person.start(use_case)["experiment_key"]
    for cycle, status, code in ((1, 409, "CYCLE_NOT_COMPLETED"), (2, 409, "CYCLE_NOT_COMPLETED"), (3, 404, "NOT_FOUND")):
        assert person.ask("POST", f"/experiments/{key}/cycles/{cycle}/submissions/", status)["code"] == code


def test_a_team_submits_five_times_a_day(backend: RunningBackend, owner: Owner, person: Person, stranger: Person) -> None:
    use_case, member, teammate, other = owner.use_case(), person, stranger, backend.person()
    join(member, use_case)
    member.ask("POST", f"/use-cases/{use_case['key']}/team/invitations/", 201, json={"email": teammate.email})
    join(teammate, use_case)
    key = trained(backend, member, use_case)
    path = f"/experiments/{key}/cycles/1/submissions/"
    for submitter in (member, teammate, member, teammate, member):
        submitter.ask("POST", path, 201)
    assert teammate.ask("POST", path, 429)["code"] == "DAILY_LIMIT"
    assert len(my_submissions(teammate, use_case)) == 5
    join(other, use_case)
    submitted(other, owner, trained(backend, other, use_case))


@pytest.mark.parametrize(("higher_is_better", "expected"), [(True, [0.8, 0.6]), (False, [0.2, 0.6])])
def test_the_leaderboard_ranks_each_teams_best_as_the_score_demands(
    backend: RunningBackend, owner: Owner, person: Person, stranger: Person, higher_is_better: bool, expected: list[float]
) -> None:
    use_case = owner.use_case(score={"metric": "accuracy", "higher_is_better": higher_is_better})
    people = [person, stranger]
    for member, scores in zip(people, ((0.6,), (0.2, 0.8)), strict=True):
        join(member, use_case)
        key = trained(backend, member, use_case)
        for score in scores:
            backend.tell(scored(submitted(member, owner, key)[0], owner.sites[0], score))
    path = f"/use-cases/{use_case['key']}/leaderboard/"

    def scores_counted() -> Json:
        return [sum(entry["status"] == "Scored" for entry in my_submissions(member, use_case)) for member in people]

    eventually("all scores", scores_counted, lambda counts: counts == [1, 2])
    ranking = people[0].ask("GET", path)
    assert [row["score"] for row in ranking] == expected
    assert [(row["rank"], row["team"], row["submissions"]) for row in ranking] == [(1, "Team 2", 2), (2, "Team 1", 1)]
    assert owner.person.ask("GET", path) == ranking


def test_a_merged_team_ranks_by_the_better_score_of_both(backend: RunningBackend, owner: Owner, person: Person, stranger: Person) -> None:
    use_case = owner.use_case()
    for member, score in ((person, 0.75), (stranger, 0.5)):
        join(member, use_case)
        backend.tell(scored(submitted(member, owner, trained(backend, member, use_case))[0], owner.sites[0], score))
        eventually("the score", lambda member=member: my_submissions(member, use_case)[0]["status"], lambda status: status == "Scored")
    merge(use_case, person, stranger)
    (row,) = person.ask("GET", f"/use-cases/{use_case['key']}/leaderboard/")
    assert (row["team"], row["score"], row["submissions"]) == ("Team 2", 0.75, 2)


def test_a_scoring_pod_that_fails_fails_the_submission(backend: RunningBackend, owner: Owner, person: Person) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(person, use_case)
    key = trained(backend, person, use_case)
    scoring = submitted(person, owner, key)[0]
    site.pod(scoring, "Failed", exit_code=1)
    (failed,) = my_submissions(person, use_case)
    assert (failed["status"], "exit code 1" in failed["reason"]) == ("Failed", True)
    assert person.experiment(key)["status_display"] == "Completed"
    assert person.ask("GET", f"/use-cases/{use_case['key']}/leaderboard/") == []


def test_an_inference_only_run_is_a_submission(backend: RunningBackend, owner: Owner, person: Person) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(person, use_case)
    model = person.upload(upload_weights=("net_weights.safetensors", b"weights"))
    body = {"dataset_key": use_case["training_dataset_key"], "model_name": model, "name": "as it is", "framework": "pytorch"}
    started = person.ask("POST", "/experiments/inference-only/", 201, json=body)
    assert (started["run_kind"], started["weights_source"], started["pre_trained_weights"]) == ("inference", "upload", True)
    assert started["class_order"] == ["a", "b", "c"]
    scoring = scoring_on(owner, 0, started["inference_id"])
    assert (scoring.cycle, scoring.weights_key) == (0, f"models/{model}/weights.safetensors")
    site.pod(scoring, "Running")
    assert person.experiment(started["experiment_key"])["status_display"] == "Running"
    backend.tell(scored(scoring, site, 0.4))
    path = f"/use-cases/{use_case['key']}/leaderboard/"
    ranking = eventually("the leaderboard", lambda: person.ask("GET", path), bool)
    assert (ranking[0]["experiment_name"], ranking[0]["score"]) == ("as it is", 0.4)
    assert person.experiment(started["experiment_key"])["status_display"] == "Completed"


def test_inference_only_runs_that_are_refused(owner: Owner, person: Person, stranger: Person) -> None:
    use_case = owner.use_case()
    join(person, use_case)
    body = {"dataset_key": use_case["training_dataset_key"], "model_name": person.upload(), "name": "as it is"}
    path = "/experiments/inference-only/"
    assert person.ask("POST", path, 400, json={**body, "name": " "})["code"] == "MANDATORY_FIELDS"
    assert stranger.ask("POST", path, 403, json=body)["code"] == "NOT_A_MEMBER"
    unlearnt = person.upload(MODEL.replace(b"pytorch", b"sklearn"))
    assert person.ask("POST", path, 400, json={**body, "model_name": unlearnt})["code"] == "NO_WEIGHTS"
    assert my_submissions(person, use_case) == []
    for _ in range(5):
        assert person.ask("POST", path, 201, json=body)["weights_source"] == "random_init"
    assert person.ask("POST", path, 429, json=body)["code"] == "DAILY_LIMIT"
    assert len(person.ask("GET", "/experiments/", params={"use_case": use_case["key"]})) == 5
