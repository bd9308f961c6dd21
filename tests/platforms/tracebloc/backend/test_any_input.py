"""Whatever is sent to whichever route: the backend never fails, and its OpenAPI document says how it answers."""

import itertools
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
import requests

from tests.platforms.tracebloc.any_input import ODD, REQUESTS, Keys, exercise, operations, schema_of
from tests.platforms.tracebloc.backend.people import PASSWORD, Owner, Person, RunningBackend, Site, join

ROUTES_AT_LEAST = 50
ODD_PARAMETERS = (
    "0", "-1", "2147483648", "9223372036854775808", "9" * 400, "1e400", "NaN", "%00", "%0a", "%ed%a0%80", "%ff", "..%2f..", "a" * 5000,
    "%F0%9F%98%80", "%20", "%25s", "'%20or%201=1--",
)  # fmt: skip
_ENDS_THE_LOGIN = ("/logout/", "/auth/revoke", "/auth/revoke/")


class World:
    """A backend with somebody of every kind, and a key of everything there is."""

    def __init__(self, backend: RunningBackend) -> None:
        self.backend, self.person = backend, backend.person()
        owner = Owner(self.person)
        site, spare = owner.sites[0], Site(self.person, "spare")
        use_case, draft = owner.use_case(), owner.draft()
        join(self.person, use_case)
        stored = self.person.upload()
        started = self.person.start(use_case)["experiment_key"]
        uploaded = {"upload_file": ("net.py", b'framework = "pytorch"\ncategory = "tabular_classification"\n')}
        self.person.ask("POST", "/check-model/checks/", data={"model_name": "net"}, files=uploaded)
        email = backend.person().email
        tokens = [self.person.token, backend.person().token, site.login["token"]]
        self.headers = itertools.cycle([*({"Authorization": f"Bearer {token}"} for token in [*tokens, *tokens, *tokens, "x"]), {}])
        keys = [use_case["key"], draft["key"], started, *owner.training]
        self.keys: Keys = {
            "key": keys, "dataset_key": [use_case["training_dataset_key"]], "dataset_id": [use_case["training_dataset_key"]],
            "dataset": [use_case["training_dataset_key"]], "model_name": [stored], "stored_model": ["net"], "name": ["net", stored],
            "environment_id": [spare.id], "number": [1, 2], "experiment_key": [started], "client_id": [site.client_id],
            "training": [owner.training], "test": [owner.test], "username": [self.person.email, site.client_id], "password": [PASSWORD],
            "email": [email], "emails": [[email]], "team": [1, 2], "use_case": [use_case["key"]], "metric": ["accuracy"],
            "task": ["tabular_classification"], "category": ["tabular_classification"], "type": ["functional_test", "linking_dataset",
            "recalculate_image_count_per_edge"], "classes": ["3"], "framework": ["pytorch"], "accept_rules": [True], "cycle": [1],
            "template": ["tabular_classification/pytorch/two_layer_perceptron"], "stem": ["two_layer_perceptron"],
            "learning_rate": ['{"type": "constant", "value": 0.1}', '{"value": 1e999}', r'"\ud800"'], "optimizer": ["adam"],
            "subdataset": ['{"trainingClasses": {"a": 2}}', '{"trainingClasses": {"a": 1e30}}'],
            "data_per_class": ['{"a": 3}', r'{"\ud800": 3}', "[" * 9999], "match_point": ['{"number_of_columns": 4}', "9" * 5000],
        }  # fmt: skip

    def send(self, case: Any) -> requests.Response:  # noqa: ANN401 - schemathesis has no types to speak of
        """Send a generated request, as one after the other."""
        headers = dict(next(self.headers))
        if case.operation.path in _ENDS_THE_LOGIN and "Authorization" in headers:
            token = self.backend.anonymous().post("/api-token-auth/", data={"username": self.person.email, "password": PASSWORD})
            headers = {"Authorization": f"Bearer {token.json()['token']}"}
        answer: requests.Response = case.call(base_url=self.backend.url, headers=headers)
        return answer


@pytest.fixture(scope="module")
def world(backend: RunningBackend) -> World:
    return World(backend)


