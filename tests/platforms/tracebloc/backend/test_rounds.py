"""Rounds that close without whoever is missing, and messages that wait until they can be sent."""

import queue
import re
from collections.abc import Iterator

import pytest

from environments.platforms.tracebloc.backend.application import create_backend
from environments.platforms.tracebloc.backend.settings import Settings
from environments.platforms.tracebloc.backend.storage.tables import Experiment
from environments.platforms.tracebloc.messaging.messages import (
    AVERAGING_QUEUE,
    CloseRound,
    CycleAveraged,
    RoundFailed,
    averaged_weights_key,
    averaging_message,
)
from environments.platforms.tracebloc.messaging.queues import QueueConsumer
from tests.platforms.tracebloc.backend.conftest import Variant, free_port
from tests.platforms.tracebloc.backend.people import Owner, Person, RunningBackend, join, seen


@pytest.fixture
def closings(backend: RunningBackend) -> Iterator["queue.Queue[CloseRound]"]:
    """What the backend asks of the averaging service."""
    received: queue.Queue[CloseRound] = queue.Queue()

    def receive(body: str) -> None:
        message = averaging_message.validate_json(body)
        assert isinstance(message, CloseRound)
        received.put(message)

    consumer = QueueConsumer(backend.bus, AVERAGING_QUEUE, receive)
    consumer.start()
    yield received
    consumer.stop()


def test_a_round_is_closed_once_when_its_time_is_up(
    backend: RunningBackend, owner: Owner, person: Person, closings: "queue.Queue[CloseRound]"
) -> None:
    use_case = owner.use_case(sites=2)
    join(person, use_case)
    assert use_case["rounds"] == {"deadline_seconds": 86_400.0, "quorum": 0.5}
    path = f"/use-cases/{use_case['key']}/"
    for nonsense in ({"deadline_seconds": 0, "quorum": 0.5}, {"deadline_seconds": 1, "quorum": 1.1}, {"quorum": 1}):
        owner.person.ask("PATCH", path, 400, json={"rounds": nonsense})
    key = person.start(use_case, cycles=1)["experiment_key"]
    owner.person.ask("PATCH", path, json={"rounds": {"deadline_seconds": 0.01, "quorum": 0.6}})
    asked = closings.get(timeout=10)
    everybody = sorted(site.client_id for site in owner.sites)
    assert (asked.experiment_key, asked.cycle, sorted(asked.participants), asked.quorum) == (key, 1, everybody, 2)
    present, missing = everybody
    rows = {present: 10}
    backend.tell(CycleAveraged(experiment_key=key, cycle=1, weights_key=averaged_weights_key(key, 1), rows=rows, metrics={"accuracy": 0.5}))
    [cycle] = seen(person, key, "Completed")["cycle_results"]
    assert (cycle["rows"], cycle["left_out"]) == (rows, [missing])
    assert closings.empty()


def test_a_round_that_failed_fails_the_experiment_in_words(backend: RunningBackend, owner: Owner, person: Person) -> None:
    use_case = owner.use_case()
    join(person, use_case)
    key = person.start(use_case)["experiment_key"]
    backend.tell(RoundFailed(experiment_key=key, cycle=1, missing=["hospital-1"], quorum=1))
    failed = seen(person, key, "Failed")
    assert (failed["category"], "hospital-1" in failed["reason"]) == ("infra", True)
    assert failed["cycle_results"][0]["left_out"] == []


def test_work_that_cannot_be_sent_is_kept_and_sent_later(backend: RunningBackend, owner: Owner, person: Person, variant: Variant) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(person, use_case)
    key = person.start(use_case, cycles=1)["experiment_key"]
    nobody_listens = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{free_port()}", backend.bus)
    cut_off = variant(person, service_bus_connection_string=nobody_listens)
    report = {"name": "pod", "experiment_key": key, "cycle": 1, "kind": "train", "phase": "Failed", "exit_code": 1}
    headers = {"Authorization": site.client.headers["authorization"]}
    cut_off.ask("POST", "/edge-device/pods/", 204, json=report, headers=headers)
    # by the housekeeping of the backend that is not cut off
    assert site.cycle(key, attempt=2).attempt == 2
    assert len(site.work_for(key, 2)) == 2


def test_what_was_sent_is_not_taken_back(backend: RunningBackend, object_store: str, owner: Owner, person: Person) -> None:
    use_case, site = owner.use_case(), owner.sites[0]
    join(person, use_case)
    key = person.start(use_case)["experiment_key"]
    site.cycle(key)
    settings = {
        "http_port": 0,
        "database_url": backend.database_url,
        "mail_folder": backend.folder / "mail",
        "service_bus_connection_string": backend.bus,
        "object_store_url": object_store,
    }
    other = create_backend(Settings.model_validate(settings))
    with other.database.read() as session:
        experiment = session.query(Experiment).filter_by(key=key).one()
    assert other.dispatch.withdraw(experiment.id) is False
    other.database.close()
    assert person.experiment(key)["status_display"] == "Pending"
