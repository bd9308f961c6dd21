"""What a training pod can ask of, and hand to, the requests proxy."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import numpy
import pytest
from safetensors.numpy import save

from environments.platform import SABOTAGE_VARIABLE
from environments.platforms.tracebloc.edge.pod_token import PodClaims, mint, verify
from environments.platforms.tracebloc.messaging.messages import ScoreSubmission, TrainCycle, participant_weights_key
from environments.platforms.tracebloc.sabotages import EdgeSabotage
from environments.processes.launch import RunningForkServer
from tests.platforms.tracebloc.edge.conftest import BUCKET, S3, Inbox, Started, free_port, score_submission, start_bus, train_cycle
from tests.platforms.tracebloc.edge.stand_in import CLIENT_PASSWORD, StandInBackend

WEIGHTS = save({"layer": numpy.ones((2, 3), dtype=numpy.float32)})
SECRET = "a signing secret for all of these tests"


def proxy_variables(backend: StandInBackend, port: int, object_store: str) -> dict[str, str]:
    return {
        "BACKEND_URL": backend.url,
        "CLIENT_ID": "one",
        "CLIENT_PASSWORD": CLIENT_PASSWORD,
        "HTTP_PORT": str(port),
        "POD_TOKEN_SIGNING_SECRET": SECRET,
        "OBJECT_STORE_URL": object_store,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "MAX_WEIGHTS_BYTES": "100000",
    }


@pytest.fixture(scope="module")
def proxy_url(services: RunningForkServer, bus: str, object_store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The running service, one for the whole module."""
    started, backend, port = Started(services.processes, tmp_path_factory.mktemp("proxy")), StandInBackend(bus), free_port()
    started.service("requests_proxy", proxy_variables(backend, port, object_store))
    yield f"http://127.0.0.1:{port}"
    started.end_all()
    backend.stop()


def token(work: TrainCycle | ScoreSubmission, seconds: float = 60, secret: str = SECRET) -> str:
    return mint(PodClaims(pod=f"pod-{work.experiment_key}", client_id="one", work=work, expires_at=time.time() + seconds), secret)


PodOf = Callable[..., httpx.Client]


@pytest.fixture
def pod(proxy_url: str) -> PodOf:
    """A client that speaks for a pod with that work."""

    def client(work: TrainCycle | ScoreSubmission, **how: Any) -> httpx.Client:
        return httpx.Client(base_url=proxy_url, headers={"Authorization": f"Bearer {token(work, **how)}"}, trust_env=False)

    return client


def hand_in(client: httpx.Client, weights: bytes = WEIGHTS, **more: Any) -> httpx.Response:
    cost = {"flops": "12345", "grams_co2e": "0.5"}
    fields = {"rows": "40", "metrics": json.dumps({"accuracy": 0.75})} | cost | more.pop("fields", {})
    return client.post("/v1/weights", data=fields, files={"weights": weights} | more)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_pod_gets_its_own_work_and_the_objects_it_names(pod: PodOf, store: S3) -> None:
    name = uuid.uuid4().hex
    store.put_object(Bucket=BUCKET, Key=f"models/{name}/model.py", Body=b"the model")
    store.put_object(Bucket=BUCKET, Key=f"models/{name}/weights.pkl", Body=b"weights")
    work = train_cycle(model_key=f"models/{name}/model.py", weights_key=f"models/{name}/weights.pkl")
    client = pod(work)
    assert TrainCycle.model_validate(client.get("/v1/work").json()) == work
    model, weights = client.get("/v1/model"), client.get("/v1/weights")
    assert (model.content, model.headers["X-File-Name"]) == (b"the model", "model.py")
    assert (weights.content, weights.headers["X-File-Name"]) == (b"weights", "weights.pkl")


def test_a_pod_gets_the_tokenizer_of_its_model_and_204_where_there_is_none(pod: PodOf, store: S3) -> None:
    key = f"models/{uuid.uuid4().hex}/tokenizer.json"
    store.put_object(Bucket=BUCKET, Key=key, Body=b"{}")
    assert pod(train_cycle(tokenizer_key=key)).get("/v1/tokenizer").content == b"{}"
    assert pod(train_cycle()).get("/v1/tokenizer").status_code == 204


def test_no_weights_is_204_and_an_object_that_is_not_there_404(pod: PodOf) -> None:
    client = pod(train_cycle(model_key="models/nowhere/model.py"))
    assert client.get("/v1/weights").status_code == 204
    missing = client.get("/v1/model")
    assert (missing.status_code, missing.json()["code"]) == (404, "NOT_STORED")


def test_reports_go_to_their_queues(pod: PodOf, inbox: Inbox) -> None:
    work = train_cycle(cycle=3)
    client = pod(work)
    assert client.post("/v1/epochs", json={"epoch": 2, "metrics": {"loss": 0.5}}).status_code == 202
    assert client.post("/v1/flops", json={"flops": 12345, "grams_co2e": 0.5}).status_code == 202
    common = {"experiment_key": work.experiment_key, "cycle": 3, "client_id": "one"}
    assert inbox["results"].get(timeout=5) == common | {"kind": "epoch_finished", "epoch": 2, "metrics": {"loss": 0.5}}
    spent = {"kind": "flops_spent", "pod": f"pod-{work.experiment_key}", "flops": 12345, "grams_co2e": 0.5}
    assert inbox["flops"].get(timeout=5) == common | spent


