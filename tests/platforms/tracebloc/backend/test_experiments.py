"""The life of an experiment, as messages and pods tell it."""

import json

import pytest
from hamcrest import equal_to, has_item

from environments.platforms.tracebloc.messaging.messages import (
    CycleAveraged,
    EpochFinished,
    FlopsSpent,
    WeightsRefused,
    averaged_weights_key,
    participant_weights_key,
)
from support.waiting import eventually
from tests.platforms.tracebloc.backend.people import Owner, Person, RunningBackend, averaged, cycle_done, join, seen, spent

PETAFLOP = 10**15


@pytest.fixture(scope="module")
def member(person: Person) -> Person:
    """Somebody who has nothing to do but to join."""
    return person


def epoch(experiment_key: str, client_id: str, number: int, accuracy: float) -> EpochFinished:
    """A pod's word on an epoch of cycle 1."""
    return EpochFinished(experiment_key=experiment_key, cycle=1, epoch=number, client_id=client_id, metrics={"accuracy": accuracy})


def test_a_second_cycle_begins_with_the_first_ones_averaged_weights(backend: RunningBackend, owner: Owner, member: Person) -> None:
    use_case = owner.use_case(sites=2)
    join(member, use_case)
    key = member.start(use_case)["experiment_key"]
    first = [site.cycle(key) for site in owner.sites]
    assert {work.weights_key for work in first} == {None}
    assert [sorted(work.participants) for work in first] == [sorted(site.client_id for site in owner.sites)] * 2
    assert member.experiment(key)["status_display"] == "Pending"

    backend.tell(epoch(key, owner.sites[0].client_id, 1, 0.5))
    experiment = seen(member, key, "Running")
    assert experiment["cycle_results"][0]["epochs"] == [{"epoch": 1, "client_id": owner.sites[0].client_id, "metrics": {"accuracy": 0.5}}]
    owner.sites[0].pod(first[0], "Succeeded")
    assert member.experiment(key)["status_display"] == "Running"
    owner.sites[1].pod(first[1], "Succeeded")
    experiment = member.experiment(key)
    assert (experiment["status_display"], experiment["cycle_results"][0]["status"]) == ("Averaging", "Averaging")

    backend.tell(averaged(key, 1))
    second = [site.cycle(key, 2) for site in owner.sites]
    assert {work.weights_key for work in second} == {averaged_weights_key(key, 1)}
    assert member.experiment(key)["status_display"] == "Running"
    backend.tell(averaged(key, 2, accuracy=0.95))
    experiment = seen(member, key, "Completed")
    assert [cycle["metrics"] for cycle in experiment["cycle_results"]] == [{"accuracy": 0.9}, {"accuracy": 0.95}]


