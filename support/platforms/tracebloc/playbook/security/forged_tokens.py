"""Tokens of jobs that nobody has given out, and reports that no job can make in earnest. Source: our choice."""

import base64
import json
import secrets
import time
from collections.abc import Callable

from pydantic import SecretStr

from environments.platforms.tracebloc.edge.pod_token import PodClaims, mint
from support.platforms.tracebloc.clients.proxied_stub import SECONDS_A_TOKEN_LASTS, Job, ProxiedStub, canned_weights
from support.platforms.tracebloc.clients.requests_proxy import RequestsProxyClient
from support.platforms.tracebloc.scene import Scene
from support.redaction import learn_secret


def attempts(scene: Scene, stub: ProxiedStub, job: Job, other_client_id: str) -> dict[str, Callable[[], object]]:
    """Every way to hand in weights without a token that was given out for it, by the words of a feature."""
    claims = PodClaims(
        pod=stub.edge.pod_of(job.work), client_id=stub.client_id, work=job.work, expires_at=time.time() + SECONDS_A_TOKEN_LASTS
    )
    good = mint(claims, stub.signing_secret.get_secret_value())
    payload, _, signature = good.partition(".")
    tokens = {
        "signed with another secret": mint(claims, secrets.token_hex(32)),
        "altered to another environment": f"{_altered(payload, client_id=other_client_id)}.{signature}",
        "altered to last longer": f"{_altered(payload, expires_at=claims.expires_at + 1e6)}.{signature}",
        "without its signature": f"{payload}.",
        "cut off in the middle": good[: len(payload) // 2],
        "made up": "e2e-test-token",
    }
    return {way: _hand_in(scene, stub, token) for way, token in tokens.items()}


def wrong_reports(job: Job) -> dict[str, Callable[[], object]]:
    """What a job could report, and is not to be believed, with its own token, by the words of a feature."""
    from safetensors.numpy import save

    proxy = job.requests_proxy

    def weights(content: bytes, rows: int) -> None:
        proxy.weights(content, rows, {}, flops=1, grams_co2e=0.0)

    return {
        "a score": lambda: proxy.score(10, 1.0),
        "a score on no rows": lambda: proxy.score(0, 1.0),
        "asking for the estimator": proxy.estimator,
        "epoch 0": lambda: proxy.epoch(0, {"accuracy": 1.0}),
        "epoch 1": lambda: proxy.epoch(1, {"accuracy": 1.0}),
        "a metric without a name": lambda: proxy.epoch(1, {"": 1.0}),
        "a cost below nothing": lambda: proxy.cost(-1, 0.0),
        "emissions below nothing": lambda: proxy.cost(1, -1.0),
        "weights": lambda: weights(canned_weights(seed=7), 1),
        "weights of no rows": lambda: weights(canned_weights(seed=7), 0),
        "weights without a tensor": lambda: weights(save({}), 1),
    }


def _altered(payload: str, **claims: object) -> str:
    told = json.loads(base64.urlsafe_b64decode(payload)) | claims
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def _hand_in(scene: Scene, stub: ProxiedStub, token: str) -> Callable[[], object]:
    def hand_in() -> str:
        learn_secret(token)
        client = scene.closing(RequestsProxyClient(stub.requests_proxy_url, SecretStr(token)))
        client.weights(canned_weights(seed=7), 1, {}, flops=1, grams_co2e=0.0)
        return "taken"

    return hand_in