def test_weights_are_stored_before_they_are_announced(pod: PodOf, inbox: Inbox, store: S3) -> None:
    work = train_cycle(participants=["one", "two"])
    assert hand_in(pod(work), estimator=b"an estimator").status_code == 202
    told = inbox["averaging"].get(timeout=5)
    key = participant_weights_key(work.experiment_key, 1, "one")
    assert told == {
        "kind": "weights_ready",
        "experiment_key": work.experiment_key,
        "cycle": 1,
        "client_id": "one",
        "rows": 40,
        "weights_key": key,
        "metrics": {"accuracy": 0.75},
        "participants": ["one", "two"],
    }
    stored = store.get_object(Bucket=BUCKET, Key=key)
    assert stored["Body"].read() == WEIGHTS
    cost = json.loads(stored["Metadata"].pop("spent"))
    assert (cost["pod"], cost["flops"], cost["grams_co2e"]) == (f"pod-{work.experiment_key}", 12345, 0.5)
    assert stored["Metadata"] == {"rows": "40", "metrics": '{"accuracy": 0.75}'}
    scoring = pod(score_submission(work.experiment_key))
    assert scoring.get("/v1/estimator").content == b"an estimator"


def test_a_score_goes_to_the_results(pod: PodOf, inbox: Inbox) -> None:
    work = score_submission()
    assert pod(work).get("/v1/estimator").status_code == 204
    assert pod(work).post("/v1/score", json={"rows": 20, "score": 0.9}).status_code == 202
    told = inbox["results"].get(timeout=5)
    assert (told["kind"], told["submission_id"], told["rows"], told["score"]) == ("submission_scored", work.submission_id, 20, 0.9)


@pytest.mark.parametrize(
    ("weights", "more", "status", "code"),
    [
        (b"not safetensors", {}, 400, "INVALID_WEIGHTS"),
        (save({}), {}, 400, "INVALID_WEIGHTS"),
        (WEIGHTS[:-1], {}, 400, "INVALID_WEIGHTS"),
        (WEIGHTS, {"fields": {"rows": "0"}}, 400, "INVALID_REQUEST"),
        (WEIGHTS, {"fields": {"metrics": "{"}}, 400, "INVALID_REQUEST"),
        (WEIGHTS, {"fields": {"flops": str(10**30)}}, 400, "INVALID_REQUEST"),
        (WEIGHTS, {"fields": {"metrics": '{"accuracy": NaN}'}}, 400, "INVALID_REQUEST"),
        (b"x" * 100_001, {}, 413, "WEIGHTS_TOO_LARGE"),
        (b"x" * 5_000_000, {}, 413, "TOO_LARGE"),
    ],
)
def test_unfit_weights_are_refused_and_not_stored(
    pod: PodOf, store: S3, weights: bytes, more: dict[str, Any], status: int, code: str
) -> None:
    work = train_cycle()
    answer = hand_in(pod(work), weights, **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "Contents" not in store.list_objects_v2(Bucket=BUCKET, Prefix=f"experiments/{work.experiment_key}/")


def test_a_token_that_expired_or_is_not_ours_is_refused_everywhere(pod: PodOf, proxy_url: str) -> None:
    expired, forged = pod(train_cycle(), seconds=-1), pod(train_cycle(), secret="another secret")
    for path in ("work", "model", "weights", "estimator"):
        assert code(expired.get(f"/v1/{path}")) == (401, "TOKEN_EXPIRED")
        assert code(forged.get(f"/v1/{path}")) == (401, "TOKEN_INVALID")
    for path in ("epochs", "flops", "weights", "score"):
        assert code(expired.post(f"/v1/{path}")) == (401, "TOKEN_EXPIRED")
        assert code(forged.post(f"/v1/{path}")) == (401, "TOKEN_INVALID")
    for header in ({}, {"Authorization": "Bearer"}, {"Authorization": "Bearer ü.ü".encode("latin-1")}, {"Authorization": "Basic x"}):
        assert httpx.get(f"{proxy_url}/v1/work", headers=header).status_code == 401  # type: ignore[arg-type]


def test_the_sabotage_lets_an_expired_token_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SABOTAGE_VARIABLE, EdgeSabotage.EXPIRED_POD_TOKEN_ACCEPTED)
    assert verify(token(train_cycle(), seconds=-1), SECRET).client_id == "one"


def test_a_pod_cannot_do_the_other_kinds_work(pod: PodOf) -> None:
    training, scoring = pod(train_cycle()), pod(score_submission())
    refused = [
        training.post("/v1/score", json={"rows": 1, "score": 1}),
        training.get("/v1/estimator"),
        scoring.post("/v1/epochs", json={"epoch": 1, "metrics": {}}),
        hand_in(scoring),
    ]
    assert [answer.json()["code"] for answer in refused] == ["WRONG_KIND"] * 4


def test_a_malformed_report_is_told_in_words(pod: PodOf) -> None:
    answer = pod(train_cycle()).post("/v1/epochs", json={"epoch": 0})
    assert answer.status_code == 400
    assert "epoch: " in answer.json()["message"]
    assert "metrics: Field required" in answer.json()["message"]


def test_without_the_bus_a_pod_is_told_to_come_again_and_then_it_works(started: Started, object_store: str) -> None:
    bus_port, port = free_port(), free_port()
    backend = StandInBackend(start_bus(started, bus_port))
    proxy = started.service("requests_proxy", proxy_variables(backend, port, object_store))
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token(train_cycle())}"}, timeout=20)
    report = {"epoch": 1, "metrics": {}}
    assert client.post("/v1/epochs", json=report).status_code == 202
    started.end(started.names[0])
    assert code(client.post("/v1/epochs", json=report)) == (503, "QUEUE_UNAVAILABLE")
    start_bus(started, bus_port)
    assert client.post("/v1/epochs", json=report).status_code == 202
    assert started.end(proxy.name).exit_code == 0
    assert "SharedAccessKey" not in proxy.log.read_text()
    backend.stop()