@pytest.fixture(scope="module")
def document(backend: RunningBackend) -> Any:  # noqa: ANN401 - JSON
    return backend.anonymous().get("/openapi.json").json()


def test_no_route_fails_and_each_answers_as_its_document_says(world: World, document: Any) -> None:  # noqa: ANN401
    routes = list(operations(schema_of(document, world.backend.url)))
    assert len(routes) > ROUTES_AT_LEAST
    wrong: list[str] = []
    for route in routes:
        try:
            exercise(route, max(3, REQUESTS // len(routes)), world.keys, world.send)
        except Exception as error:
            wrong.append(f"{route.label}: {error}\n{getattr(error, 'exceptions', '')}")
    assert not wrong, "\n".join(wrong)
    assert world.backend.anonymous().get("/healthz").status_code == 200


def bodies_with_json(document: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                name = content["application/json"]["schema"].get("$ref", "").rpartition("/")[2]
                yield method, path, list(document["components"]["schemas"].get(name, {}).get("properties", {"anything": {}}))


def test_odd_values_are_refused_or_taken_but_never_fail(world: World, document: Any) -> None:  # noqa: ANN401
    """Every field of every JSON body, with what no schema speaks of."""
    with ExitStack() as at_the_end:
        client = at_the_end.enter_context(httpx.Client(base_url=world.backend.url, timeout=20))
        for method, path, fields in bodies_with_json(document):
            for name, value in itertools.product(fields, ODD):
                others = {other: world.keys[other][0] for other in fields if other in world.keys and other != name}
                body = json.dumps(others)[:-1] + (", " if others else "") + f"{json.dumps(name)}: {value}}}"
                filled = path.replace("{key}", str(world.keys["key"][0])).replace("{environment_id}", str(world.keys["environment_id"][0]))
                headers = {"Content-Type": "application/json", **next(world.headers)}
                answer = client.request(method, filled, content=body.encode(), headers=headers)
                assert answer.status_code < 500, f"{method} {path} {name}: {value[:50]}: {answer.status_code} {answer.text}"


def test_odd_paths_and_queries_never_fail(world: World, document: Any) -> None:  # noqa: ANN401
    with httpx.Client(base_url=world.backend.url, timeout=20) as client:
        for path, item in document["paths"].items():
            for method, operation in item.items():
                for parameter, value in itertools.product(operation.get("parameters", []), ODD_PARAMETERS):
                    filled = path
                    for name in re.findall(r"{(\w+)}", path):
                        known = str(world.keys.get(name, ["model"])[0])
                        filled = filled.replace(f"{{{name}}}", value if name == parameter["name"] else known)
                    query = f"?{parameter['name']}={value}" if parameter["in"] == "query" else ""
                    answer = client.request(method, filled + query, headers={"Authorization": f"Bearer {world.person.token}"})
                    assert answer.status_code < 500, f"{method} {filled}{query}: {answer.status_code} {answer.text}"


@pytest.mark.parametrize("path", ["/api-token-auth/", "/device/token", "/register/", "/register/verify/"])
def test_what_is_no_text_is_refused_without_a_login(backend: RunningBackend, path: str) -> None:
    body = rb'{"username": "\ud800", "password": "\ud800", "email": "\ud800", "token": "\ud800", "device_code": "\ud800"}'
    with backend.anonymous() as client:
        answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")
        for charset in ("undefined", "unicode_escape", "utf-7"):
            content_type = f"multipart/form-data; boundary=b; charset={charset}"
            form = b'--b\r\nContent-Disposition: form-data; name="username"\r\n\r\n\\ud800\r\n--b--\r\n'
            assert client.post(path, content=form, headers={"Content-Type": content_type}).status_code == 400


@pytest.mark.parametrize("agent", ["tracebloc-sdk/" + "9" * 5000, "tracebloc-sdk/1.2.63." + "1" * 5000])
def test_a_version_of_any_length_is_read(backend: RunningBackend, agent: str, variant: Any, person: Person) -> None:  # noqa: ANN401
    speaker = variant(person, minimum_sdk_version="1.2.0")
    assert speaker.client.get("/userinfo/", headers={"User-Agent": agent}).status_code == 200