def test_messages_that_come_twice_change_nothing(backend: RunningBackend, owner: Owner, member: Person) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(member, use_case)
    key = member.start(use_case)["experiment_key"]
    for _ in range(2):
        backend.tell(epoch(key, site.client_id, 1, 0.5))
        backend.tell(averaged(key, 1))
    for _ in range(2):
        backend.tell(spent(key, site, 3 * PETAFLOP // 10))
    site.cycle(key, 2)
    backend.tell(averaged(key, 2))
    experiment = seen(member, key, "Completed")
    assert [cycle["cycle"] for cycle in experiment["cycle_results"]] == [1, 2]
    assert len(experiment["cycle_results"][0]["epochs"]) == 1
    assert [work.cycle for work in site.work_for(key, 2)] == [1, 2]
    backend.tell(spent(key, site, PETAFLOP // 10, pod="pod-2"))
    counted = eventually("both pods to be counted", lambda: member.experiment(key), lambda shown: shown["grams_co2e"] == 1.0)
    assert counted["petaflops"] == pytest.approx(0.4)


def test_a_failed_pod_is_tried_again_once(owner: Owner, member: Person) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(member, use_case)
    key = member.start(use_case)["experiment_key"]
    first = site.cycle(key)
    site.pod(first, "Running")
    for _ in range(2):
        site.pod(first, "Failed", exit_code=137, reason="OOMKilled")
    second = site.cycle(key, attempt=2)
    assert (second.cycle, second.participants) == (1, first.participants)
    assert member.experiment(key)["status_display"] == "Running"
    name = site.pod(second, "Failed", exit_code=1, reason="Error")
    experiment = member.experiment(key)
    assert (experiment["status_display"], experiment["category"]) == ("Failed", "infra")
    assert experiment["reason"].startswith("Infra: ")
    assert name in experiment["reason"]
    assert [(pod["attempt"], pod["phase"], pod["exit_code"]) for pod in experiment["pods"]] == [(1, "Failed", 137), (2, "Failed", 1)]
    assert len(site.work_for(key, 2)) == 2


def test_a_second_attempt_that_succeeds_saves_the_experiment(backend: RunningBackend, owner: Owner, member: Person) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(member, use_case)
    key = member.start(use_case, cycles=1)["experiment_key"]
    site.pod(site.cycle(key), "Failed", exit_code=1)
    site.pod(site.cycle(key, attempt=2), "Succeeded", exit_code=0)
    assert member.experiment(key)["status_display"] == "Averaging"
    backend.tell(averaged(key))
    seen(member, key, "Completed")


def test_a_pod_that_fails_after_its_weights_arrived_is_not_tried_again(
    object_store: str, backend: RunningBackend, owner: Owner, member: Person
) -> None:
    import boto3

    use_case, site = owner.use_case(), owner.sites[0]
    join(member, use_case)
    key = member.start(use_case, cycles=1)["experiment_key"]
    work = site.cycle(key)
    store = boto3.client("s3", endpoint_url=object_store, region_name="us-east-1", aws_access_key_id="tests", aws_secret_access_key="tests")
    store.put_object(Bucket="tracebloc", Key=participant_weights_key(key, 1, site.client_id), Body=b"weights")
    site.pod(work, "Failed", exit_code=1)
    backend.tell(averaged(key))
    seen(member, key, "Completed")
    assert len(site.work_for(key)) == 1


def test_a_pods_end_is_final_and_its_reports_are_its_environments_own(owner: Owner, member: Person) -> None:
    use_case, (site, other) = owner.use_case(), owner.sites
    join(member, use_case)
    key = member.start(use_case)["experiment_key"]
    work = site.cycle(key)
    site.pod(work, "Succeeded", exit_code=0)
    site.pod(work, "Running")
    site.pod(work, "Failed", exit_code=1)
    assert [pod["phase"] for pod in member.experiment(key)["pods"]] == ["Succeeded"]
    other.pod(work, "Failed", expected=404)
    site.pod(work.model_copy(update={"experiment_key": "unknown"}), "Running", expected=404)


def test_weights_that_cannot_be_averaged_fail_the_experiment(backend: RunningBackend, owner: Owner, member: Person) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(member, use_case)
    key = member.start(use_case)["experiment_key"]
    backend.tell(WeightsRefused(experiment_key=key, cycle=1, client_id=site.client_id, reason="another shape"))
    experiment = seen(member, key, "Failed")
    assert (experiment["category"], "another shape" in experiment["reason"]) == ("model", True)


def test_a_paused_experiment_ends_its_cycle_and_begins_no_other(backend: RunningBackend, owner: Owner, member: Person) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(member, use_case)
    key = member.start(use_case)["experiment_key"]
    path = f"/experiments/{key}"
    assert member.ask("POST", f"{path}/resume/", 409)["code"] == "INVALID_STATE"
    assert member.ask("POST", f"{path}/pause/")["status_display"] == "Paused"
    member.ask("POST", f"{path}/pause/", 409)
    site.pod(site.cycle(key), "Running")
    experiment = cycle_done(backend, member, key)
    assert (experiment["status_display"], len(experiment["cycle_results"])) == ("Paused", 1)
    assert member.ask("POST", f"{path}/resume/")["status_display"] == "Running"
    site.cycle(key, 2)
    member.ask("POST", f"{path}/pause/")
    assert member.ask("POST", f"{path}/resume/")["status_display"] == "Running"
    cycle_done(backend, member, key, 2)
    assert seen(member, key, "Completed")["reason"] is None


def test_chosen_rows_are_divided_over_the_environments(owner: Owner, member: Person) -> None:
    use_case = owner.use_case(sites=2)
    join(member, use_case)
    subdataset = {"trainingDatasetSize": 30, "trainingClasses": {"a": 20, "b": 10}}
    key = member.start(use_case, subdataset=json.dumps(subdataset))["experiment_key"]
    assert [site.cycle(key).chosen_rows for site in owner.sites] == [{"a": 10, "b": 5}, {"a": 10, "b": 5}]
    assert owner.sites[0].cycle(member.start(use_case)["experiment_key"]).chosen_rows == {}


@pytest.mark.parametrize(
    ("chosen", "code", "words"),
    [
        ({"trainingClasses": {"a": 81}}, "INVALID_REQUEST", "a has 80 rows"),
        ({"trainingClasses": {"a": 1}}, "INVALID_PLAN", "so few rows leave none for secure environment"),
        ({"trainingClasses": {"a": "many"}}, "INVALID_PLAN", "subdataset: a JSON object"),
        ([], "INVALID_PLAN", "subdataset: a JSON object"),
    ],
)
def test_a_choice_of_rows_that_cannot_be_applied_is_refused(chosen: object, code: str, words: str, owner: Owner, member: Person) -> None:
    use_case = owner.use_case(sites=2)
    join(member, use_case)
    refused = member.start(use_case, 400, subdataset=json.dumps(chosen))
    assert (refused["code"], words in refused["message"]) == (code, True)


def test_a_stopped_experiment_stays_stopped(backend: RunningBackend, owner: Owner, member: Person) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(member, use_case)
    key = member.start(use_case)["experiment_key"]
    assert member.ask("POST", f"/experiments/{key}/stop/")["status_display"] == "Stopped"
    for action in ("pause", "resume", "stop"):
        assert member.ask("POST", f"/experiments/{key}/{action}/", 409)["code"] == "INVALID_STATE"
    experiment = cycle_done(backend, member, key)
    assert (experiment["status_display"], len(experiment["cycle_results"])) == ("Stopped", 1)
    site.pod(site.cycle(key), "Failed", exit_code=1)
    assert len(site.work_for(key)) == 1


def test_a_secure_environment_can_ask_whether_an_experiment_on_its_rows_has_ended(owner: Owner, member: Person) -> None:
    use_case, (site, stranger) = owner.use_case(sites=1), owner.sites
    join(member, use_case)
    key = member.start(use_case)["experiment_key"]
    path = f"/edge-device/experiments/{key}/"
    assert site.client.get(path).json() == {"experiment_key": key, "ended": False}
    member.ask("POST", f"/experiments/{key}/stop/")
    assert site.client.get(path).json()["ended"] is True
    assert stranger.client.get(path).status_code == 404
    assert member.client.get(path).status_code == 403


def test_a_stopped_experiment_stops_every_environment_that_trains_for_it(owner: Owner, member: Person) -> None:
    use_case = owner.use_case(sites=2)
    join(member, use_case)
    key = member.start(use_case)["experiment_key"]
    member.ask("POST", f"/experiments/{key}/stop/")
    eventually("both to be told", lambda: [key in site.stopped for site in owner.sites], equal_to([True, True]))
    assert [[work.cycle for work in site.work_for(key)] for site in owner.sites] == [[1], [1]]


def test_a_spent_budget_stops_only_those_that_still_train(backend: RunningBackend, owner: Owner, member: Person) -> None:
    use_case, (site, straggler) = owner.use_case(sites=2, budget_petaflops=0.5), owner.sites
    join(member, use_case)
    key = member.start(use_case, cycles=3)["experiment_key"]
    backend.tell(spent(key, site, PETAFLOP // 2))
    eventually("the FLOPs", lambda: member.experiment(key)["petaflops"], equal_to(0.5))
    backend.tell(averaged(key).model_copy(update={"rows": {site.client_id: 80}}))
    assert seen(member, key, "Stopped")["category"] == "resource"
    eventually("the straggler to be told", lambda: straggler.stopped, has_item(key))
    assert key not in site.stopped


def test_a_spent_budget_stops_the_experiment_after_its_cycle_and_refuses_the_next(
    backend: RunningBackend, owner: Owner, member: Person, stranger: Person
) -> None:
    use_case, site = owner.use_case(budget_petaflops=0.5), owner.sites[0]
    join(member, use_case)
    key = member.start(use_case, cycles=3)["experiment_key"]
    backend.tell(spent(key, site, PETAFLOP // 2))
    eventually("the FLOPs", lambda: member.experiment(key)["petaflops"], lambda petaflops: petaflops == 0.5)
    backend.tell(averaged(key))
    experiment = seen(member, key, "Stopped")
    assert (experiment["category"], len(experiment["cycle_results"])) == ("resource", 1)
    assert experiment["reason"].startswith("Resource: compute budget exhausted")
    assert member.start(use_case, 403)["code"] == "BUDGET_EXHAUSTED"
    join(stranger, use_case)
    stranger.start(use_case)


def test_what_a_cycle_cost_counts_before_the_next_begins(backend: RunningBackend, owner: Owner, member: Person) -> None:
    use_case, site = owner.use_case(budget_petaflops=0.5), owner.sites[0]
    join(member, use_case)
    key = member.start(use_case, cycles=3)["experiment_key"]
    cost = spent(key, site, PETAFLOP // 2)
    # the report of its own is late
    backend.tell(averaged(key).model_copy(update={"spent": [cost]}))
    experiment = seen(member, key, "Stopped")
    assert (experiment["category"], experiment["petaflops"], len(experiment["cycle_results"])) == ("resource", 0.5, 1)
    backend.tell(cost)
    backend.tell(spent(key, site, PETAFLOP // 4, pod="pod-2"))
    eventually("the late reports", lambda: member.experiment(key)["petaflops"], equal_to(0.75))


def test_a_message_that_fits_nothing_is_put_aside_and_holds_nothing_up(backend: RunningBackend, owner: Owner, member: Person) -> None:
    use_case, (site, outsider) = owner.use_case(), owner.sites
    join(member, use_case)
    key = member.start(use_case, cycles=1)["experiment_key"]
    fields = dict(spent(key, site, 1))
    beyond = [FlopsSpent.model_construct(**{**fields, "flops": flops}) for flops in (-1, 2 * 10**18, 10**30)]
    for wrong in (spent(key, outsider, 1), spent("unknown", site, 1), *beyond):
        backend.tell(wrong)
    for unknown in (averaged("unknown"), averaged(key, cycle=7), epoch(key, outsider.client_id, 1, 0.5)):
        backend.tell(unknown)
    backend.tell(spent(key, site, PETAFLOP // 4))
    backend.tell(averaged(key))
    experiment = eventually("the FLOPs", lambda: seen(member, key, "Completed"), lambda shown: shown["petaflops"] > 0)
    assert (experiment["petaflops"], experiment["cycle_results"][0]["epochs"]) == (0.25, [])


def test_what_a_diverging_training_measured_is_left_out(backend: RunningBackend, owner: Owner, member: Person) -> None:
    class Diverged(CycleAveraged, ser_json_inf_nan="constants"):
        """Says NaN as it is."""

    use_case = owner.use_case()
    join(member, use_case)
    key = member.start(use_case, cycles=1)["experiment_key"]
    metrics = {"loss": float("nan"), "accuracy": 0.25}
    backend.tell(Diverged(experiment_key=key, cycle=1, weights_key="k", rows={}, metrics=metrics))
    assert seen(member, key, "Completed")["cycle_results"][0]["metrics"] == {"accuracy": 0.25}


def test_a_plan_that_will_outgrow_the_budget_is_warned_of(owner: Owner, member: Person) -> None:
    use_case = owner.use_case()
    join(member, use_case)
    assert member.start(use_case)["budget_warning"] is None
    warned = member.start(use_case, model_parameters=10**12)
    assert "PetaFLOPs" in warned["budget_warning"]
    assert warned["experiment_key"] == warned["experimentKey"]


def test_starts_that_are_refused(owner: Owner, member: Person, stranger: Person) -> None:
    use_case = owner.use_case()
    join(member, use_case)
    assert member.start(use_case, 400, name="")["code"] == "MANDATORY_FIELDS"
    assert stranger.start(use_case, 403)["code"] == "NOT_A_MEMBER"
    assert owner.person.start(use_case, 403)["code"] == "NOT_A_MEMBER"
    assert member.start(use_case, 403, dataset_key="unknown")["code"] == "NOT_A_MEMBER"
    foreign = member.start(use_case, 400, model_name=stranger.upload())
    assert (foreign["code"], foreign["message"].startswith("Model File Load Failed:")) == ("LOAD_FAILED", True)
    assert member.start(use_case, 400, cycles=0)["message"] == "cycles: must be >0"
    assert member.start(use_case, 400, learning_rate="{")["code"] == "INVALID_PLAN"
    assert member.ask("GET", "/experiments/", params={"use_case": use_case["key"]}) == []


def test_another_teams_experiment_does_not_exist(owner: Owner, member: Person, stranger: Person) -> None:
    use_case = owner.use_case()
    for person in (member, stranger):
        join(person, use_case)
    key = member.start(use_case)["experiment_key"]
    for outsider in (stranger, owner.person):
        outsider.ask("GET", f"/experiment-status/{key}/", 404)
        outsider.ask("GET", f"/experiments/{key}/", 404)
        outsider.ask("POST", f"/experiments/{key}/stop/", 404)
        outsider.ask("POST", f"/experiments/{key}/cycles/1/submissions/", 404)
        assert outsider.ask("GET", "/experiments/", params={"use_case": use_case["key"]}) == []
    listed = member.ask("GET", "/experiments/", params={"use_case": use_case["key"]})
    assert [experiment["experiment_key"] for experiment in listed] == [key]
    status = member.ask("GET", f"/experiment-status/{key}/")
    assert (status["status"], status["category"], status["reason"]) == (0, None, None)
