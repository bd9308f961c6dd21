"""Every route of the OpenAPI document with every kind of token that is not the right one: what is somebody's stays theirs."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from environments.platforms.tracebloc.backend.storage.tables import Base
from tests.platforms.tracebloc.backend.people import Owner, Person, RunningBackend, Site, cycle_done, join, spent

PUBLIC = {
    "/healthz", "/register/", "/register/verify/", "/api-token-auth/", "/account/removal/", "/device/code", "/device/token",
}  # fmt: skip
"""For whoever has no token."""
OWN_ONLY = {
    "/logout/", "/auth/revoke", "/auth/revoke/", "/userinfo/", "/edge-device/admins/", "/device/approve/", "/edge-device/", "/use-cases/",
    "/experiments/", "/check-model/checks/", "/check-model/", "/edge-device/heartbeat/", "/edge-device/pods/", "/global_meta/",
    "/datasets/",
}  # fmt: skip
"""About the caller alone, whoever that is: nothing of somebody else's can be named."""
FOR_EVERYBODY = ("/model-zoo/", "/zoo-weights/")
REFUSED = (400, 401, 403, 404, 405, 409, 413, 429)

Route = tuple[str, str, dict[str, Any]]


class World:
    """Somebody's whole belongings, and those who have no business with them."""

    def __init__(self, backend: RunningBackend) -> None:
        self.backend = backend
        owner = Owner(backend.person())
        self.site = owner.sites[0]
        self.use_case = owner.publish(owner.draft(private=True))
        member, other, gone = (backend.person() for _ in range(3))
        path = f"/use-cases/{self.use_case['key']}"
        owner.person.ask("POST", f"{path}/invitations/", 201, json={"emails": [one.email for one in (member, other, gone)]})
        for person in (member, other, gone):
            join(person, self.use_case)
        self.stored = member.upload()
        self.key = member.start(self.use_case, model_name=self.stored, cycles=1)["experiment_key"]
        cycle_done(backend, member, self.key)
        backend.tell(spent(self.key, self.site, 10))
        gone.ask("POST", f"{path}/leave/", 204)
        teams = [person.ask("GET", f"{path}/team/")["id"] for person in (member, other)]
        # a request between two teams that `third` is in neither of
        third = backend.person()
        owner.person.ask("POST", f"{path}/invitations/", 201, json={"emails": [third.email]})
        join(third, self.use_case)
        self.request = other.ask("POST", f"{path}/team/merge-requests/", 201, json={"team": teams[0]})["id"]
        revoked = Site(owner.person, "revoked")
        owner.person.ask("POST", f"/edge-device/{revoked.id}/revoke/")
        stranger = backend.person()
        elsewhere = Owner(stranger).sites[0]
        self.strangers = {
            "nobody": None, "a made-up token": "x" * 43, "a revoked environment": revoked.login["token"], "a stranger": stranger.token,
            "a stranger's environment": elsewhere.login["token"], "who has left": gone.token,
        }  # fmt: skip
        self.others = {"another team": third.token}
        self._name(owner, stranger, teams[0])

    def _name(self, owner: Owner, stranger: Person, team: int) -> None:
        """What stands for the names in paths and for the fields of bodies."""
        self.parameters = {
            "key": [self.use_case["key"], self.key, *owner.training, *owner.test], "number": [1, self.request],
            "environment_id": [self.site.id], "name": [self.stored], "table_name": ["flowers_train"],
            "dataset_key": owner.training, "part": ["model"], "ingestor_id": ["ingest-1"], "stem": ["two_layer_perceptron"],
        }  # fmt: skip
        self.fields = {
            "dataset_key": self.use_case["training_dataset_key"], "dataset_id": self.use_case["training_dataset_key"],
            "dataset": self.use_case["training_dataset_key"], "model_name": self.stored, "stored_model": self.stored, "name": "x",
            "experiment_key": self.key, "team": team, "use_case": self.use_case["key"], "emails": [stranger.email],
            "email": stranger.email, "training": owner.training, "test": owner.test, "accept_rules": True, "title": "taken over",
            "type": "linking_dataset", "file_type": ".py",
            "framework": "pytorch", "category": "tabular_classification", "match_point": "{}",
            "edges_involved": "[]", "data_per_class": "{}",
        }  # fmt: skip


@pytest.fixture(scope="module")
def world(backend: RunningBackend) -> World:
    return World(backend)


def routes(world: World) -> Iterator[Route]:
    """Method, path with the victim's keys in it, and what is sent: its keys again."""
    document = world.backend.anonymous().get("/openapi.json").json()
    for path, item in document["paths"].items():
        names = re.findall(r"\{(\w+)\}", path)
        for method, operation in item.items():
            assert set(names) <= world.parameters.keys(), f"{path}: say above what somebody has of {names}"
            content = operation.get("requestBody", {}).get("content", {})
            for values in product(*(world.parameters[name] for name in names)):
                filled = path.format(**dict(zip(names, values, strict=True)))
                query = {one["name"]: world.fields[one["name"]] for one in operation.get("parameters", ()) if one["name"] in world.fields}
                sent: dict[str, Any] = {"params": query}
                if "application/json" in content:
                    sent["json"] = _body(document, content["application/json"]["schema"], world)
                elif content:
                    known = next(iter(content.values()))["schema"]["properties"]
                    sent["data"] = {name: world.fields[name] for name in known if name in world.fields}
                yield method.upper(), filled, sent


def _body(document: Any, schema: dict[str, Any], world: World) -> dict[str, Any]:  # noqa: ANN401 - JSON
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return {name: world.fields[name] for name in schema.get("properties", ()) if name in world.fields}


def _is_about_the_caller(path: str) -> bool:
    return path in PUBLIC | OWN_ONLY or path.startswith(FOR_EVERYBODY)


def _contents(backend: RunningBackend) -> dict[str, Any]:
    """What the tables hold, but logins and e-mails."""
    engine = create_engine(backend.database_url)
    with engine.connect() as database:
        rows = {
            table.name: sorted(map(str, database.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in ("access_tokens", "device_codes")
        }
    engine.dispose()
    return rows


def test_no_route_shows_or_changes_what_is_somebody_elses(world: World) -> None:
    before, wrong, asked = _contents(world.backend), [], 0
    for (who, token), (method, path, sent) in product((world.strangers | world.others).items(), routes(world)):
        if _is_about_the_caller(path) or path == "/openapi.json":
            continue
        if who in world.others and re.fullmatch(r"/use-cases/.*|/dataset.*", path) and not re.search(r"merge-requests/\d", path):
            # of the use case, which they are part of
            continue
        with world.backend.anonymous() as client:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = client.request(method, path, headers=headers, **sent)
        asked += 1
        if answer.status_code not in REFUSED:
            wrong.append(f"{who}: {method} {path}: {answer.status_code} {answer.text[:200]}")
    assert asked > 200
    assert "\n".join(wrong) == ""
    assert _contents(world.backend) == before
