"""A secure environment's requests-proxy, as its training jobs talk to it.

Source: our choice for the paths; public are the bearer token of each job and that it expires (tracebloc client chart 1.9.62).
"""

import json
from typing import Any

import httpx
from pydantic import SecretStr

from environments.network.direct_http import direct_client
from support.evidence.http import watched
from support.platforms.tracebloc.clients.backend import Json, Refused

BYTES = "application/octet-stream"


class RequestsProxyClient:
    """Speaks for one training job. Every method raises Refused when the requests-proxy does not do as asked."""

    def __init__(self, base_url: str, token: SecretStr, timeout: float = 15.0) -> None:
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        self._http = watched(direct_client(base_url, headers=headers, timeout=timeout), "requests_proxy")

    def work(self) -> Json:
        """What the job was made for."""
        work: Json = self._call("GET", "/v1/work").json()
        return work

    def initial_weights(self) -> bytes:
        """The weights to begin with; empty when the model begins with its own."""
        return self._call("GET", "/v1/weights").content

    def estimator(self) -> bytes:
        """The fitted estimator of the cycle that is scored; empty when there is none."""
        return self._call("GET", "/v1/estimator").content

    def epoch(self, number: int, metrics: dict[str, float]) -> None:
        """Report one epoch's metrics."""
        self._call("POST", "/v1/epochs", json={"epoch": number, "metrics": metrics})

    def cost(self, flops: int, grams_co2e: float) -> None:
        """Report what the job spent."""
        self._call("POST", "/v1/flops", json={"flops": flops, "grams_co2e": grams_co2e})

    def weights(
        self, content: bytes, rows: int, metrics: dict[str, float], *, flops: int, grams_co2e: float, estimator: bytes | None = None
    ) -> None:
        """Hand in what was trained on so many rows, with what the job spent in all, and a fitted estimator where there is one."""
        fields = {"rows": str(rows), "metrics": json.dumps(metrics), "flops": str(flops), "grams_co2e": str(grams_co2e)}
        files = {"weights": ("weights", content, BYTES)} | ({} if estimator is None else {"estimator": ("estimator", estimator, BYTES)})
        self._call("POST", "/v1/weights", data=fields, files=files)

    def score(self, rows: int, score: float) -> None:
        """Report what a submission scored on so many test rows."""
        self._call("POST", "/v1/score", json={"rows": rows, "score": score})

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _call(self, method: str, path: str, **content: Any) -> httpx.Response:
        response = self._http.request(method, path, **content)
        if response.is_error:
            answer = response.json() if response.headers.get("content-type", "").startswith("application/json") else {}
            code, words = str(answer.get("code", "")), str(answer.get("message", response.reason_phrase))
            raise Refused(f"{method} {path}", response.status_code, code, words)
        return response
