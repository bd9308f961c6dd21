"""From signing up to the leaderboard, over HTTP and the Service Bus."""

from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, averaged_weights_key
from support.waiting import eventually
from tests.platforms.tracebloc.backend.people import Owner, Person, RunningBackend, averaged, join, scored, seen


def test_from_signing_up_to_the_leaderboard(backend: RunningBackend, owner: Owner, person: Person) -> None:
    go_from_signing_up_to_the_leaderboard(backend, owner, person)


def go_from_signing_up_to_the_leaderboard(backend: RunningBackend, owner: Owner, person: Person) -> None:
    """Everything that people and secure environments do, once."""
    use_case, site = owner.use_case(), owner.sites[0]
    team = join(person, use_case)["team"]
    key = person.start(use_case, cycles=1)["experiment_key"]
    work = site.cycle(key)
    assert (work.plan.learning_rate, work.plan.epochs, work.participants) == (0.01, 2, [site.client_id])
    assert (work.dataset.table, work.dataset.classes, len(work.dataset.features)) == ("flowers_train", ["a", "b", "c"], 4)

    site.pod(work, "Running")
    assert person.experiment(key)["status_display"] == "Running"
    site.pod(work, "Succeeded", exit_code=0)
    assert person.experiment(key)["status_display"] == "Averaging"
    backend.tell(averaged(key))
    assert seen(person, key, "Completed")["cycle_results"][0]["metrics"] == {"accuracy": 0.9}

    person.ask("POST", f"/experiments/{key}/cycles/1/submissions/", 201)
    scoring = site.work_for(key, 2)[-1]
    assert isinstance(scoring, ScoreSubmission)
    assert (scoring.weights_key, scoring.dataset.table, scoring.metric) == (averaged_weights_key(key, 1), "flowers_test", "accuracy")
    backend.tell(scored(scoring, site, 0.75))
    leaderboard = f"/use-cases/{use_case['key']}/leaderboard/"
    ranking = eventually("the leaderboard", lambda: person.ask("GET", leaderboard), bool)
    row = {"rank": 1, "team": team["name"], "experiment_name": "first try", "score": 0.75, "submissions": 1, "remaining_petaflops": 1.0}
    assert ranking == [row]
