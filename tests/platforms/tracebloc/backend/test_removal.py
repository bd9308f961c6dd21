"""An account that is removed takes everything with it that is its own or hangs on it, and nothing of anybody else's."""

import os

import boto3
import httpx
from hamcrest import equal_to
from sqlalchemy import create_engine, func, select

from environments.platforms.tracebloc.backend.storage.tables import Base
from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, experiments_queue
from environments.platforms.tracebloc.messaging.queues import QueueConsumer, QueueSender, QueueUnavailable, queue_of
from support.waiting import eventually
from tests.platforms.tracebloc.backend.conftest import BUCKET, StartBackend
from tests.platforms.tracebloc.backend.people import PASSWORD, Json, Owner, Person, RunningBackend, cycle_done, join, scored, spent


def rows(backend: RunningBackend) -> dict[str, int]:
    """How many rows each table has."""
    engine = create_engine(backend.database_url)
    with engine.connect() as database:
        counted = {table.name: database.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.sorted_tables}
    engine.dispose()
    return counted


def objects(url: str) -> set[str]:
    """The keys in the object store."""
    store = boto3.client("s3", endpoint_url=url, region_name="us-east-1")
    return {one["Key"] for one in store.list_objects_v2(Bucket=BUCKET).get("Contents", [])}


def removal(backend: RunningBackend, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    with backend.anonymous() as client:
        return client.post("/account/removal/", data={"username": email, "password": password, **more})


def trains(backend: RunningBackend, owner: Owner, person: Person) -> None:
    """Somebody joins, trains a cycle and submits it."""
    use_case = owner.use_case()
    join(person, use_case)
    key = str(person.start(use_case, cycles=1)["experiment_key"])
    cycle_done(backend, person, key)
    backend.tell(spent(key, owner.sites[0], 10))
    person.ask("POST", f"/experiments/{key}/cycles/1/submissions/", 201)


def test_nothing_is_left_of_people_who_are_removed_in_any_order(start_backend: StartBackend, object_store: str) -> None:
    backend = start_backend()
    bystander, other = Owner(backend.person()), backend.person()
    trains(backend, bystander, other)
    before, kept = rows(backend), objects(object_store)
    for owner_first in (True, False):
        owner, person = Owner(backend.person()), backend.person()
        trains(backend, owner, person)
        assert rows(backend) != before
        people = [owner.person.email, person.email]
        for email in people if owner_first else reversed(people):
            assert removal(backend, email).status_code == 204
        left = rows(backend)
        # who logged in meanwhile is no concern of theirs
        assert left | {"access_tokens": 0} == before | {"access_tokens": 0}
        assert objects(object_store) == kept
        assert owner.person.client.get("/userinfo/").status_code == 401


def test_an_account_that_is_kept_is_as_empty_as_on_its_first_day(start_backend: StartBackend, object_store: str) -> None:
    backend = start_backend()
    owner, person = backend.person(), backend.person()
    before, kept = rows(backend), objects(object_store)
    trains(backend, Owner(owner), person)
    for email in (owner.email, person.email):
        assert removal(backend, email, keep_account="true").status_code == 204
    assert rows(backend) == before | {"access_tokens": 0}
    assert objects(object_store) == kept


def test_whoever_stays_keeps_team_and_experiment(start_backend: StartBackend) -> None:
    backend = start_backend()
    owner, first, second = Owner(backend.person()), backend.person(), backend.person()
    use_case = owner.use_case()
    join(first, use_case)
    first.ask("POST", f"/use-cases/{use_case['key']}/team/invitations/", 201, json={"email": second.email})
    join(second, use_case)
    assert second.ask("GET", f"/use-cases/{use_case['key']}/team/")["members"] == [first.email, second.email]
    key = str(second.start(use_case, cycles=1)["experiment_key"])
    assert removal(backend, first.email).status_code == 204
    assert second.experiment(key)["status_display"]
    assert owner.person.ask("GET", f"/use-cases/{use_case['key']}/")["key"] == use_case["key"]


def test_a_team_is_ranked_by_what_those_who_stay_have_submitted(start_backend: StartBackend) -> None:
    backend = start_backend()
    owner, stays, leaves = Owner(backend.person()), backend.person(), backend.person()
    use_case = owner.use_case()
    join(stays, use_case)
    stays.ask("POST", f"/use-cases/{use_case['key']}/team/invitations/", 201, json={"email": leaves.email})
    join(leaves, use_case)
    for count, (person, score) in enumerate(((stays, 0.5), (leaves, 0.75)), start=1):
        key = str(person.start(use_case, cycles=1)["experiment_key"])
        cycle_done(backend, person, key)
        person.ask("POST", f"/experiments/{key}/cycles/1/submissions/", 201)
        (scoring,) = (work for work in owner.sites[0].work_for(key, 2) if isinstance(work, ScoreSubmission))
        backend.tell(scored(scoring, owner.sites[0], score))
        eventually("the score", lambda score=score: board(stays, use_case), equal_to([(score, count)]))
    assert removal(backend, leaves.email).status_code == 204
    assert board(stays, use_case) == [(0.5, 1)]


def board(person: Person, use_case: Json) -> list[tuple[float, int]]:
    """The score and the number of submissions of each team."""
    return [(row["score"], row["submissions"]) for row in person.ask("GET", f"/use-cases/{use_case['key']}/leaderboard/")]


def test_the_queues_of_its_environments_go_too(start_backend: StartBackend) -> None:
    backend = start_backend()
    leaving, staying = Owner(backend.person()), Owner(backend.person())
    keys, kept = (owner.sites[0].login for owner in (leaving, staying))
    sent_to = [name for name in keys if name.endswith("conn_str") and "experiments" not in name]
    assert len(sent_to) == 3
    assert all(opens(QueueSender(login[name], queue_of(login[name]))) for name in sent_to for login in (keys, kept))
    # who still listens with the key of the whole bus would have its queue made again
    leaving.sites[0].consumer.stop()
    assert removal(backend, leaving.person.email).status_code == 204
    assert not any(opens(QueueSender(backend.bus, queue_of(keys[name]))) for name in sent_to)
    refused = QueueConsumer(keys["experiments_queue_conn_str"], experiments_queue(leaving.sites[0].client_id), str)
    refused.start()
    assert not refused.wait_until_receiving(1)
    refused.stop()
    assert all(opens(QueueSender(kept[name], queue_of(kept[name]))) for name in sent_to)


def opens(sender: QueueSender) -> bool:
    """Whether the bus lets it send, which it does not when there is no such queue."""
    try:
        sender.open()
    except QueueUnavailable:
        return False
    sender.close()
    return True


def test_only_who_knows_the_password_removes_an_account_even_an_unverified_one(backend: RunningBackend) -> None:
    email = f"nobody-{os.getpid()}@alpha.test"
    with backend.anonymous() as client:
        assert client.post("/register/", json={"email": email, "password": PASSWORD}).status_code == 201
    for password in ("wrong password", ""):
        assert removal(backend, email, password).status_code == 400
    assert removal(backend, email).status_code == 204
    assert removal(backend, email).status_code == 400
    with backend.anonymous() as client:
        assert client.post("/register/", json={"email": email, "password": PASSWORD}).status_code == 201
