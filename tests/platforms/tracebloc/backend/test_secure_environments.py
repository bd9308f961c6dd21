"""Secure environments: who has them, and whether they live."""

from pydantic import SecretStr

from environments.platforms.tracebloc.messaging.messages import StopTraining
from environments.platforms.tracebloc.messaging.queues import QueueSender
from support.platforms.tracebloc.clients.service_bus import ServiceBus
from support.waiting import eventually
from tests.platforms.tracebloc.backend.conftest import StartBackend
from tests.platforms.tracebloc.backend.people import Owner, Person, RunningBackend, Site

HEARTBEAT = {"cpu_percent": 12.5, "cpu_count": 4, "memory_used_bytes": 2**30, "memory_total_bytes": 2**33, "interval_seconds": 30}


def test_a_new_environment_is_pending_and_shows_its_password_once(person: Person) -> None:
    new = person.ask("POST", "/edge-device/", 201, json={"name": "lab", "location": "DE", "cluster_id": "c-1", "namespace": "lab"})
    assert (new["status"], new["status_display"], new["client_id"]) == (2, "Pending", new["username"])
    assert len(new["client_password"]) > 30
    adopted = person.ask("POST", "/edge-device/", 200, json={"name": "lab again", "cluster_id": "c-1"})
    assert (adopted["id"], adopted["name"]) == (new["id"], "lab")
    assert "client_password" not in adopted
    assert "client_password" not in person.ask("GET", f"/edge-device/{new['id']}/")
    assert person.ask("PATCH", f"/edge-device/{new['id']}/", json={"name": "laboratory"})["name"] == "laboratory"


def test_a_cluster_of_another_account_is_refused(person: Person, stranger: Person) -> None:
    person.ask("POST", "/edge-device/", 201, json={"name": "mine", "cluster_id": "contested"})
    refused = stranger.ask("POST", "/edge-device/", 409, json={"name": "theirs", "cluster_id": "contested"})
    assert (refused["code"], refused["error"]) == ("CLUSTER_CONFLICT", "cluster_conflict")
    assert (refused["cluster_id"], refused["owner_email"]) == ("contested", person.email)


def test_environments_come_in_pages_of_fifteen(backend: RunningBackend) -> None:
    person = backend.person()
    for number in range(16):
        person.ask("POST", "/edge-device/", 201, json={"name": f"site {number}"})
    first = person.ask("GET", "/edge-device/")
    assert (first["count"], len(first["results"]), first["previous"]) == (16, 15, None)
    second = person.ask("GET", first["next"])
    assert ([site["name"] for site in second["results"]], second["next"]) == (["site 0"], None)
    assert person.ask("GET", second["previous"])["results"] == first["results"]


def test_an_environment_is_online_while_its_heartbeats_come(person: Person) -> None:
    site = Site(person, "alive")
    path = f"/edge-device/{site.id}/"
    assert site.client.post("/edge-device/heartbeat/", json=HEARTBEAT).status_code == 204
    shown = person.ask("GET", path)
    assert (shown["status"], shown["status_display"], shown["cpu_count"]) == (1, "Online", 4)
    assert site.client.post("/edge-device/heartbeat/", json={**HEARTBEAT, "interval_seconds": 0.05}).status_code == 204
    gone = eventually("the silence to be noticed", lambda: person.ask("GET", path), lambda seen: seen["status"] == 0)
    assert gone["status_display"] == "Offline"


def test_a_login_gives_an_environment_its_queues_and_none_of_a_persons_rights(owner: Owner) -> None:
    site = owner.sites[0]
    assert site.login["token_scheme"] == "Token"
    queues = {name: f"{name.removesuffix('_queue')}-{site.client_id}" for name in ("experiments_queue", "flops", "results", "averaging")}
    for name, queue in queues.items():
        assert site.login[f"{name}_conn_str"].endswith(f";EntityPath={queue}")
        assert "SharedAccessKeyName=edge" in site.login[f"{name}_conn_str"]
    assert site.client.get("/use-cases/").status_code == 403
    assert owner.person.client.post("/edge-device/heartbeat/", json=HEARTBEAT).status_code == 403


def test_another_persons_environment_does_not_exist(owner: Owner, stranger: Person) -> None:
    path = f"/edge-device/{owner.sites[0].id}/"
    assert stranger.ask("GET", path, 404)["code"] == "NOT_FOUND"
    stranger.ask("PATCH", path, 404, json={"name": "stolen"})
    stranger.ask("POST", f"{path}revoke/", 404)
    assert stranger.ask("GET", "/edge-device/")["count"] == 0
    stranger.ask("GET", f"/edge-device/{10**30}/", 400)


def test_the_owner_says_how_long_logins_last_those_of_before_too(person: Person) -> None:
    site = Site(person, "short logins")
    assert site.client.post("/edge-device/heartbeat/", json=HEARTBEAT).status_code == 204
    path = f"/edge-device/{site.id}/"
    person.ask("PATCH", path, 400, json={"login_seconds": 0})
    assert person.ask("PATCH", path, json={"login_seconds": 0.2})["login_seconds"] == 0.2
    eventually(
        "the login to expire", lambda: site.client.post("/edge-device/heartbeat/", json=HEARTBEAT).status_code, lambda code: code == 401
    )
    login = site.client.post("/api-token-auth/", data={"username": site.client_id, "password": site.password}).json()
    person.ask("PATCH", path, json={"login_seconds": 3600})
    site.client.headers["Authorization"] = f"{login['token_scheme']} {login['token']}"
    assert site.client.post("/edge-device/heartbeat/", json=HEARTBEAT).status_code == 204


def test_a_revoked_environment_is_locked_out(person: Person) -> None:
    site = Site(person, "to be revoked")
    assert person.ask("POST", f"/edge-device/{site.id}/revoke/")["is_decommissioned"] is True
    assert site.client.post("/edge-device/heartbeat/", json=HEARTBEAT).status_code == 401
    login = {"username": site.client_id, "password": site.password}
    assert site.client.post("/api-token-auth/", data=login).status_code == 400


def test_what_an_environment_reports_on_its_own_queue_comes_to_the_queue_of_all(backend: RunningBackend) -> None:
    site = Site(backend.person(), "reporting")
    bus = ServiceBus(SecretStr(backend.bus))
    before = bus.state("averaging").waiting
    sender = QueueSender(site.login["averaging_conn_str"], f"averaging-{site.client_id}")
    sender.send(StopTraining(experiment_key="x"), "forwarded")
    sender.close()
    assert bus.state("averaging").waiting == before + 1


def test_while_the_service_bus_is_away_a_login_is_refused_and_a_revocation_can_be_finished_later(start_backend: StartBackend) -> None:
    backend = start_backend()
    person = backend.person()
    site = Site(person, "in the dark")
    site.consumer.stop()
    backend.bus_process.kill()
    backend.bus_process.wait(10)
    login = {"username": site.client_id, "password": site.password}
    assert site.client.post("/api-token-auth/", data=login).json()["code"] == "QUEUE_UNAVAILABLE"
    assert person.ask("POST", f"/edge-device/{site.id}/revoke/", 503)["code"] == "QUEUE_UNAVAILABLE"
    assert site.client.post("/edge-device/heartbeat/", json=HEARTBEAT).status_code == 401
